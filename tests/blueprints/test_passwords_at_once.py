"""Passwords that are sent all at once: the right one among them counts no more when the wrong ones have used the tries up."""

from __future__ import annotations

from collections.abc import Callable
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
RIGHT = {"login": MANAGER, "password": DEMO_PASSWORD}


def others_try_meanwhile(app: Flask, monkeypatch: pytest.MonkeyPatch) -> None:
    """Lets others come between the next look at what has been tried and the right password."""
    real, met = guessing.slow_guessing, list[str]()

    def look(account: str, address: str, *, now: datetime) -> None:
        real(account, address, now=now)
        if not met:
            met.append(account)
            for _other in range(guessing.PER_ACCOUNT):
                wrong = app.test_client().post("/sign-in", data={"login": MANAGER, "password": "wrong"})
                assert wrong.status_code == 401

    monkeypatch.setattr(guessing, "slow_guessing", look)


@pytest.mark.proves("S9")
@both_databases
def test_at_sign_in(app: Flask, client: FlaskClient, monkeypatch: pytest.MonkeyPatch) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        others_try_meanwhile(app, monkeypatch)
        assert client.post("/sign-in", data=RIGHT).status_code == 429
        assert client.get("/").status_code == 302, "nobody is in"
        clock.shift(guessing.WINDOW)
        assert client.post("/sign-in", data=RIGHT).status_code == 303


@pytest.mark.proves("S9")
@both_databases
def test_before_a_second_factor(
    app: Flask,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(NOW, tick=False) as clock:
        assert Phone(app, sign_in(client, MANAGER), MANAGER, clock).set_up().status_code == 200
        others_try_meanwhile(app, monkeypatch)
        assert app.test_client().post("/sign-in", data=RIGHT).status_code == 429


@pytest.mark.proves("S9")
@both_databases
def test_at_confirming(
    app: Flask,
    client: FlaskClient,
    sign_in: Callable[[FlaskClient, str], FlaskClient],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    with time_machine.travel(NOW, tick=False):
        sign_in(client, MANAGER)
        others_try_meanwhile(app, monkeypatch)
        assert client.post("/confirm", data={"password": DEMO_PASSWORD}).status_code == 429
