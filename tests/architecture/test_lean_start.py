"""The start: what a process that serves pages does without until somebody needs it, and where alone that is imported late."""

from __future__ import annotations

import ast
import subprocess
import sys
from pathlib import Path

import pytest

from portal.config import ROOT

MODULES = sorted((ROOT / "portal").rglob("*.py"))
LIBRARIES = frozenset(
    """
    aiohttp apprise barcode bs4 chardet charset_normalizer docx dulwich fontTools huey joserfc ldap3 lxml mammoth markdownify
    pikepdf PIL psycopg pyhanko pyhanko_certvalidator pypinyin python_calamine redis requests urllib3 weasyprint webauthn
    xlsxwriter zxcvbn
    """.split()
)
"""What the acts of few need, a hundred megabytes together, and jobs; a PostgreSQL or a broker in the settings needs its own."""
OWN = frozenset(
    f"portal.{one}"
    for one in """
    jobs.outbox lib.directory_asked lib.docx_in lib.docx_out pdf.seal pdf.time_stamp
    storage.history
    """.split()
)
"""Modules of the portal that stand on them, and are imported late in their stead."""
COMMANDS = {"portal/cli/__init__.py": {"portal.cli"}}
LOCAL_IMPORTS = {"portal/database.py": {"pysqlite3.dbapi2"}}  # only where a wheel of it exists
STARTED = "import sys; import app; print(*sys.modules)"


def name(path: Path) -> str:
    """A file as it is called from the top of the house."""
    return str(path.relative_to(ROOT))


def late(function: ast.AST) -> set[str]:
    """What a function imports when it runs, as modules."""
    found = set()
    for one in ast.walk(function):
        if isinstance(one, ast.Import):
            found |= {alias.name for alias in one.names}
        elif isinstance(one, ast.ImportFrom):
            module = one.module or "."
            found |= {full if (full := f"{module}.{alias.name}") in OWN else module for alias in one.names}
    return found


def may_be_late(module: str) -> bool:
    """Whether it is one of those that the start does without."""
    return module in OWN or module.partition(".")[0] in LIBRARIES


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_only_what_the_start_does_without_is_imported_inside_a_function(path: Path) -> None:
    hidden: set[str] = set()
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            hidden |= late(function)
    allowed = LOCAL_IMPORTS.get(name(path), set()) | COMMANDS.get(name(path), set())
    assert {one for one in hidden if not may_be_late(one)} <= allowed


def test_the_start_does_without_them(tmp_path: Path) -> None:
    settings = {"PORTAL_DATA": str(tmp_path), "PATH": "/usr/bin:/bin", "PYTHONPATH": str(ROOT)}
    started = subprocess.run(
        [sys.executable, "-c", STARTED],
        cwd=tmp_path,
        env=settings,
        capture_output=True,
        text=True,
        check=True,
    )
    there = set(started.stdout.split())
    assert "portal.factory" in there
    assert sorted(one for one in there if may_be_late(one)) == []
