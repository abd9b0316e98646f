"""A lost second factor is reset by an administrator, who never holds both password and second factor of anybody."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Notice, Person, RoleGrant
from portal.services import audit
from tests.conftest import both_databases
from tests.own_keys import MANAGER
from tests.phone import NEW, Phone

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = datetime(2026, 5, 12, 2, 0, 7, tzinfo=UTC)


@dataclass
class Office:
    """An administrator's browser beside somebody with a second factor."""

    phone: Phone
    admin: FlaskClient
    second: FlaskClient

    def post(self, act: str, browser: FlaskClient | None = None, **data: str) -> TestResponse:
        return (browser or self.admin).post(f"/admin/people/{self.phone.person().id}/{act}", data=data)

    def reset(self, browser: FlaskClient | None = None, reason: str = "手机丢失") -> TestResponse:
        return self.post("second-factor-resets", browser, reason=reason)


@pytest.fixture
def office(app: Flask, client: FlaskClient, sign_in: SignIn) -> Iterator[Office]:
    with time_machine.travel(START, tick=False) as clock:
        with app.app_context(), transaction():
            buyer = db.session.scalars(sa.select(Person).where(Person.login == "buyer_2")).unique().one()
            db.session.add(RoleGrant(person_id=buyer.id, role="administrator", starts_on=START.date()))
        phone = Phone(app, sign_in(client, MANAGER), MANAGER, clock)
        assert phone.set_up().status_code == 200
        yield Office(
            phone, sign_in(app.test_client(), "administrator"), sign_in(app.test_client(), "buyer_2")
        )


@both_databases
def test_it_is_reset_told_and_must_be_set_up_anew(office: Office) -> None:
    phone = office.phone
    assert office.reset().status_code == 303
    assert not phone.is_in(), "every session ends"
    assert (phone.factor().secret, phone.factor().ended_by) == ("", "reset")
    (event,) = phone.events("second_factor_reset")
    assert event.facts == {"person": phone.person().id, "reason": "手机丢失"}
    with phone.app.app_context():
        told = {
            db.session.get_one(Person, one.person_id).login
            for one in db.session.scalars(sa.select(Notice))
            if "重置了" in str(one.facts)
        }
        db.session.remove()
    assert told == {MANAGER, "security_officer"}
    assert phone.sign_in().status_code == 303
    assert phone.browser.get("/").location == NEW, "before anything else"
    assert phone.sign().location == NEW
    assert phone.set_up().status_code == 200
    assert phone.browser.get("/").status_code == 200
    page = office.admin.get(f"/admin/people/{phone.person().id}").text
    assert "的两步验证" in page
    assert "有两步验证" in page


def test_without_a_reason_nothing_happens(office: Office) -> None:
    assert office.reset(reason="").status_code == 422
    assert office.phone.person().second_factor_id == office.phone.factor().id
    assert office.phone.is_in()


def test_only_administrators_reset(office: Office, app: Flask, sign_in: SignIn) -> None:
    for login in ("buyer", "auditor", "security_officer"):
        assert office.reset(sign_in(app.test_client(), login)).status_code == 404
    assert office.phone.is_in()


def test_not_their_own(app: Flask, client: FlaskClient, sign_in: SignIn) -> None:
    with time_machine.travel(START, tick=False) as clock:
        phone = Phone(app, sign_in(client, "administrator"), "administrator", clock)
        assert phone.set_up().status_code == 200
        path = f"/admin/people/{phone.person().id}/second-factor-resets"
        refused = client.post(path, data={"reason": "丢了"})
        assert refused.status_code == 403
        assert phone.person().second_factor_id is not None


def test_where_there_is_none(office: Office) -> None:
    assert office.reset().status_code == 303
    again = office.reset()
    assert again.status_code == 422
    assert "没有设置两步验证" in again.text


@both_databases
def test_who_gave_the_password_does_not_reset_the_second_factor(office: Office) -> None:
    assert office.post("passwords").status_code == 200
    refused = office.reset()
    assert refused.status_code == 403
    assert "须由两位管理员分别重置" in refused.text
    assert office.phone.person().second_factor_id is not None
    assert office.reset(office.second).status_code == 303


@both_databases
def test_who_took_on_a_person_of_the_directory_gave_no_password(office: Office, app: Flask) -> None:
    id = office.phone.person().id
    with app.app_context(), transaction():
        owner = db.session.get_one(Person, id)
        by = db.session.scalars(sa.select(Person).where(Person.login == "administrator")).unique().one()
        owner.of_directory, owner.password_hash = True, ""
        audit.note("person_created", at=START, by=by.id, stream="people", person=owner.id, login=owner.login)
    assert office.reset().status_code == 303
    refused = office.post("passwords")
    assert (refused.status_code, "须由两位管理员分别重置" in refused.text) == (403, True), (
        "not both, now as ever"
    )
    assert office.phone.person().of_directory


def test_who_retired_a_person_of_the_directory_lets_them_in_again(office: Office, app: Flask) -> None:
    id = office.phone.person().id
    with app.app_context(), transaction():
        db.session.execute(sa.text("UPDATE departments SET head_id = NULL"))
        owner = db.session.get_one(Person, id)
        owner.of_directory, owner.password_hash = True, ""
    assert office.post("leave", _op="retire", reason="离职").status_code == 303
    assert office.post("reinstatements", reason="回来").status_code == 303
    assert office.phone.person().active


def test_who_reset_the_second_factor_gives_no_password(office: Office) -> None:
    assert office.reset().status_code == 303
    before = office.phone.person().password_hash
    assert office.post("passwords").status_code == 403
    assert office.phone.person().password_hash == before
    assert office.post("passwords", office.second).status_code == 200


def test_a_week_later_the_same_hands_may(office: Office, app: Flask, sign_in: SignIn) -> None:
    assert office.reset().status_code == 303
    office.phone.clock.shift(timedelta(days=8))
    office.admin = sign_in(app.test_client(), "administrator")
    assert office.post("passwords").status_code == 200


def test_retiring_ends_it(office: Office, app: Flask) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.text("UPDATE departments SET head_id = NULL"))
    assert office.post("leave", _op="retire", reason="离职").status_code == 303
    assert (office.phone.factor().secret, office.phone.factor().ended_by) == ("", "retired")
    assert office.phone.sign_in().status_code == 401
    refused = office.post("reinstatements", reason="回来")
    assert refused.status_code == 403
    assert "须由两位管理员分别重置" in refused.text
    assert not office.phone.person().active
    assert office.post("reinstatements", office.second, reason="回来").status_code == 200


def test_the_password_of_the_lost_one_still_counts(office: Office) -> None:
    assert office.reset().status_code == 303
    wrong = office.phone.browser.post("/sign-in", data={"login": MANAGER, "password": "wrong"})
    assert wrong.status_code == 401
    assert office.phone.sign_in().status_code == 303
    refused = office.phone.set_up(password="wrong")
    assert refused.status_code == 422
    assert office.phone.set_up(password=DEMO_PASSWORD).status_code == 200


COMMAND = ["people", "reset-second-factor"]


@both_databases
def test_whoever_runs_the_server_resets_it_too(office: Office) -> None:
    runner = office.phone.app.test_cli_runner()
    done = runner.invoke(args=[*COMMAND, MANAGER, "--reason", "唯一的管理员丢了手机"])
    assert done.exit_code == 0, done.output
    assert not office.phone.is_in()
    (event,) = office.phone.events("second_factor_reset")
    assert (event.person_id, event.facts["reason"]) == (None, "唯一的管理员丢了手机")
    assert office.phone.sign_in().status_code == 303
    assert office.phone.browser.get("/").location == NEW


@pytest.mark.parametrize(
    "given", [["nobody", "--reason", "x"], [MANAGER, "--reason", " "], ["buyer", "--reason", "x"], [MANAGER]]
)
def test_the_command_refuses_what_does_not_fit(office: Office, given: list[str]) -> None:
    refused = office.phone.app.test_cli_runner().invoke(args=[*COMMAND, *given])
    assert refused.exit_code in (1, 2)
    assert office.phone.events("second_factor_reset") == []
    assert office.phone.is_in()
