"""Several hosts share a database and a store of files, and no folder: who uses the disk of a host is named here, each with why."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from portal.config import ROOT

MODULES = sorted((ROOT / "portal").rglob("*.py"))
# Who knows where the data lies, and what of it they use. What stands in no row of `deploy/README.md` is nobody's need.
DATA = {
    "portal/config.py": ("seal", "demo-secret-key"),
    "portal/factory.py": (),  # makes the folder itself
    "portal/storage/store.py": ("files",),
    "portal/storage/package_store.py": ("packages",),
    "portal/services/publications.py": ("documents.git",),
    "portal/services/package_papers.py": ("audit-key",),
    "portal/jobs/witnesses.py": ("audit-key",),
    "portal/jobs/letters.py": ("audit-key",),
    "portal/cli/audit.py": ("audit-key", "audit-known-keys"),
}
# Who writes to a disk at all.
WRITERS = {
    "portal/config.py": "the secret key of the demo",
    "portal/factory.py": "the folder of the data",
    "portal/storage/package_store.py": "a package under way, without a name, and the folder of packages",
    "portal/storage/private_file.py": "keys, and files that must have reached the disk",
    "portal/storage/files.py": "the folders of the files, where no object store is set",
    "portal/storage/audit_key.py": "the folder of the key",
    "portal/storage/seal_folder.py": "the organisation's certificate and key",
    "portal/storage/history.py": "the history of the documents",
    "portal/services/backups.py": "an archive, where whoever asks for it says",
    "portal/storage/archive.py": "members of an archive",
    "portal/storage/package_zip.py": "members of a package",
    "portal/pdf/fonts.py": "the cache of the fonts, beside the program",
    "portal/lib/unhurried.py": "nothing: a value of the kernel's, in /proc",
    "portal/web/again.py": "what came with a request under way, without a name",
    "portal/web/export.py": "a spreadsheet under way, without a name",
    "portal/web/statics.py": "packed static files, beside the program",
}
ALWAYS = {
    "write_text",
    "write_bytes",
    "mkdir",
    "touch",
    "symlink_to",
    "hardlink_to",
    "makedirs",
    "copytree",
} | {
    *(
        "TemporaryFile",
        "NamedTemporaryFile",
        "TemporaryDirectory",
        "SpooledTemporaryFile",
        "mkstemp",
        "mkdtemp",
    ),
}


def name(path: Path) -> str:
    """A file as it is called from the top of the house."""
    return str(path.relative_to(ROOT))


def nodes(path: Path) -> Iterator[ast.AST]:
    """All of a module."""
    return ast.walk(ast.parse(path.read_text(encoding="utf-8")))


def writes(call: ast.Call) -> bool:
    """Whether a call makes or changes files."""
    called = call.func.attr if isinstance(call.func, ast.Attribute) else getattr(call.func, "id", "")
    if called in ALWAYS:
        return True
    given = [one.value for one in call.args[:2] if isinstance(one, ast.Constant)]
    return called == "open" and any(
        isinstance(one, str) and re.fullmatch(r"[wax]b?\+?", one) for one in given
    )


def test_who_knows_where_the_data_lies() -> None:
    found = {
        name(path)
        for path in MODULES
        if any(isinstance(node, ast.Attribute) and node.attr == "portal_data" for node in nodes(path))
    }
    assert found == set(DATA)


def test_who_writes_to_a_disk() -> None:
    found = {
        name(path)
        for path in MODULES
        if "demo" not in path.parts
        and any(isinstance(node, ast.Call) and writes(node) for node in nodes(path))
    }
    assert found == set(WRITERS)


@pytest.mark.parametrize("what", sorted({one for used in DATA.values() for one in used}))
def test_the_guide_says_who_needs_it(what: str) -> None:
    guide = (ROOT / "deploy" / "README.md").read_text(encoding="utf-8")
    table = guide[guide.index("What still lies on a disk") :].split("\n\n")[1]
    wheres = [row.split("|")[2] for row in table.splitlines()]
    assert any(what in where or (what == "seal" and "SEAL_FOLDER" in where) for where in wheres)
