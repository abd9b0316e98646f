"""PostgreSQL is restarted while the portal holds connections: the next request works, what was under way is not there by half."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.extensions import db
from portal.jobs import outbox, witnesses
from portal.services import audit
from tests.faults.acts import ACTS, OFFICER
from tests.faults.breaks import Watch
from tests.faults.test_every_statement import MAYBE, REFERENCE
from tests.walk import problems
from tests.web.conftest import Desk

pytestmark = pytest.mark.postgres(alone=True)
END_ALL = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"


def restart(app: Flask) -> None:
    """Ends every connection that there is, as a restart does."""
    own = sa.create_engine(app.config["SQLALCHEMY_DATABASE_URI"], poolclass=sa.NullPool)
    with own.connect() as connection:
        connection.execute(sa.text(END_ALL))
    own.dispose()


@contextmanager
def restarted_before(app: Flask, words: str) -> Iterator[list[str]]:
    """The database is restarted once, just before a statement that begins so."""
    with app.app_context():
        engine = db.engine
    struck: list[str] = []

    def strike(_connection: Any, _cursor: Any, statement: str, *_more: Any) -> None:
        if not struck and statement.startswith(words):
            struck.append(statement)
            restart(app)

    sa.event.listen(engine, "before_cursor_execute", strike)
    try:
        yield struck
    finally:
        sa.event.remove(engine, "before_cursor_execute", strike)


@pytest.mark.proves("F11")
def test_the_next_request_and_the_next_job_work(desk: Desk) -> None:
    act = ACTS["submit"](desk)
    assert desk.browser(OFFICER).get("/mine").status_code == 200
    restart(desk.app)
    assert desk.browser(OFFICER).get("/mine").status_code == 200
    restart(desk.app)
    answer = act.send()
    assert answer.status_code == 303, problems(answer)
    restart(desk.app)
    with desk.app.app_context():
        outbox.drain()
        db.session.rollback()
        restart(desk.app)
        assert witnesses.keep_tree() > 0
        db.session.remove()


@pytest.mark.proves("F11")
@pytest.mark.parametrize(
    "words", ["SELECT sign_in_sessions", "INSERT INTO records", "INSERT INTO audit_events"]
)
def test_what_was_under_way_fails_whole_and_succeeds_when_sent_again(desk: Desk, words: str) -> None:
    act = ACTS["submit"](desk)
    before, watch = desk.one(act.left), Watch(desk.app)
    with restarted_before(desk.app, words) as struck:
        answer = act.send()
    assert struck
    assert answer.status_code == 503, problems(answer)
    assert REFERENCE.search(answer.text)
    assert MAYBE not in answer.text
    assert "terminat" not in answer.text
    assert watch.changed() == []
    answer = act.send()
    assert answer.status_code == 303, problems(answer)
    assert desk.one(act.left) == before + 1
    with desk.app.app_context():
        assert audit.verify()[1] is None
        db.session.remove()


@pytest.mark.proves("F11")
def test_lost_in_the_commit_the_page_does_not_say_that_nothing_was_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    act = ACTS["submit"](desk)
    before = desk.one(act.left)
    with desk.app.app_context():
        dialect = db.engine.dialect
    real = dialect.do_commit

    def lost(connection: Any) -> None:
        real(connection)
        restart(desk.app)
        connection.execute("SELECT 1")  # as the answer to the commit that never comes

    with monkeypatch.context() as broken:
        broken.setattr(dialect, "do_commit", lost)
        answer = act.send()
    assert answer.status_code == 503, problems(answer)
    assert MAYBE in answer.text
    assert desk.one(act.left) == before + 1
    assert act.send().status_code == 303, "the same page again leads to the record that there is"
    assert desk.one(act.left) == before + 1
