"""What keeps the database from its work is told apart: busy, only to be read, not upgraded, away; to people and to the log."""

from __future__ import annotations

import errno
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from psycopg import errors
from sqlalchemy.exc import DBAPIError

from portal.extensions import db
from portal.lib import space
from portal.web import hindrances
from portal.web.hindrances import Hindrance
from tests.conftest import make_app
from tests.faults.acts import ACTS, OFFICER
from tests.faults.breaks import Watch, breaking
from tests.shut import shut
from tests.walk import problems
from tests.web.conftest import Desk

ONLY_READ = {"zh": "门户目前不能写入数据", "en": "The portal cannot write its data at the moment"}
UPGRADE = {"zh": "须由管理员升级", "en": "must be upgraded by its administrator"}
BUSY = "系统正忙"


@contextmanager
def only_read(app: Flask) -> Iterator[None]:
    """The database takes nothing: so do a standby and a folder that can only be read."""
    with app.app_context():
        engine = db.engine

    def connect(connection: Any, _record: object) -> None:
        sqlite = engine.dialect.name == "sqlite"
        connection.execute("PRAGMA query_only=ON" if sqlite else "SET default_transaction_read_only = on")
        if not sqlite:
            connection.commit()

    sa.event.listen(engine, "connect", connect)
    engine.dispose()
    try:
        yield
    finally:
        sa.event.remove(engine, "connect", connect)
        engine.dispose()


@pytest.mark.proves("S44")
@pytest.mark.both_databases
@pytest.mark.parametrize("language", ["zh", "en"])
def test_a_database_that_can_only_be_read_says_so_and_lets_read(
    desk: Desk, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    act = ACTS["submit"](desk)
    desk.browser(OFFICER).post("/account/language", data={"language": language})
    before, watch = desk.one(act.left), Watch(desk.app)
    with only_read(desk.app):
        answer = act.send()
        assert desk.browser(OFFICER).get("/mine").status_code == 200
        ready = desk.app.test_client().get("/ready")
    assert answer.status_code == 503, problems(answer)
    assert ONLY_READ[language] in answer.text
    assert BUSY not in answer.text
    assert Hindrance.READ_ONLY.value in caplog.text
    assert watch.changed() == []
    if desk.app.config["SQLALCHEMY_DATABASE_URI"].startswith("postgresql"):
        assert (ready.status_code, ready.json) == (503, {**ready.json, "writing": "failing"})
    assert act.send().status_code == act.status
    assert desk.one(act.left) == before + act.once


@pytest.mark.proves("S44")
@pytest.mark.parametrize("kept", [True, False])
def test_a_folder_that_can_only_be_read_is_no_crowd(app: Flask, kept: bool) -> None:
    folder = app.config["SETTINGS"].portal_data
    browser = app.test_client()
    browser.get("/sign-in")
    held = sqlite3.connect(folder / "portal.db")
    if kept:  # as another process does that still has it open: then it can be read
        held.execute("SELECT count(*) FROM people").fetchone()
    else:
        held.close()
    with app.app_context():
        db.engine.dispose()
    with shut(folder):
        answer = browser.post("/sign-in", data={"login": "buyer", "password": "demo-2026"})
        ready = app.test_client().get("/ready")
    held.close()
    assert answer.status_code == 503, problems(answer)
    assert ONLY_READ["zh"] in answer.text
    assert ready.status_code == 503
    assert ready.json is not None
    assert "failing" in (ready.json["writing"], ready.json["database"])
    assert app.test_client().get("/ready").status_code == 200


@pytest.mark.proves("S44", "F20")
@pytest.mark.both_databases
@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("what", ["DROP TABLE phrases", "ALTER TABLE people RENAME COLUMN theme TO paint"])
def test_a_database_that_was_not_upgraded_says_so(
    desk: Desk, what: str, language: str, caplog: pytest.LogCaptureFixture
) -> None:
    browser = desk.browser(OFFICER)
    browser.post("/account/language", data={"language": language})
    with desk.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text(what))
        connection.execute(sa.text("UPDATE alembic_version SET version_num = '0001'"))
    answer = browser.get("/account/phrases")
    assert (answer.status_code, UPGRADE[language] in answer.text) == (503, True), problems(answer)
    assert Hindrance.OTHER_TABLES.value in caplog.text
    ready = desk.app.test_client().get("/ready")
    assert (ready.status_code, (ready.json or {})["migrations"]) == (503, "failing")


@pytest.mark.both_databases
def test_a_table_that_is_missing_from_the_right_release_is_a_fault(desk: Desk) -> None:
    browser = desk.browser(OFFICER)
    with desk.app.app_context(), db.engine.begin() as connection:
        connection.execute(sa.text("DROP TABLE phrases"))
    answer = browser.get("/account/phrases")
    assert answer.status_code == 500
    assert UPGRADE["zh"] not in answer.text


def test_without_any_tables_the_page_says_that_the_program_is_not_that_of_the_database(
    tmp_path: Path,
) -> None:
    empty = make_app(tmp_path / "empty")
    answer = empty.test_client().post("/sign-in", data={"login": "buyer", "password": "x"})
    assert (answer.status_code, UPGRADE["zh"] in answer.text) == (503, True)
    with empty.app_context():
        db.engine.dispose()


@pytest.mark.parametrize("words", ["disk I/O error", "unable to open database file"])
def test_a_disk_that_fails_is_not_called_busy(
    desk: Desk, words: str, caplog: pytest.LogCaptureFixture
) -> None:
    act = ACTS["submit"](desk)
    with breaking(desk.app, 9, words=words):
        answer = act.send()
    assert (answer.status_code, BUSY in answer.text) == (503, False)
    assert "用不了自己的数据库" in answer.text
    assert Hindrance.AWAY.value in caplog.text


def test_one_that_waits_too_long_for_its_turn_is_told_to_come_again(desk: Desk) -> None:
    act = ACTS["submit"](desk)

    def hurry(connection: Any, _record: object) -> None:
        connection.execute("PRAGMA busy_timeout=20")

    with desk.app.app_context():
        engine = db.engine
    engine.dispose()
    sa.event.listen(engine, "connect", hurry)
    holder = engine.raw_connection()
    try:
        holder.cursor().execute("BEGIN IMMEDIATE")
        answer = act.send()
    finally:
        holder.close()
        sa.event.remove(engine, "connect", hurry)
        engine.dispose()
    assert (answer.status_code, BUSY in answer.text) == (503, True)
    assert act.send().status_code == act.status


@pytest.mark.parametrize(
    ("state", "found"),
    [
        ("25006", Hindrance.READ_ONLY),
        ("42703", Hindrance.OTHER_TABLES),
        ("42P01", Hindrance.OTHER_TABLES),
        ("53300", Hindrance.BUSY),
        ("55P03", Hindrance.BUSY),
        ("57P01", Hindrance.AWAY),
        ("58030", Hindrance.AWAY),
        ("42501", None),
        ("23505", None),
        ("42601", None),
    ],
)
def test_what_postgresql_says(state: str, found: Hindrance | None) -> None:
    said = errors.lookup(state)("in whatever language")
    error = DBAPIError.instance("SELECT 1", {}, said, errors.Error)
    assert hindrances.said(error) is found


def test_a_full_disk_is_known_by_its_sign_in_any_language() -> None:
    assert space.is_full(errors.lookup("53100")("设备上没有空间"))


def test_what_the_system_says() -> None:
    assert hindrances.said(OSError(errno.EROFS, "Read-only file system")) is Hindrance.READ_ONLY
    assert hindrances.said(PermissionError(errno.EACCES, "Permission denied")) is Hindrance.READ_ONLY
    assert hindrances.said(OSError(errno.ENOENT, "")) is None
    assert hindrances.said(RuntimeError("no such table: of the kitchen")) is None
