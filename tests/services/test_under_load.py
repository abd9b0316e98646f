"""The database under a crowd, and when its server goes away: nobody is told of locks, nothing stays broken."""

from __future__ import annotations

import threading

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal import database
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.clock import now
from portal.models import AuditEvent
from portal.services import audit
from tests.conftest import CAREFUL

WRITERS = 64


@pytest.mark.proves("F9")
@pytest.mark.both_databases
def test_sixty_four_write_at_once_and_each_is_heard_once(app: Flask) -> None:
    wrong: list[BaseException] = []
    barrier = threading.Barrier(WRITERS)

    def write(number: int) -> None:
        try:
            barrier.wait(timeout=60)
            for round in range(3):
                with app.app_context():
                    with transaction():
                        audit.note(
                            "exported", at=now(), by=None, stream="settings", number=number, round=round
                        )
                    db.session.remove()
        except BaseException as error:
            wrong.append(error)

    threads = [threading.Thread(target=write, args=(number,)) for number in range(WRITERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert wrong == []
    with app.app_context():
        written = db.session.scalars(sa.select(AuditEvent.facts).where(AuditEvent.kind == "exported")).all()
        assert len(written) == len({(one["number"], one["round"]) for one in written}) == WRITERS * 3
        assert audit.verify()[1] is None
        db.session.remove()


@pytest.mark.proves("F3")
def test_sqlite_waits_for_the_disk_and_for_its_turn(context: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(database, "PRAGMAS", CAREFUL)
    asked = {
        name: db.session.execute(sa.text(f"PRAGMA {name}")).scalar()
        for name in ("journal_mode", "synchronous", "foreign_keys")
    }
    assert asked == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def hang_up(app: Flask) -> int:
    """Ends every connection of the portal as a server that restarts does; gives how many there were."""
    with app.app_context():
        address = db.engine.url
    other = sa.create_engine(address, poolclass=sa.NullPool)
    with other.connect() as connection:
        mine = "SELECT count(pg_terminate_backend(pid)) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid()"
        ended = connection.execute(sa.text(mine)).scalar_one()
    other.dispose()
    return int(ended)


@pytest.mark.proves("F11")
@pytest.mark.postgres(alone=True)
def test_what_comes_after_a_restart_of_the_server_works(app: Flask, client: FlaskClient) -> None:
    data = {"login": "buyer", "password": DEMO_PASSWORD}
    assert client.post("/sign-in", data=data).status_code == 303
    for _again in range(3):
        assert hang_up(app) > 0
        assert client.get("/account/sessions").status_code == 200
        assert client.post("/account/phrases", data={"text": "同意"}).status_code in (303, 422)


@pytest.mark.proves("F11", "S44")
@pytest.mark.postgres(alone=True)
def test_what_was_under_way_fails_plainly_and_writes_nothing(app: Flask, client: FlaskClient) -> None:
    client.post("/sign-in", data={"login": "buyer", "password": DEMO_PASSWORD})
    once = [True]

    def cut(_connection: object, _cursor: object, statement: str, *_more: object) -> None:
        if once and "INSERT INTO phrases" in statement:
            once.clear()
            hang_up(app)

    with app.app_context():
        engine = db.engine
    sa.event.listen(engine, "before_cursor_execute", cut)
    try:
        answer = client.post("/account/phrases", data={"text": "收到", "phrase": "收到"})
    finally:
        sa.event.remove(engine, "before_cursor_execute", cut)
    assert not once, "it was cut off in the middle"
    assert answer.status_code == 503
    assert "用不了自己的数据库" in answer.text
    assert "收到" not in client.get("/account/phrases").text
