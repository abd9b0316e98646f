"""What the log tells: who was refused where, each on one line, and nothing that is a secret."""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterator

import pytest
from flask import Flask
from flask.logging import default_handler
from flask.testing import FlaskClient

from portal.domain.demo import DEMO_PASSWORD
from portal.lib.log_lines import TextLines
from portal.services import outside
from tests.web.conftest import Desk

SignIn = Callable[[FlaskClient, str], FlaskClient]
Lines = list[str]


@pytest.fixture
def lines(app: Flask) -> Iterator[Lines]:
    """The lines that the portal writes while a test runs."""
    found: Lines = []

    class Keeping(logging.Handler):
        """Writes as the portal's own handler does."""

        def emit(self, record: logging.LogRecord) -> None:
            assert isinstance(default_handler.formatter, TextLines)
            found.append(default_handler.format(record))

    keeping = Keeping()
    app.logger.addHandler(keeping)
    yield found
    app.logger.removeHandler(keeping)


@pytest.mark.proves("S45")
def test_refused_access_says_who_where_and_from_where(
    client: FlaskClient, sign_in: SignIn, lines: Lines, desk: Desk
) -> None:
    number = desk.walker.open("CS-51")
    sign_in(client, "foreman")
    lines.clear()
    client.get(f"/customer-service/complaints/{number}")
    client.get("/admin/people")
    client.post("/customer-service/complaints/new")
    assert [line.partition(": ")[2] for line in lines] == [
        f"404 for foreman (127.0.0.1) at GET /customer-service/complaints/{number}",
        "404 for foreman (127.0.0.1) at GET /admin/people",
        "403 for foreman (127.0.0.1) at POST /customer-service/complaints/new",
    ]


@pytest.mark.proves("S31", "S45")
def test_an_address_with_line_breaks_is_one_line(client: FlaskClient, lines: Lines) -> None:
    client.get("/a%0A2026-05-12 INFO portal: b%0D%1B%5B2J%E2%80%A8c")
    (line,) = lines
    assert "\\n2026-05-12" in line
    assert len(line.splitlines()) == 1


@pytest.mark.proves("S45")
def test_no_secret_stands_in_the_log(
    client: FlaskClient, lines: Lines, app: Flask, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_given: object, **_more: object) -> None:
        raise RuntimeError

    monkeypatch.setattr(outside, "find", fail, raising=False)
    monkeypatch.setattr("portal.blueprints.outside.outside", None, raising=False)
    client.get("/s/token-of-a-customer")
    client.post("/s/token-of-a-customer", data={"_outside_name": "x"})
    client.post("/sign-in", data={"login": "buyer", "password": "a wrong secret"})
    client.post("/sign-in", data={"login": "buyer", "password": DEMO_PASSWORD})
    client.post("/account/password", data={"old": DEMO_PASSWORD, "new": "another secret", "again": "x"})
    assert any("/s/<token>" in line for line in lines)
    text = "\n".join(lines)
    for secret in ("token-of-a-customer", "a wrong secret", DEMO_PASSWORD, "another secret"):
        assert secret not in text
