"""Connections: as many as the threads may need at once; and where none is free all the same, a page that says so."""

from __future__ import annotations

from contextlib import ExitStack
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.models import Person
from tests.conftest import make_app
from tests.web.conftest import Desk

THREADS, JOBS = 64, 3


@pytest.mark.proves("F16")
def test_every_thread_may_have_two_and_each_job_one(tmp_path: Path) -> None:
    app = make_app(tmp_path, threads=THREADS)
    with app.app_context(), ExitStack() as held:
        db.engine.pool._timeout = 0.1
        for _one in range(2 * THREADS + JOBS):
            held.enter_context(db.engine.connect())
    with app.app_context():
        db.engine.dispose()


@pytest.mark.both_databases
@pytest.mark.proves("F16")
def test_without_a_free_one_people_are_told_to_come_again(
    app: Flask, desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    browser = desk.browser("buyer")
    with app.app_context():
        engine = db.engine
    monkeypatch.setattr(engine.pool, "_timeout", 0.05)
    with ExitStack() as held:
        for _one in range(engine.pool.size() + engine.pool._max_overflow):
            held.enter_context(engine.connect())
        for answer in (browser.get("/"), browser.post("/account/password", data={})):
            assert answer.status_code == 503
            assert "系统正忙" in answer.text
    assert browser.get("/").status_code == 200


@pytest.mark.postgres(alone=True)
def test_each_statement_is_planned_for_what_it_asks(context: Flask) -> None:
    for _time in range(20):  # drivers prepare what they are asked that often
        db.session.scalar(sa.select(sa.func.count()).select_from(Person).where(Person.login == "buyer"))
    assert db.session.scalar(sa.text("SELECT count(*) FROM pg_prepared_statements")) == 0
