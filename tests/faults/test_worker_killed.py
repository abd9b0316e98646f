"""A worker of the web server is killed under load: the others go on, a new one stands in, nothing acknowledged is lost."""

from __future__ import annotations

import shutil
import time
from pathlib import Path

import pytest
from flask import Flask

from benchmarks.crash import signatures, submissions
from benchmarks.crash_books import Books
from benchmarks.crash_server import PATIENCE, Server
from benchmarks.crash_storm import Blow, storm
from tests.deploy.served import command

CONNECTIONS, WORKERS, AFTER = 8, 2, 15


def workers(server: Server, gone: set[int]) -> set[int]:
    """The processes that answer, once there are as many as there should be, without those that are gone."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        found = {one.pid for one in server.process.children()}
        if len(found) == WORKERS and not found & gone:
            return found
        time.sleep(0.05)
    raise AssertionError("nobody has stood in")


@pytest.mark.proves("F19")
@pytest.mark.both_databases
def test_others_go_on_and_a_new_one_stands_in(app: Flask, database: str, tmp_path: Path) -> None:
    shutil.copytree(app.config["SETTINGS"].portal_data, tmp_path, dirs_exist_ok=True)
    url = "" if database == "sqlite" else app.config["SQLALCHEMY_DATABASE_URI"]
    books, gone = Books(tmp_path, url), set[int]()
    server = Server(tmp_path, url, tuple(command("portal-web.service")), WEB_WORKERS=str(WORKERS))
    server.start()
    try:
        first = workers(server, gone)
        for round, pid in enumerate(sorted(first)):
            tries = [*submissions(round, 30), *signatures(books.orders(5))]
            strike = next(one for one in server.process.children() if one.pid == pid).kill
            done, lost = storm(server, tries, CONNECTIONS, Blow(strike, AFTER, outlived=True))
            assert len(done) + len(lost) == len(tries), "the others go on until nothing is left to do"
            assert len(lost) <= CONNECTIONS, "only what was under way"
            gone.add(pid)
            assert workers(server, gone), "a new one stands in"
            books.examine(done, lost)
            assert storm(server, lost, CONNECTIONS)[1] == []
            books.examine([*done, *lost], [])
        assert not workers(server, gone) & first, "those who answered in the end are all new"
    finally:
        server.kill()
