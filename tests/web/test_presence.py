"""When somebody was last seen at a browser: what people do counts, now and then; a page's own looks do not."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy.exc import OperationalError

from portal.extensions import db
from portal.models import SignInSession
from portal.web import presence
from tests.conftest import both_databases

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
SCRIPT = {"Sec-Fetch-Mode": "cors"}


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    with time_machine.travel(START, tick=False) as traveller:
        yield traveller


@pytest.fixture
def buyer(client: FlaskClient, sign_in: SignIn, clock: time_machine.Traveller) -> FlaskClient:
    return sign_in(client, "buyer")


def seen(app: Flask) -> datetime:
    with app.app_context():
        row = db.session.scalars(sa.select(SignInSession).order_by(SignInSession.id.desc())).unique().first()
        assert row is not None
        at = row.seen_at
        db.session.remove()
    return at


@both_databases
def test_what_people_do_is_noted_now_and_then(
    app: Flask, buyer: FlaskClient, clock: time_machine.Traveller
) -> None:
    assert seen(app) == START
    clock.shift(presence.EVERY - timedelta(seconds=1))
    buyer.get("/")
    assert seen(app) == START, "not with each request"
    clock.shift(timedelta(seconds=1))
    buyer.get("/")
    assert seen(app) == START + presence.EVERY
    clock.shift(timedelta(minutes=20))
    buyer.post("/notices/read")
    assert seen(app) == START + presence.EVERY + timedelta(minutes=20)
    assert "2026-05-12 10:25" in buyer.get("/account/sessions").text


def test_administrators_see_it_too(
    app: Flask, buyer: FlaskClient, sign_in: SignIn, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=31))
    buyer.get("/")
    page = sign_in(app.test_client(), "administrator").get("/admin/sessions").text
    assert "最近操作" in page
    assert "2026-05-12 10:31" in page


@pytest.mark.proves("S3")
def test_a_page_that_looks_by_itself_is_not_somebody(
    app: Flask, buyer: FlaskClient, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=20))
    assert buyer.get("/notices", headers=SCRIPT).status_code == 200
    assert seen(app) == START


def test_strangers_and_those_signed_out_are_seen_nowhere(
    app: Flask, buyer: FlaskClient, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(hours=13))
    assert buyer.get("/").status_code == 302
    assert app.test_client().get("/sign-in").status_code == 200
    assert seen(app) == START


def test_a_database_that_takes_nothing_keeps_nobody_from_reading(
    app: Flask, buyer: FlaskClient, clock: time_machine.Traveller
) -> None:
    clock.shift(timedelta(minutes=20))
    with app.app_context():
        engine = db.engine

    def full(_connection: object, _cursor: object, statement: str, *_rest: object) -> None:
        if statement.startswith("UPDATE sign_in_sessions"):
            raise OperationalError(statement, None, Exception("database or disk is full"))

    sa.event.listen(engine, "before_cursor_execute", full)
    try:
        assert buyer.get("/").status_code == 200
    finally:
        sa.event.remove(engine, "before_cursor_execute", full)
    assert seen(app) == START
