"""What is acknowledged has reached the disk first: the order of disk and answer, as the system is asked for them."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from benchmarks.crash import OFFICERS, submissions
from benchmarks.crash_books import Books
from benchmarks.crash_server import PAGES, Server
from benchmarks.crash_storm import Browser
from benchmarks.postgres import Cluster
from tests.faults import trace
from tests.faults.trace import Call, before, synced

TAKEN, COMMITTED = '"HTTP/1.1 303', r'"C\0\0\0\vCOMMIT'


def observed(folder: Path, url: str = "") -> list[Call]:
    """What a portal asks of the system while somebody submits a form and then hands a file in."""
    log = folder / "trace"
    server = Server(folder, url, command=(*trace.command(log), *PAGES))
    server.start()
    try:
        browser = Browser(server, OFFICERS[0])
        assert browser.send(next(submissions(0, 1)))
        assert browser.upload("a.txt", b"what nobody has handed in yet") == 200
        browser.close()
    finally:
        server.kill()
    return trace.read(log)


def answer(calls: list[Call], text: str) -> Call:
    """The last answer with these words."""
    return [one for one in calls if one.name == "sendto" and text in one.text][-1]


def name_after_content(calls: list[Call], until: Call) -> None:
    """A file's bytes are on the disk before it has its name, and its name before the answer."""
    named = before(calls, until, "link", "/files/")
    written = before(calls, named, "write", "/files/", "what nobody has handed in yet")
    assert synced(calls, "/files/", written, named)
    assert synced(calls, "/files/", named, until)


@pytest.mark.proves("F3")
def test_on_sqlite_the_log_reaches_the_disk_before_the_answer_is_sent(
    sqlite_template: Path, tmp_path: Path
) -> None:
    shutil.copytree(sqlite_template, tmp_path / "data")
    calls = observed(tmp_path / "data")
    for until in (answer(calls, TAKEN), answer(calls, '"HTTP/1.1 200')):
        written = before(calls, until, "pwrite64", "portal.db-wal")
        assert synced(calls, "portal.db-wal", written, until)
    name_after_content(calls, answer(calls, '"HTTP/1.1 200'))


@pytest.mark.postgres
@pytest.mark.proves("F3")
def test_on_postgresql_too(cluster: Cluster, tmp_path: Path) -> None:
    Books(tmp_path, cluster.url("portal")).open(empty=True)
    cluster.stop()
    log = cluster.folder / "trace"
    cluster.start(trace.program(cluster.folder / "observed", log, cluster.program("postgres")))
    calls = observed(tmp_path, cluster.url("portal"))
    for until in (answer(calls, TAKEN), answer(calls, '"HTTP/1.1 200')):
        before(calls, until, "recvfrom", COMMITTED)
    name_after_content(calls, answer(calls, '"HTTP/1.1 200'))
    calls = trace.read(log)
    told = [one for one in calls if one.name == "sendto" and COMMITTED in one.text]
    assert len(told) >= 3, "signing in, submitting, handing in"
    for until in told:
        asked = before([one for one in calls if one.thread == until.thread], until, "recvfrom", "COMMIT")
        assert synced(calls, "/pg_wal/", asked, until)
