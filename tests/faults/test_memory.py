"""Requests leave nothing behind in the server's memory: of many alike, less than one object each stays."""

from __future__ import annotations

import gc
import weakref

import pytest
from flask import Flask
from flask.testing import FlaskClient

from portal.extensions import db
from tests.faults.acts import COMPLAINTS, OFFICER
from tests.walk import problems
from tests.web.conftest import Desk

PAGES = ("/", "/mine", "/notices", COMPLAINTS, f"{COMPLAINTS}new", "/find?q=测试")
FIRST, ROUNDS = 12, 24  # until what is kept on purpose is there, and from then on


def round_of(browser: FlaskClient, told: list[tuple[str, str]], key: str) -> None:
    """Opens every page, saves a draft, submits it, and submits it again."""
    for page in PAGES:
        assert browser.get(page).status_code == 200
    for op in ("save", "submit", "submit"):
        data: dict[str, list[str]] = {"_op": [op], "_key": [key]}
        for name, text in told:
            data.setdefault(name, []).append(text)
        answer = browser.post(f"{COMPLAINTS}new", data=data)
        assert answer.status_code == 303, problems(answer)


def objects(app: Flask) -> int:
    """How many objects there are that hold others, but for statements kept ready and references to what is gone."""
    with app.app_context():
        db.engine.clear_compiled_cache()
    gc.collect()
    return sum(not isinstance(one, weakref.ref) for one in gc.get_objects())


@pytest.mark.proves("F19")
@pytest.mark.both_databases
def test_requests_leave_nothing_in_memory(desk: Desk, caplog: pytest.LogCaptureFixture) -> None:
    browser, told = desk.browser(OFFICER), desk.told("CS-51")
    for n in range(FIRST):
        round_of(browser, told, f"first-{n}")
    grown = []
    for again in range(3):  # what leaks grows each time, what is kept on purpose until it is full
        caplog.clear()
        before = objects(desk.app)
        for n in range(ROUNDS):
            round_of(browser, told, f"{again}-{n}")
        caplog.clear()
        grown.append(objects(desk.app) - before)
        if grown[-1] < ROUNDS * (len(PAGES) + 3):
            return
    raise AssertionError(f"{grown} objects stayed")
