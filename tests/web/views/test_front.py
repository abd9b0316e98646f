"""A department's front page: its forms, figures for those they are meant for, registers."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask
from flask.testing import FlaskClient

from tests import desk

SignIn = Callable[[FlaskClient, str], FlaskClient]
ROOMS = ("customer-service", "engineering", "design", "purchasing", "warehouse", "quality")


@pytest.mark.parametrize("room", ROOMS)
def test_every_department_opens_for_everybody(app: Flask, sign_in: SignIn, room: str) -> None:
    for login in ("employee", "auditor", "general_manager"):
        page = sign_in(app.test_client(), login).get(f"/{room}/")
        assert page.status_code == 200
        assert "登记簿和台帐" in page.text or login == "employee"


def test_figures_of_the_department_and_of_what_one_sees(app: Flask, sign_in: SignIn) -> None:
    numbers = desk.start(app, "PU-04", "buyer", 3)
    late, now = datetime.now(UTC) - timedelta(days=1), datetime.now(UTC)
    desk.change(app, numbers[0], due_at=late)
    desk.change(
        app,
        numbers[1],
        state="finished",
        step="",
        due_at=None,
        submitted_at=now - timedelta(days=4),
        closed_at=now,
    )
    for login, mine in (("buyer_2", True), ("auditor", True), ("foreman", False)):
        page = sign_in(app.test_client(), login).get("/purchasing/").text
        assert ('?state=open">2</a>' in page) is mine, login
        assert ('?overdue=1">1</a>' in page) is mine, login
        assert ("4.0" in page) is mine, login
        assert ("只统计您可以查看的记录" in page) is not mine


def test_late_records_only_of_those_one_may_see(app: Flask, sign_in: SignIn) -> None:
    (number,) = desk.start(app, "PU-04", "buyer")
    desk.change(app, number, due_at=datetime.now(UTC) - timedelta(days=1))
    assert number in sign_in(app.test_client(), "buyer").get("/purchasing/").text
    assert number not in sign_in(app.test_client(), "buyer_2").get("/purchasing/").text


def test_new_only_for_those_who_may(app: Flask, sign_in: SignIn) -> None:
    new = 'href="/purchasing/purchase-orders/new"'
    assert new in sign_in(app.test_client(), "buyer").get("/purchasing/").text
    assert new not in sign_in(app.test_client(), "purchasing_manager").get("/purchasing/").text


def test_ledgers_only_for_their_readers(app: Flask, sign_in: SignIn) -> None:
    assert (
        "/registers/warehouse_journal"
        in sign_in(app.test_client(), "warehouse_keeper").get("/warehouse/").text
    )
    assert "/registers/warehouse_journal" not in sign_in(app.test_client(), "buyer").get("/warehouse/").text


def test_queries_do_not_grow_with_the_records(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    desk.start(app, "PU-04", "buyer", 5)
    browser = sign_in(client, "buyer")
    browser.get("/purchasing/")
    many = []
    for more in (0, 10):
        desk.start(app, "PU-04", "buyer", more)
        with desk.counted(app) as queries:
            browser.get("/purchasing/")
        many.append(len(queries))
    assert many[0] == many[1] <= 15, queries  # one or two for each chart, whatever there is to draw
