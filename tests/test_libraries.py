"""The libraries that the portal stands on: all of them in the bill of materials, and held against known holes."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from importlib import metadata
from typing import Any

import pytest
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from packaging.utils import canonicalize_name

from portal.config import ROOT
from tests.object_store import free_port
from tools import sbom

IMPORTED = """
import sys
before = set(sys.modules)
import portal.factory, portal.jobs.worker, portal.pdf.render
import portal.lib.directory_asked, portal.lib.docx_in, portal.lib.docx_out, portal.pdf.seal  # imported late
import joserfc, pypinyin, python_calamine, requests, webauthn, xlsxwriter, zxcvbn
print(*sorted({name.partition(".")[0] for name in set(sys.modules) - before}))
"""
LENT = {"chardet", "pygments"}  # libraries use them where developers' tools have brought them
HOLE = {
    "id": "PYSEC-2026-1",
    "summary": "A hole that the test has made up.",
    "details": "A hole that the test has made up.",
    "affected": [
        {
            "package": {"name": "flask", "ecosystem": "PyPI"},
            "ranges": [{"type": "ECOSYSTEM", "events": [{"introduced": "0"}, {"fixed": "99.0"}]}],
        }
    ],
}


@pytest.fixture(scope="module")
def bill() -> Any:
    """The bill of materials."""
    return json.loads(sbom.make())


def named(bill: Any) -> dict[str, Any]:
    """Its libraries by name."""
    return {one["name"]: one for one in bill["components"]}


@contextmanager
def service(holes: dict[str, Any]) -> Iterator[str]:
    """A service that knows the holes of some packages, in the manner of OSV."""
    asked = []

    class Answer(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            asked.append(question["package"]["name"])
            hole = holes.get(question["package"]["name"])
            body = json.dumps({"vulns": [hole]} if hole else {}).encode()
            self.send_response(200)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_given: Any) -> None:
            """Says nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Answer) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        yield f"http://127.0.0.1:{server.server_address[1]}/v1/query"
        server.shutdown()
        thread.join()
    assert {"flask", "weasyprint", "pytest"} <= set(asked), "every package of the lock is asked for"


def audit(url: str) -> subprocess.CompletedProcess[str]:
    """What `make audit` runs."""
    return subprocess.run(
        [ROOT / "bin" / "audit"],
        env={**os.environ, "AUDIT_URL": url},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.mark.proves("S46")
def test_a_known_hole_is_found_and_named() -> None:
    with service({"flask": HOLE}) as url:
        found = audit(url)
    assert found.returncode != 0
    assert "flask" in found.stdout
    assert "PYSEC-2026-1" in found.stdout
    with service({}) as url:
        clean = audit(url)
    assert (clean.returncode, clean.stdout) == (0, "")


@pytest.mark.proves("S46")
def test_where_nobody_can_be_asked_nothing_is_called_clean() -> None:
    assert audit(f"http://127.0.0.1:{free_port()}/v1/query").returncode != 0


@pytest.mark.proves("S46")
def test_the_bill_is_one_that_others_can_read(bill: Any) -> None:
    assert (
        JsonStrictValidator(SchemaVersion.from_version(bill["specVersion"])).validate_str(json.dumps(bill))
        is None
    )
    assert bill["metadata"]["component"]["name"] == "portal"


@pytest.mark.proves("S46")
def test_it_names_every_library_that_runs_with_version_and_hashes(bill: Any) -> None:
    said = subprocess.run(
        [sys.executable, "-c", IMPORTED], cwd=ROOT, capture_output=True, text=True, check=True
    )
    packages = metadata.packages_distributions()
    run = {canonicalize_name(one) for name in said.stdout.split() for one in packages.get(name, ())}
    known = named(bill)
    assert len(run) > 40
    assert run - set(known) == LENT
    lock = (ROOT / "requirements.lock").read_text()
    for name in (run - LENT) | sbom.at_run_time():
        hashes = [one["content"] for link in known[name]["externalReferences"] for one in link["hashes"]]
        assert known[name]["version"] == metadata.version(name), name
        assert hashes, name
        assert all(f"--hash=sha256:{one}" in lock for one in hashes), name


@pytest.mark.proves("S46")
def test_what_only_developers_need_is_not_in_it(bill: Any) -> None:
    assert not named(bill).keys() & {"pytest", "mypy", "ruff", "playwright", "pip-audit", "cyclonedx-bom"}


@pytest.mark.proves("S46")
def test_the_browser_files_are_in_it_as_they_lie_there(bill: Any) -> None:
    files = {one["name"]: one for library in bill["components"] for one in library.get("components", ())}
    there = {
        path.relative_to(ROOT).as_posix(): path
        for path in sbom.VENDOR.iterdir()
        if path.suffix in (".js", ".css", ".svg")
    }
    assert files.keys() == there.keys()
    for name, path in there.items():
        sha384 = subprocess.run(
            ["sha384sum", path], capture_output=True, text=True, check=True
        ).stdout.split()[0]
        assert files[name]["hashes"] == [{"alg": "SHA-384", "content": sha384}], name
    assert named(bill)["htmx.org"]["version"]


@pytest.mark.proves("S46")
def test_production_installs_all_that_runs_and_no_tools_of_developers() -> None:
    lock = (ROOT / "requirements.lock").read_text()
    chosen = subprocess.run([ROOT / "bin" / "production"], capture_output=True, text=True, check=True).stdout
    entries = list(sbom.PINNED.finditer(chosen))
    wanted = [one[0] for one in sbom.PINNED.finditer(lock) if one["name"] in sbom.at_run_time()]
    assert set(wanted) <= {one[0] for one in entries}, "each version of it, whatever the Python"
    assert all(one[0] in lock for one in entries)
    assert not {one["name"] for one in entries} & {
        "pytest",
        "ruff",
        "mypy",
        "hypothesis",
        "playwright",
        "pygments",
        "chardet",
    }
