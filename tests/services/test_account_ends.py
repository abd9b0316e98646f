"""Accounts of auditors end by themselves on their day: no session goes on, nobody signs in, the trail says so."""

from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import daily
from portal.models import AuditEvent, Department, Person, RoleGrant, SignInSession
from portal.services import audit

SignIn = Callable[[FlaskClient, str], FlaskClient]
NOON = datetime(2026, 5, 20, 4, 0, tzinfo=UTC)
LAST = "2026-05-22"
MIDNIGHT = datetime(2026, 5, 22, 16, 0, tzinfo=UTC)  # the first moment of the 23rd in Shanghai


@pytest.fixture(autouse=True)
def clock() -> Iterator[time_machine.Traveller]:
    """Noon of a Wednesday."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


@pytest.fixture
def administrator(app: Flask, sign_in: SignIn) -> FlaskClient:
    """The browser of an administrator."""
    return sign_in(app.test_client(), "administrator")


def limit(app: Flask, browser: FlaskClient, login: str, last: str, reason: str = "外部审核") -> TestResponse:
    """Sets the last day of somebody's account."""
    return browser.post(
        f"/admin/people/{person_id(app, login)}/last-day", data={"last_day": last, "last_day_reason": reason}
    )


def person_id(app: Flask, login: str) -> int:
    """A person's id."""
    with app.app_context():
        return db.session.scalars(sa.select(Person.id).where(Person.login == login)).one()


def last_day(app: Flask, login: str) -> date | None:
    """The last day of somebody's account."""
    with app.app_context():
        return db.session.scalars(sa.select(Person.ends_on).where(Person.login == login)).one()


def kinds(app: Flask, *wanted: str) -> list[str]:
    """The events of these kinds, in their order."""
    with app.app_context():
        query = sa.select(AuditEvent.kind).where(AuditEvent.kind.in_(wanted)).order_by(AuditEvent.id)
        return list(db.session.scalars(query))


def enter(client: FlaskClient, password: str = DEMO_PASSWORD) -> TestResponse:
    """Tries to sign in as the auditor."""
    return client.post("/sign-in", data={"login": "auditor", "password": password})


def test_the_account_ends_after_its_last_day(
    app: Flask, client: FlaskClient, administrator: FlaskClient, clock: time_machine.Traveller
) -> None:
    assert limit(app, administrator, "auditor", LAST).status_code == 303
    clock.move_to(MIDNIGHT - timedelta(seconds=1))
    assert enter(client).status_code == 303
    assert client.get("/trail").status_code == 200
    clock.move_to(MIDNIGHT)
    assert client.get("/trail").status_code == 302
    assert "/sign-in" in client.get("/trail").location
    refused = enter(app.test_client())
    assert refused.status_code == 403
    assert "这个账号已于 2026-05-22 到期，不能再登录。如需延长，请联系管理员。" in refused.text
    assert kinds(app, "sign_in_after_end", "sign_in_failed") == ["sign_in_after_end"]


def test_who_has_not_the_password_does_not_learn_that_it_ended(
    app: Flask, client: FlaskClient, administrator: FlaskClient, clock: time_machine.Traveller
) -> None:
    limit(app, administrator, "auditor", LAST)
    clock.move_to(MIDNIGHT)
    answer = enter(client, "wrong")
    assert answer.status_code == 401
    assert "到期" not in answer.text
    assert kinds(app, "sign_in_after_end", "sign_in_failed") == ["sign_in_failed"]


@pytest.mark.both_databases
def test_the_night_ends_the_sessions_and_notes_it_once(
    app: Flask,
    client: FlaskClient,
    administrator: FlaskClient,
    clock: time_machine.Traveller,
    sign_in: SignIn,
) -> None:
    limit(app, administrator, "auditor", LAST)
    clock.move_to(MIDNIGHT - timedelta(minutes=5))
    enter(client)
    with app.app_context():
        assert daily.end_accounts() == 0
    clock.move_to(MIDNIGHT + timedelta(minutes=1))
    with app.app_context():
        assert [daily.end_accounts(), daily.end_accounts()] == [1, 0]
        open_ones = sa.select(sa.func.count()).where(
            SignInSession.person_id == person_id(app, "auditor"), SignInSession.ended_at.is_(None)
        )
        assert db.session.scalar(open_ones) == 0
        assert audit.verify()[1] is None
    assert kinds(app, "account_end_set", "session_ended", "account_ended") == [
        "account_end_set", "session_ended", "account_ended",
    ]  # fmt: skip
    sign_in(administrator, "administrator")
    assert limit(app, administrator, "auditor", "2026-05-24").status_code == 303
    clock.move_to(MIDNIGHT + timedelta(days=2, minutes=1))
    with app.app_context():
        assert daily.end_accounts() == 1


def test_a_later_day_or_none_lets_in_again(
    app: Flask,
    client: FlaskClient,
    administrator: FlaskClient,
    clock: time_machine.Traveller,
    sign_in: SignIn,
) -> None:
    limit(app, administrator, "auditor", LAST)
    clock.move_to(MIDNIGHT)
    sign_in(administrator, "administrator")
    assert enter(client).status_code == 403
    assert limit(app, administrator, "auditor", "2026-05-23").status_code == 303
    assert enter(client).status_code == 303
    clock.shift(timedelta(days=1))
    sign_in(administrator, "administrator")
    assert enter(client).status_code == 403
    assert limit(app, administrator, "auditor", "").status_code == 303
    assert enter(client).status_code == 303


def test_the_list_of_people_shows_it(
    app: Flask, administrator: FlaskClient, clock: time_machine.Traveller, sign_in: SignIn
) -> None:
    limit(app, administrator, "auditor", LAST)
    assert "账号至 2026-05-22" in administrator.get("/admin/people?q=auditor").text
    assert "auditor</code>" not in administrator.get("/admin/people?state=ended").text
    clock.move_to(MIDNIGHT)
    sign_in(administrator, "administrator")
    for page in ("people?q=auditor", "people?state=ended", f"people/{person_id(app, 'auditor')}"):
        assert "账号已于 2026-05-22 到期" in administrator.get(f"/admin/{page}").text
    assert "buyer</code>" not in administrator.get("/admin/people?state=ended").text


@pytest.mark.parametrize(
    ("login", "last", "reason", "said"),
    [
        ("auditor", "2026-05-19", "外部审核", "截止日期不能早于今天"),
        ("auditor", LAST, "", "理由"),
        ("auditor", "2026-02-30", "外部审核", "日期"),
        ("buyer", LAST, "外部审核", "只有专任审核员的账号可以设截止日期"),
        ("employee", LAST, "外部审核", "只有专任审核员的账号可以设截止日期"),
        ("administrator", LAST, "外部审核", "不能变更自己的权限"),
    ],
)
def test_what_does_not_fit_is_refused(
    app: Flask, administrator: FlaskClient, login: str, last: str, reason: str, said: str
) -> None:
    answer = limit(app, administrator, login, last, reason)
    assert answer.status_code == 422
    if login != "administrator":  # who finds no such sheet on their own page
        assert said in answer.text
    assert last_day(app, login) is None
    assert kinds(app, "account_end_set") == []


@pytest.mark.parametrize("more", ["role", "head"])
def test_an_auditor_with_other_work_keeps_the_account(
    app: Flask, administrator: FlaskClient, more: str
) -> None:
    with app.app_context(), transaction():
        auditor = db.session.scalars(sa.select(Person).where(Person.login == "auditor")).unique().one()
        if more == "role":
            auditor.grants.append(RoleGrant(role="buyer", starts_on=date(2026, 6, 1)))
        else:
            db.session.execute(
                sa.update(Department).where(Department.key == "design").values(head_id=auditor.id)
            )
    answer = limit(app, administrator, "auditor", LAST)
    assert answer.status_code == 422
    assert "只有专任审核员的账号可以设截止日期" in answer.text


def test_who_has_a_last_day_gets_no_other_role(app: Flask, administrator: FlaskClient) -> None:
    limit(app, administrator, "auditor", LAST)
    granted = administrator.post(
        f"/admin/people/{person_id(app, 'auditor')}/grants",
        data={"role": "buyer", "starts_on": "2026-05-21", "reason": "顶岗"},
    )
    assert granted.status_code == 422
    assert "请先取消截止日期" in granted.text


def test_the_end_of_the_role_alone_ends_the_auditor_s_sight_at_once(
    app: Flask, client: FlaskClient, clock: time_machine.Traveller
) -> None:
    with app.app_context(), transaction():
        grant = db.session.scalars(sa.select(RoleGrant).where(RoleGrant.role == "auditor")).one()
        grant.ends_on = date(2026, 5, 22)
    clock.move_to(MIDNIGHT - timedelta(seconds=1))
    enter(client)
    assert client.get("/trail").status_code == 200
    clock.move_to(MIDNIGHT)
    assert client.get("/trail").status_code == 404
