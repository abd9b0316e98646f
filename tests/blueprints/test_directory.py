"""Passwords that the company's directory checks: a real one, at signing in, at signing, and on the day it is away."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import AuditEvent, Person, Signature, SignInAttempt, SignInSession
from portal.services import guessing
from tests import slapd, tables
from tests.conftest import both_databases
from tests.own_keys import MANAGER, Manager, is_by
from tests.phone import Phone
from tests.slapd import HOST, Slapd
from tests.web.conftest import alerts

SignIn = Callable[[FlaskClient, str], FlaskClient]
GOOD = "Berge und Seen, 41"
UNKNOWN_HERE = "somebody.else"
WRONG = "登录名或密码不正确"
AWAY = "公司目录暂时不能核对密码"
LIST = """登录名,工号,姓名,部门,邮箱,电话,角色
zhao.liu,E901,赵六,品质部,,,
qian.qi,E902,钱七,品质部,,,检验人员
"""


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    known = dict.fromkeys((MANAGER, "foreman", "zhao.liu", UNKNOWN_HERE), GOOD)
    with slapd.served(tmp_path_factory.mktemp("slapd"), known) as found:
        yield found


@dataclass
class Door:
    """A browser, the portal, and the directory in which the head of purchasing has an account."""

    app: Flask
    browser: FlaskClient
    server: Slapd

    def set(self, **changed: Any) -> None:
        """Other settings of the directory."""
        values = self.server.settings(**changed)
        self.app.config["SETTINGS"] = self.app.config["SETTINGS"].model_copy(update=values)

    def enter(self, login: str = MANAGER, password: str = GOOD) -> TestResponse:
        return self.browser.post("/sign-in", data={"login": login, "password": password})

    def is_in(self) -> bool:
        return self.browser.get("/account/sessions").status_code == 200

    def events(self, kind: str) -> list[AuditEvent]:
        with self.app.app_context():
            found = list(db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == kind)))
            db.session.remove()
        return found

    def person(self, login: str) -> Person:
        with self.app.app_context():
            found = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
            db.session.remove()
        return found

    def signatures(self) -> int:
        """How many the head of purchasing has given."""
        with self.app.app_context():
            query = sa.select(sa.func.count(Signature.id)).join(Person, Person.id == Signature.person_id)
            return db.session.scalar(query.where(Person.login == MANAGER)) or 0

    def count(self, table: type[Any]) -> int:
        with self.app.app_context():
            return db.session.scalar(sa.select(sa.func.count()).select_from(table)) or 0


@pytest.fixture
def door(app: Flask, client: FlaskClient, server: Slapd) -> Door:
    found = Door(app, client, server)
    found.set()
    change(app, of_directory=True, password_hash="")
    return found


def change(app: Flask, login: str = MANAGER, **values: object) -> None:
    with app.app_context(), transaction():
        db.session.execute(sa.update(Person).where(Person.login == login).values(**values))


@both_databases
def test_who_has_the_directorys_password_gets_in(door: Door) -> None:
    assert door.enter(f" {MANAGER.upper()} ").status_code == 303
    assert door.is_in()
    assert door.person(MANAGER).password_hash == ""


@pytest.mark.parametrize("way", ["starttls", "by the name that people have there"])
def test_other_ways_of_asking(door: Door, way: str) -> None:
    if way == "starttls":
        door.set(ldap_url=f"ldap://{HOST}:{door.server.plain}")
    else:
        door.set(ldap_person=f"uid={{login}},{slapd.BASE}", ldap_base="", ldap_account="", ldap_password="")
    assert door.enter(password="not it").status_code == 401
    assert door.enter().status_code == 303


@pytest.mark.proves("S10")
@pytest.mark.parametrize("by_name", [False, True])
@pytest.mark.parametrize(
    ("login", "password"),
    [
        (MANAGER, "not it at all"),
        (MANAGER, DEMO_PASSWORD),
        (MANAGER, ""),
        (MANAGER, "\u00ad"),  # nothing is left of it once it is prepared as the directory's rules have it
        ("nobody.at.all", GOOD),
        (UNKNOWN_HERE, GOOD),
        ("*", GOOD),
        ("*)(uid=*", GOOD),
        (f"{MANAGER})(objectClass=*", GOOD),
        (f"{MANAGER},{slapd.BASE}", GOOD),
        ("\\2a", GOOD),
        ("", GOOD),
        ("", ""),
    ],
)
def test_others_do_not_and_all_get_the_same_answer(
    door: Door, login: str, password: str, by_name: bool
) -> None:
    if by_name:
        door.set(ldap_person=f"uid={{login}},{slapd.BASE}")
    answer = door.enter(login, password)
    assert answer.status_code == 401
    assert WRONG in alerts(answer.text)
    assert door.count(SignInSession) == 0
    assert not door.is_in()


def test_who_has_left_or_whose_account_is_over_stays_out_with_a_good_password(door: Door) -> None:
    change(door.app, active=False)
    assert door.enter().status_code == 401
    change(door.app, active=True, ends_on=date(2020, 1, 1))
    assert door.enter().status_code == 403
    assert door.count(SignInSession) == 0


def test_people_of_the_portal_go_on_with_its_password(door: Door) -> None:
    assert door.enter("foreman", GOOD).status_code == 401, "the directory is not asked for them"
    assert door.enter("foreman", DEMO_PASSWORD).status_code == 303


@both_databases
@pytest.mark.proves("S9")
def test_guessing_is_slowed_here_too(door: Door) -> None:
    for _time in range(guessing.PER_ACCOUNT):
        assert door.enter(password="not it").status_code == 401
    assert door.enter().status_code == 429


TROUBLES: dict[str, Callable[[Slapd], dict[str, Any]]] = {
    "down": lambda _server: {"ldap_url": f"ldaps://{HOST}:1"},
    "of another name": lambda server: {"ldap_url": f"ldaps://localhost:{server.tls}"},
    "of another name, asked for TLS": lambda server: {"ldap_url": f"ldap://localhost:{server.plain}"},
    "under a root that is not trusted": lambda _server: {"ldap_ca": ""},
    "not taking the portal": lambda _server: {"ldap_password": "another"},
    "without the branch": lambda _server: {"ldap_base": "dc=nowhere"},
    "not looked for any more": lambda _server: {"ldap_url": ""},
}


@pytest.mark.parametrize("trouble", TROUBLES)
@pytest.mark.parametrize("login", [MANAGER, "nobody.at.all"])
def test_a_directory_that_cannot_be_asked_says_so_and_local_people_get_in(
    door: Door, trouble: str, login: str
) -> None:
    door.set(**TROUBLES[trouble](door.server))
    before = tables.hashes(door.app)
    answer = door.enter(login)
    if trouble == "not looked for any more" and login != MANAGER:
        assert answer.status_code == 401, "nobody is asked for people who are not here"
        return
    assert answer.status_code == 503
    assert AWAY in alerts(answer.text)
    assert tables.hashes(door.app) == before
    assert door.enter("foreman", DEMO_PASSWORD).status_code == 303


@pytest.mark.parametrize("scheme", ["ldaps", "ldap"])
def test_a_silent_directory_is_not_waited_for(door: Door, scheme: str) -> None:
    with slapd.silent() as port:
        door.set(ldap_url=f"{scheme}://{HOST}:{port}", ldap_seconds=1)
        assert door.enter().status_code == 503
    assert door.count(SignInAttempt) == 0


@both_databases
@pytest.mark.proves("S12")
def test_signing_asks_the_directory_again(door: Door) -> None:
    door.app.config["SETTINGS"] = door.app.config["SETTINGS"].model_copy(update={"signing_window_minutes": 0})
    manager = Manager(door.app, door.browser)
    assert door.enter().status_code == 303
    for wrong in (DEMO_PASSWORD, ""):
        assert manager.sign(_password=wrong).status_code == 422
    door.set(ldap_url=f"ldaps://{HOST}:1")
    refused = manager.sign(_password=GOOD)
    assert refused.status_code == 422
    assert AWAY in refused.text
    door.set()
    assert door.signatures() == 0
    assert len(door.events("signing_failed")) == 1
    assert manager.sign(_password=GOOD).status_code == 303
    assert door.signatures() == 1


def test_confirming_asks_the_directory(door: Door) -> None:
    door.enter()
    assert door.browser.post("/confirm", data={"password": DEMO_PASSWORD}).status_code == 422
    assert door.browser.post("/confirm", data={"password": GOOD}).status_code == 303
    door.set(ldap_url=f"ldaps://{HOST}:1")
    assert door.browser.post("/confirm", data={"password": GOOD}).status_code == 503


def test_the_second_factor_is_asked_for_too(door: Door) -> None:
    with time_machine.travel(datetime.now(UTC), tick=False) as clock:
        phone = Phone(door.app, door.browser, MANAGER, clock)
        assert door.enter().status_code == 303
        assert phone.set_up(password=DEMO_PASSWORD).status_code == 422
        assert phone.set_up(password=GOOD).status_code == 200
        door.browser.post("/sign-out")
        assert door.enter().location == "/sign-in/code"
        assert not door.is_in()
        assert door.browser.post("/sign-in/code", data={"code": phone.next()}).status_code == 303
        assert door.is_in()


def test_an_own_key_opens_until_the_password_changes_elsewhere(door: Door) -> None:
    manager = Manager(door.app, door.browser)
    door.enter()
    assert "修改它之前请先停用密钥" in door.browser.get("/account/key").text
    assert manager.set_up(DEMO_PASSWORD).status_code == 422
    assert manager.set_up(GOOD).status_code == 303
    assert "修改密码前请先停用密钥" in door.browser.get("/account/password").text
    assert manager.sign(_password=GOOD).status_code == 303
    assert is_by(manager.signature(), manager.key())


def test_the_password_is_not_changed_here_and_the_page_says_where(door: Door) -> None:
    door.enter()
    page = "https://password.example.com/change"
    door.set(ldap_password_page=page)
    shown = door.browser.get("/account/password").text
    assert f'href="{page}"' in shown
    assert 'name="new"' not in shown
    answer = door.browser.post(
        "/account/password", data={"old": GOOD, "new": "Kupferkanne 77", "again": "Kupferkanne 77"}
    )
    assert answer.status_code == 409
    assert door.person(MANAGER).password_hash == ""
    assert door.is_in()


@both_databases
def test_the_statement_is_given_with_the_directorys_password(door: Door) -> None:
    change(door.app, must_change_password=True)
    door.enter()
    assert door.browser.get("/").location == "/account/password"
    assert "手写签名" in door.browser.get("/account/password").text
    assert door.browser.post("/account/password", data={"old": "not it"}).status_code == 422
    assert door.browser.get("/").status_code == 302
    assert door.browser.post("/account/password", data={"old": GOOD}).status_code == 303
    assert door.browser.get("/").status_code == 200
    assert [event.person_id for event in door.events("signature_statement_given")] == [
        door.person(MANAGER).id
    ]


@both_databases
def test_an_administrator_leaves_a_password_to_the_directory_and_takes_it_back(
    door: Door, sign_in: SignIn
) -> None:
    foreman = sign_in(door.app.test_client(), "foreman")
    admin = sign_in(door.app.test_client(), "administrator")
    page = f"/admin/people/{door.person('foreman').id}"
    assert "改由公司目录核对密码" in admin.get(page).text
    assert admin.post(f"{page}/directory").status_code == 303
    assert "密码由公司目录核对" in admin.get(page).text
    assert foreman.get("/account/sessions").status_code == 302, "signed out"
    assert door.enter("foreman", DEMO_PASSWORD).status_code == 401
    assert door.enter("foreman").status_code == 303
    assert admin.post(f"{page}/directory").status_code == 422, "once"
    assert len(door.events("password_left_to_directory")) == 1
    assert admin.post(f"{page}/passwords").status_code == 200
    assert not door.person("foreman").of_directory
    assert door.enter("foreman").status_code == 401


def test_administrators_do_not_lock_themselves_out(door: Door, sign_in: SignIn) -> None:
    admin = sign_in(door.app.test_client(), "administrator")
    own = f"/admin/people/{door.person('administrator').id}/directory"
    assert admin.post(own).status_code == 403
    door.set(ldap_url="")
    assert admin.post(f"/admin/people/{door.person('foreman').id}/directory").status_code == 422
    assert "改由公司目录核对密码" not in admin.get(f"/admin/people/{door.person('foreman').id}").text


def test_new_people_are_the_directorys(door: Door, sign_in: SignIn) -> None:
    admin = sign_in(door.app.test_client(), "administrator")
    text = admin.post("/admin/import", data={"file": (io.BytesIO(LIST.encode()), "staff.csv")})
    assert text.status_code == 200
    answer = admin.post("/admin/import/confirm", data={"text": LIST})
    assert "初始密码" not in answer.text
    assert door.person("zhao.liu").of_directory
    assert door.person("zhao.liu").password_hash == ""
    assert door.enter("zhao.liu").status_code == 303
    form = {
        "name": "孙八",
        "login": "sun.ba",
        "number": "E903",
        "department": str(door.person(MANAGER).department_id),
    }
    made = admin.post("/admin/people", data=form)
    assert made.status_code == 303
    assert door.person("sun.ba").of_directory


def test_who_comes_back_is_the_directorys_again(door: Door, sign_in: SignIn) -> None:
    change(door.app, active=False)
    admin = sign_in(door.app.test_client(), "administrator")
    page = f"/admin/people/{door.person(MANAGER).id}"
    assert admin.post(f"{page}/reinstatements", data={"reason": "回来了"}).status_code == 303
    assert door.enter().status_code == 303
