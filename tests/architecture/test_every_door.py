"""Whatever comes in as a file passes the virus scanner first, at every address that takes posts."""

from __future__ import annotations

import ast
import io
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.config import ROOT
from portal.extensions import db
from portal.models import AuditEvent, StoredFile
from portal.web import guard, incoming
from tests.architecture.visitors import PEOPLE, Site
from tests.scanner import EICAR, NAME, Scanner, scanning

FIELDS = ("file", "_hand-upload", "evidence-upload")  # what doors call what they take
DOORS = {
    "/files": "owner",
    "/documents/<document>/<revision>/pictures": "owner",
    "/documents/<document>/<revision>/import": "owner",
    "/<department>/<slug>/new": "owner",
    "/<department>/<slug>/<number>/comments": "owner",
    "/admin/import": "administrator",
    "/check/files": "stranger",
    "/s/<token>": "stranger",
}
PAST_THE_DOOR = {"stream", "get_data", "data", "get_json", "json", "input_stream"}
KEEPER = "again.py"  # keeps what came until the request has been answered, and looks at nothing of it


@pytest.fixture
def scanner(site: Site) -> Iterator[Scanner]:
    """The scanner that the site's settings name."""
    before = site.app.config["SETTINGS"]
    with scanning() as running:
        site.app.config["SETTINGS"] = before.model_copy(update={"clamd_address": running.address})
        yield running
        site.app.config["SETTINGS"] = before
    site.reset()


def bring(site: Site, visitor: str, path: str, data: bytes = EICAR) -> tuple[int, str]:
    """Posts a file under every name that doors know."""
    site.app.extensions["rate_limit"][-1].storage.reset()
    files = {name: (io.BytesIO(data), "paper.txt") for name in FIELDS}
    answer = site.browsers[visitor].post(path, data={"_opinion": "x", **files})
    return answer.status_code, answer.text


def kept(site: Site) -> tuple[int, list[Path]]:
    """How many files are on the books, and which of those on the disk hold the virus."""
    folder = site.app.config["SETTINGS"].portal_data
    with site.app.app_context():
        count = db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) or 0
    return count, [
        one for one in (folder / "files").rglob("*") if one.is_file() and EICAR in one.read_bytes()
    ]


@pytest.mark.proves("S39")
def test_every_door_refuses_what_the_scanner_finds_and_says_what_it_is(site: Site, scanner: Scanner) -> None:
    before, silent = kept(site), []
    for rule, visitor in DOORS.items():
        status, page = bring(site, visitor, site.path(rule))
        if status != 422 or NAME not in page:
            silent.append(f"{rule}: {status}")
        assert EICAR in scanner.seen, rule
        scanner.seen.clear()
    assert silent == []
    assert kept(site) == before


@pytest.mark.proves("S39")
def test_every_door_is_shut_while_the_scanner_is_away(site: Site, scanner: Scanner) -> None:
    before, open_ = kept(site), []
    scanner.mood = "odd"
    for rule, visitor in DOORS.items():
        status, page = bring(site, visitor, site.path(rule), b"harmless")
        if status < 400 or "病毒扫描暂时不可用" not in page:
            open_.append(f"{rule}: {status}")
    assert open_ == []
    assert kept(site) == before


@pytest.mark.proves("S39")
@pytest.mark.parametrize("visitor", PEOPLE)
def test_no_address_at_all_keeps_what_the_scanner_finds(site: Site, scanner: Scanner, visitor: str) -> None:
    """A door that somebody adds is tried here without anybody naming it."""
    before, leaks = kept(site), []
    for rule in site.app.url_map.iter_rules():
        for method in (rule.methods or set()) & guard.CHANGING:
            path = site.path(rule.rule)
            files = {name: (io.BytesIO(EICAR), "paper.txt") for name in FIELDS}
            answer = site.browsers[visitor].open(path, method=method, data=files)
            answer.close()
            if kept(site) != before:
                leaks.append(f"{method} {path}: {answer.status_code}")
            site.reset()
    assert leaks == []


@pytest.mark.proves("S39")
def test_the_look_comes_behind_the_guard_and_before_every_view(site: Site) -> None:
    before = site.app.before_request_funcs[None]
    assert before.index(guard.check) < before.index(incoming.look)


@pytest.mark.proves("S39")
def test_nothing_of_the_portal_reads_a_body_past_that_door() -> None:
    past = []
    for path in (ROOT / "portal").rglob("*.py"):
        for one in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if (
                isinstance(one, ast.Attribute)
                and getattr(one.value, "id", "") == "request"
                and one.attr in PAST_THE_DOOR
            ):
                past.append(f"{path.relative_to(ROOT)}:{one.lineno}")
            if isinstance(one, ast.Constant) and one.value == "wsgi.input" and path.name != KEEPER:
                past.append(f"{path.relative_to(ROOT)}:{one.lineno}")
    assert past == []


@pytest.mark.proves("S39")
def test_a_stranger_brings_files_to_few_doors_and_not_often(site: Site, scanner: Scanner) -> None:
    bring(site, "stranger", "/sign-in")
    assert scanner.seen == [], "nobody asked for it, so the scanner has no work of it"
    sent = [
        site.browsers["stranger"]
        .post("/check/files", data={"file": (io.BytesIO(EICAR), "x.pdf")})
        .status_code
        for _time in range(11)
    ]
    assert sent == [422] * 10 + [429]
    assert len(scanner.seen) == 10
    with site.app.app_context():
        noted = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "upload_infected")).all()
        assert {(one.facts["found"], one.person_id) for one in noted} == {(NAME, None)}
