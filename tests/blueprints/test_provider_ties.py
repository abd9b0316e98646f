"""People are tied to their account at the provider: another account with their login, or theirs with another login, opens nothing."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller

from portal.database import transaction
from portal.extensions import db
from portal.models import AuditEvent, Notice, Person, ProviderTie
from portal.services import provider_ties
from portal.services.provider_ties import Account, TiedOtherwise
from tests.blueprints.test_provider import NOW, Door, clock, door
from tests.conftest import both_databases
from tests.own_keys import MANAGER
from tests.phone import Phone
from tests.web.conftest import alerts

__all__ = ["clock", "door"]
SignIn = Callable[[FlaskClient, str], FlaskClient]
REFUSED = "与门户里绑定的不是同一个"


def person_id(app: Flask, login: str) -> int:
    with app.app_context():
        found = db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()
        db.session.remove()
    return int(found)


def ties(app: Flask) -> set[tuple[int, str, str]]:
    with app.app_context():
        found = {
            (one.person_id, one.issuer, one.subject) for one in db.session.scalars(sa.select(ProviderTie))
        }
        db.session.remove()
    return found


def events(app: Flask, kind: str) -> list[dict[str, Any]]:
    with app.app_context():
        query = sa.select(AuditEvent).where(AuditEvent.kind == kind).order_by(AuditEvent.id)
        found = [event.facts for event in db.session.scalars(query)]
        db.session.remove()
    return found


def out(door: Door) -> None:
    door.browser.post("/sign-out")


@pytest.mark.proves("R1")
@both_databases
def test_the_first_sign_in_ties_and_the_same_account_comes_again(door: Door) -> None:
    mine = person_id(door.app, MANAGER)
    for _again in range(2):
        assert door.enter().status_code == 303
        assert door.is_in()
        out(door)
    assert ties(door.app) == {(mine, door.provider.url, f"f3a9 {MANAGER}")}
    assert events(door.app, "provider_tied") == [
        {"person": mine, "issuer": door.provider.url, "subject": f"f3a9 {MANAGER}"}
    ]


@pytest.mark.proves("R1")
@both_databases
def test_another_account_with_the_same_login_stays_out(door: Door) -> None:
    door.enter()
    out(door)
    before = ties(door.app)
    door.provider.subjects[MANAGER] = "somebody who got the login later"
    refused = door.enter()
    assert refused.status_code == 403
    assert REFUSED in alerts(refused.text)
    assert not door.is_in()
    (facts,) = door.refusals()
    assert facts["account"] == MANAGER
    assert "somebody who got the login later" in facts["why"]
    assert ties(door.app) == before


@pytest.mark.proves("R1")
@both_databases
def test_an_account_that_takes_anothers_login_stays_out(door: Door) -> None:
    """Who may change the claim at the provider becomes nobody else by it, also not one who has never come that way."""
    door.enter("buyer")
    out(door)
    door.provider.subjects[MANAGER] = "f3a9 buyer"
    assert door.enter().status_code == 403
    assert not door.is_in()
    assert door.enter("buyer").status_code == 303


def test_accounts_are_told_apart_by_every_sign(door: Door) -> None:
    door.provider.subjects = {MANAGER: "Abc", "buyer": "abc", "cashier": "abc "}
    for login in (MANAGER, "buyer", "cashier"):
        assert door.enter(login).status_code == 303
        out(door)
    assert len(ties(door.app)) == 3


@pytest.mark.parametrize("subject", ["", "x" * 256, 7, None, ["f3a9"]])
def test_a_name_that_is_none_is_nobodys(door: Door, subject: object) -> None:
    door.provider.change = lambda claims: {**claims, "sub": subject}
    assert door.enter().status_code == 401
    assert ties(door.app) == set()


def test_another_provider_ties_anew(door: Door) -> None:
    with door.app.app_context(), transaction():
        mine = person_id(door.app, MANAGER)
        provider_ties.tie(mine, Account("https://former.example.com", "1"), now=NOW)
    assert door.enter().status_code == 303
    assert len(ties(door.app)) == 2


@both_databases
def test_who_owes_a_code_is_tied_only_after_it(
    door: Door, app: Flask, sign_in: SignIn, clock: Traveller
) -> None:
    phone = Phone(app, sign_in(app.test_client(), MANAGER), MANAGER, clock)
    phone.set_up()
    assert "/sign-in/code" in door.enter().location
    assert ties(app) == set()
    door.browser.post("/sign-in/code", data={"code": phone.wrong()})
    assert ties(app) == set()
    door.provider.subjects[MANAGER] = "another"
    door.enter()
    assert door.browser.post("/sign-in/code", data={"code": phone.next()}).status_code == 303
    assert {subject for _id, _issuer, subject in ties(app)} == {"another"}
    out(door)
    del door.provider.subjects[MANAGER]
    assert door.enter().status_code == 403, "before any code is asked for"


def test_a_password_after_the_provider_ties_nothing(
    door: Door, app: Flask, sign_in: SignIn, clock: Traveller
) -> None:
    phone = Phone(app, sign_in(app.test_client(), MANAGER), MANAGER, clock)
    phone.set_up()
    door.enter()
    door.browser.post("/sign-in", data={"login": MANAGER, "password": "demo-2026"})
    assert door.browser.post("/sign-in/code", data={"code": phone.next()}).status_code == 303
    assert ties(app) == set()


@both_databases
def test_an_administrator_unties_with_a_reason_and_all_are_told(
    door: Door, app: Flask, sign_in: SignIn
) -> None:
    door.enter()
    mine = person_id(app, MANAGER)
    office = sign_in(app.test_client(), "administrator")
    page = office.get(f"/admin/people/{mine}").text
    assert f"f3a9 {MANAGER}" in page
    address = f"/admin/people/{mine}/provider-ties/end"
    assert address in page
    assert office.post(address, data={"reason": ""}).status_code == 422
    assert door.is_in()
    assert office.post(address, data={"reason": "公司账号换新"}).status_code == 303
    assert ties(app) == set()
    assert not door.is_in(), "what was begun by it ends too"
    (facts,) = events(app, "provider_tie_ended")
    assert (facts["person"], facts["subject"], facts["reason"]) == (mine, f"f3a9 {MANAGER}", "公司账号换新")
    with app.app_context():
        told = db.session.scalars(sa.select(Notice).where(Notice.person_id == mine)).all()
        assert any("解除" in str(notice.facts) for notice in told)
        db.session.remove()
    assert "解除了" in office.get(f"/admin/people/{mine}").text
    assert address not in office.get(f"/admin/people/{mine}").text
    assert office.post(address, data={"reason": "再一次"}).status_code == 422
    door.provider.subjects[MANAGER] = "the new one"
    assert door.enter().status_code == 303
    assert {subject for _id, _issuer, subject in ties(app)} == {"the new one"}


def test_nobody_unties_themselves(door: Door, app: Flask, sign_in: SignIn) -> None:
    door.enter("administrator")
    mine = person_id(app, "administrator")
    office = sign_in(app.test_client(), "administrator")
    assert office.post(f"/admin/people/{mine}/provider-ties/end", data={"reason": "x"}).status_code == 403
    assert len(ties(app)) == 1


@both_databases
def test_of_two_people_at_once_one_gets_the_account(app: Flask) -> None:
    account = Account("https://login.example.com", "one")
    first, second = person_id(app, MANAGER), person_id(app, "buyer")
    with app.app_context():
        with transaction():
            provider_ties.tie(first, account, now=NOW)
        with pytest.raises(TiedOtherwise), transaction():
            provider_ties.tie(second, account, now=NOW)
        db.session.remove()
    assert ties(app) == {(first, "https://login.example.com", "one")}
