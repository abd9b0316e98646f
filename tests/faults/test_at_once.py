"""Two people, two tabs, four clicks at the same moment, over HTTP: it happens once, and the others are told kindly."""

from __future__ import annotations

import threading
from collections import Counter
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Person, Record, Signature
from portal.services import audit
from tests.faults.acts import ACTS, COLLEAGUE, MANAGER, ORDERS
from tests.walk import problems
from tests.web.conftest import Desk, alerts

pytestmark = pytest.mark.both_databases
CLICKS = 4
Click = Callable[[], TestResponse]


def together(*clicks: Click) -> list[TestResponse]:
    """All at the same moment."""
    barrier = threading.Barrier(len(clicks))
    answers: list[TestResponse | None] = [None] * len(clicks)

    def click(place: int) -> None:
        barrier.wait(timeout=20)
        answers[place] = clicks[place]()

    threads = [threading.Thread(target=click, args=(place,)) for place in range(len(clicks))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(timeout=60)
    assert all(answers), "somebody got no answer"
    return [answer for answer in answers if answer is not None]


def whole(desk: Desk) -> None:
    """The trail is in order."""
    with desk.app.app_context():
        assert audit.verify()[1] is None
        db.session.remove()


def tab(desk: Desk, login: str) -> FlaskClient:
    """One more browser of somebody's."""
    browser = desk.app.test_client()
    assert browser.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD}).status_code == 303
    return browser


@pytest.mark.proves("F5", "F6")
def test_the_same_words_said_later_are_another_comment(desk: Desk) -> None:
    act = ACTS["comment"](desk)
    for _click in range(2):
        assert act.send().status_code == 303
    assert desk.one(act.left) == 1
    with time_machine.travel(datetime.now(UTC) + timedelta(minutes=2), tick=False):
        assert act.send().status_code == 303
    assert desk.one(act.left) == 2


@pytest.mark.parametrize(
    "name",
    [
        "submit",
        "save",
        "comment",
        "confirm",
        "finding",
        "withdraw",
        "void",
        "release",
        "delegate",
        "own_key",
        "copy",
        "copy_to",
    ],
)
@pytest.mark.proves("F5", "F6")
def test_four_clicks_of_one_page_are_one_act(desk: Desk, name: str) -> None:
    act = ACTS[name](desk)
    before = desk.one(act.left)
    answers = together(*[act.send] * CLICKS)
    assert all(answer.status_code < 500 for answer in answers), [problems(answer) for answer in answers]
    assert any(answer.status_code == act.status for answer in answers), [
        problems(answer) for answer in answers
    ]
    assert all(alerts(answer.text) for answer in answers if answer.status_code != act.status), (
        "no word of why"
    )
    assert desk.one(act.left) == before + 1
    whole(desk)


@pytest.mark.proves("F5", "F6")
def test_of_two_people_with_two_tabs_each_one_signs_and_the_others_are_told_who(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    path = f"{ORDERS}{number}/signatures"

    def click(login: str, op: str) -> Click:
        data, browser = {"_op": op, "_opinion": "价格太高", **desk.turn(login, number)}, tab(desk, login)
        return lambda: browser.post(path, data=data)

    answers = together(*(click(login, op) for login in (MANAGER, COLLEAGUE) for op in ("sign", "return")))
    codes = Counter(answer.status_code for answer in answers)
    assert len(desk.signatures(number)) == 1
    assert codes[303] >= 1
    assert set(codes) <= {303, 409}, [problems(answer) for answer in answers]
    with desk.app.app_context():
        query = sa.select(Person.name).join(Signature, Signature.person_id == Person.id).join(Record)
        winner = db.session.scalars(query.where(Record.number == number)).one()
        db.session.remove()
    told = [alerts(answer.text) for answer in answers if answer.status_code == 409]
    assert told
    assert all(winner in words for words in told), told
    whole(desk)
