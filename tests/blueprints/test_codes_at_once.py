"""Codes that are sent all at once: the right one among them counts no more when the wrong ones have used the tries up."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime

import pytest
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.domain.demo import DEMO_PASSWORD
from portal.services import guessing
from tests.conftest import both_databases
from tests.own_keys import MANAGER
from tests.phone import Phone

NOW = datetime(2026, 5, 12, 2, 0, 7, tzinfo=UTC)


@pytest.fixture
def phone(
    app: Flask, client: FlaskClient, sign_in: Callable[[FlaskClient, str], FlaskClient]
) -> Iterator[Phone]:
    with time_machine.travel(NOW, tick=False) as clock:
        found = Phone(app, sign_in(client, MANAGER), MANAGER, clock)
        assert found.set_up().status_code == 200
        yield found


class Sooner:
    """Lets others come between the look at what has been tried and the right code, as they do who send all at once."""

    def __init__(self, phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
        self.phone, self.real, self.met = phone, guessing.slow_codes, False
        monkeypatch.setattr(guessing, "slow_codes", self.look)

    def look(self, account: str, *, now: datetime) -> None:
        self.real(account, now=now)
        if not self.met:
            self.met = True
            for _other in range(guessing.PER_ACCOUNT):
                other = self.phone.app.test_client()
                first = other.post("/sign-in", data={"login": MANAGER, "password": DEMO_PASSWORD})
                assert other.post(first.location, data={"code": self.phone.wrong()}).status_code == 401


@pytest.mark.proves("S9")
@both_databases
def test_at_sign_in(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    phone.browser.post("/sign-out")
    where, code = phone.sign_in().location, phone.next()
    Sooner(phone, monkeypatch)
    assert phone.browser.post(where, data={"code": code}).status_code == 429
    assert not phone.is_in()
    before = phone.factor().last_step
    phone.clock.shift(guessing.WINDOW)
    assert phone.sign_in(phone.next()).status_code == 303
    assert phone.factor().last_step > before, "and the code before was not used up"


@pytest.mark.proves("S9")
@both_databases
def test_at_confirming(phone: Phone, monkeypatch: pytest.MonkeyPatch) -> None:
    code = phone.next()
    Sooner(phone, monkeypatch)
    refused = phone.browser.post("/confirm", data={"password": DEMO_PASSWORD, "code": code})
    assert refused.status_code == 429
