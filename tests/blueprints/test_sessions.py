"""What a session is worth: nothing before the sign-in, nothing after a right is gone; and what a failed sign-in gives away."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Person, RoleGrant
from portal.services import sessions
from tests.web.conftest import alerts

SignIn = Callable[[FlaskClient, str], FlaskClient]
PAGE = "/account/sessions"


def cookie(client: FlaskClient) -> str:
    found = client.get_cookie("portal")
    return found.value if found else ""


@pytest.mark.proves("S1")
def test_the_cookie_of_before_the_sign_in_stays_a_strangers(app: Flask, client: FlaskClient) -> None:
    client.get("/sign-in")
    before = cookie(client)
    assert before, "a stranger has a session too, for the token of the form"
    client.post("/sign-in", data={"login": "buyer", "password": DEMO_PASSWORD})
    assert cookie(client) != before
    assert client.get(PAGE).status_code == 200
    other = app.test_client()
    other.set_cookie("portal", before)
    assert other.get(PAGE).status_code == 302


@pytest.mark.proves("S1", "S13")
def test_the_token_of_before_the_sign_in_is_worth_nothing_after_it(app: Flask, client: FlaskClient) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    token = client.get("/sign-in").text.split('name="csrf_token" value="', 1)[1].split('"', 1)[0]
    data = {"login": "buyer", "password": DEMO_PASSWORD, "csrf_token": token}
    assert client.post("/sign-in", data=data).status_code == 303
    assert client.post("/account/theme", data={"theme": "dark", "csrf_token": token}).status_code == 400


@pytest.mark.proves("S4")
def test_a_role_that_is_taken_away_is_gone_at_the_next_request(
    app: Flask, client: FlaskClient, sign_in: SignIn, cast: dict[str, Person]
) -> None:
    buyer, administrator = sign_in(client, "buyer"), sign_in(app.test_client(), "administrator")
    sheet = "/purchasing/purchase-orders/new"
    assert buyer.get(sheet).status_code == 200
    with app.app_context():
        grant = db.session.scalars(
            sa.select(RoleGrant.id).where(RoleGrant.person_id == cast["buyer"].id, RoleGrant.role == "buyer")
        ).one()
    ended = administrator.post(f"/admin/grants/{grant}/end", data={"reason": "调岗"})
    assert ended.status_code == 303
    assert buyer.get(sheet).status_code == 403
    assert buyer.post(sheet, data={"_op": "submit", "_key": "k"}).status_code == 403
    assert buyer.get(PAGE).status_code == 200, "still signed in, as an employee"


@pytest.mark.proves("S10")
def test_an_unknown_name_costs_the_same_work_as_a_wrong_password(
    app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    with app.app_context():
        db.session.execute(sa.update(Person).where(Person.login == "foreman").values(active=False))
        db.session.commit()
    held: list[str] = []

    class Counting(type(sessions.HASHER)):  # type: ignore[misc]
        """Notes the hash that each password is held against."""

        def verify(self, hash: Any, password: Any) -> bool:
            held.append(hash.rpartition("$")[0].rpartition("$")[0])
            return super().verify(hash, password)

    hasher = Counting(time_cost=1, memory_cost=8, parallelism=1)
    monkeypatch.setattr(sessions, "HASHER", hasher)
    monkeypatch.setattr(sessions, "NOBODY", hasher.hash("x"))
    costs = {}
    for login in ("buyer", "nobody", "foreman"):
        held.clear()
        answer = app.test_client().post("/sign-in", data={"login": login, "password": "wrong password"})
        costs[login] = (answer.status_code, alerts(answer.text), tuple(held))
    assert costs["buyer"] == costs["nobody"] == costs["foreman"]
    assert len(held) == 1
