"""Somebody with an authenticator app, at a browser; the clock stands still but where a test moves it."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from time_machine import Traveller
from werkzeug.test import TestResponse

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib import totp
from portal.lib.clock import now
from portal.models import AuditEvent, Person, RecoveryCode, SecondFactor
from tests.own_keys import Manager
from tests.web.conftest import value

PAGE, NEW = "/account/second-factor", "/account/second-factor/new"
STEP = timedelta(seconds=totp.SECONDS)


class Phone:
    """A person, the browser and the app."""

    def __init__(self, app: Flask, browser: FlaskClient, login: str, clock: Traveller) -> None:
        self.app, self.browser, self.login, self.clock = app, browser, login, clock
        self.secret = ""
        self.recovery: list[str] = []

    def set_up(self, **more: str) -> TestResponse:
        """Scans the code of the page and sends the first code; keeps the recovery codes."""
        page = self.browser.get(NEW).text
        found = re.search(r'factor-secret">([A-Z2-7 ]+)<', page)
        assert found, page
        secret = found[1].replace(" ", "")
        data = {name: value(page, name) for name in ("locked", "seen")}
        data |= {"password": DEMO_PASSWORD, "new_code": totp.code(secret, totp.step(now())), **more}
        answer = self.browser.post(NEW, data=data)
        if answer.status_code == 200:
            self.secret = secret
            self.recovery = re.findall(r"<li><code>([a-z2-9-]{14})</code>", answer.text)
        return answer

    def code(self, steps: int = 0) -> str:
        """What the app shows, or showed some steps ago."""
        return totp.code(self.secret, totp.step(now()) + steps)

    def next(self) -> str:
        """The next code of the app, when it has come."""
        self.clock.shift(STEP)
        return self.code()

    def wrong(self) -> str:
        """Six digits that the app does not show."""
        good = {self.code(steps) for steps in (-1, 0, 1)}
        return next(one for one in ("000000", "111111", "222222", "333333") if one not in good)

    def act(self, path: str, **more: str) -> TestResponse:
        """Renews the codes or ends the factor."""
        seen = value(self.browser.get(PAGE).text, "seen")
        return self.browser.post(f"{PAGE}/{path}", data={"seen": seen, "password": DEMO_PASSWORD, **more})

    def sign_in(self, code: str | None = None, **more: str) -> TestResponse:
        """Signs in with the password and, unless it is None, a code."""
        first = self.browser.post("/sign-in", data={"login": self.login, "password": DEMO_PASSWORD, **more})
        if code is None:
            return first
        return self.browser.post(first.location, data={"code": code, "next": more.get("next", "")})

    def is_in(self) -> bool:
        """Whether the browser is signed in."""
        return self.browser.get("/account/sessions").status_code == 200

    def sign(self, **more: str) -> TestResponse:
        """Signs an order of its own."""
        return Manager(self.app, self.browser).sign(**more)

    def events(self, *kinds: str) -> list[AuditEvent]:
        return Manager(self.app, self.browser).events(*kinds)

    def person(self) -> Person:
        return self.one(sa.select(Person).where(Person.login == self.login))

    def factor(self) -> SecondFactor:
        """The last one."""
        return self.one(sa.select(SecondFactor).order_by(SecondFactor.id.desc()).limit(1))

    def stored_codes(self) -> list[RecoveryCode]:
        with self.app.app_context():
            found = list(db.session.scalars(sa.select(RecoveryCode)))
            db.session.remove()
        return found

    def one(self, query: sa.Select[Any]) -> Any:
        with self.app.app_context():
            found = db.session.scalars(query).unique().one()
            db.session.remove()
        return found
