"""PostgreSQL undoes a write that met another one: it is done again from the beginning, and ends as if nobody had been there."""

from __future__ import annotations

import io
import re
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from random import randbytes
from typing import Any

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from werkzeug.test import TestResponse

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import outbox, prints, reminding, witnesses
from portal.lib import conflicts
from portal.models import SignInAttempt, StoredFile
from portal.services import audit, printing
from portal.storage import files
from tests.faults.acts import ACTS, MANAGER, OFFICER, ORDERS, decision
from tests.faults.breaks import Watch
from tests.faults.conflicts import meeting
from tests.faults.stands import Stand, differing, lengths
from tests.faults.test_every_statement import MAYBE, REFERENCE
from tests.phone import Phone
from tests.walk import Walker, problems
from tests.web.conftest import Desk

pytestmark = pytest.mark.postgres(alone=True)
NOON = datetime(2026, 5, 12, 4, 0, 7, tzinfo=UTC)
MET = "同时有别人在办理同一件事"
PLACES = 4  # at which an act meets somebody, spread over its statements
WRITES = re.compile(r"INSERT|UPDATE|DELETE|do_commit")


@pytest.fixture
def clock() -> Iterator[time_machine.Traveller]:
    """Stands still, so that only chance and the numbers of rows differ between two runs."""
    with time_machine.travel(NOON, tick=False) as traveller:
        yield traveller


def undisturbed(stand: Stand, act: Callable[[], Any]) -> tuple[dict[str, Any], set[str]]:
    """How the database stands after the act, and the columns in which chance decides what they hold."""
    ends = []
    for _run in range(2):
        stand.back()
        stand.skip() if ends else None
        act()
        ends.append(stand.rows())
    return ends[0], differing(*ends)


def whole(app: Flask) -> None:
    """The trail is in order."""
    with app.app_context():
        assert audit.verify()[1] is None
        db.session.remove()


@pytest.mark.proves("F16", "F8")
@pytest.mark.parametrize("name", ["submit", "sign_with_key", "upload", "sign_in"])
def test_wherever_a_request_meets_others_it_ends_as_if_there_had_been_none(
    desk: Desk, clock: time_machine.Traveller, name: str
) -> None:
    act = ACTS[name](desk)
    stand = Stand(desk.app)
    expected, chance = undisturbed(stand, act.send)
    stand.back()
    with meeting(desk.app, at=0, times=0) as met:
        act.send()
    for at in range(1, met.seen + 1, max(1, met.seen // PLACES)):
        stand.back()
        with meeting(desk.app, at, times=2) as met:
            answer = act.send()
        assert met.struck, at
        assert answer.status_code == act.status, (met.struck, problems(answer))
        found = stand.rows()
        assert lengths(found) == lengths(expected), met.struck
        assert differing(found, expected) <= chance, met.struck
        whole(desk.app)


@pytest.mark.proves("F16")
@pytest.mark.parametrize("name", ["submit", "sign"])
def test_who_meets_others_each_time_is_told_that_nothing_was_written(
    desk: Desk, monkeypatch: pytest.MonkeyPatch, name: str
) -> None:
    monkeypatch.setattr(conflicts, "FIRST", 0.0)
    act = ACTS[name](desk)
    watch = Watch(desk.app, act.but)
    with meeting(desk.app, at=9, times=99) as met:
        answer = act.send()
    assert len(met.struck) == conflicts.TRIES
    assert answer.status_code == 503
    assert MET in answer.text
    assert REFERENCE.search(answer.text)
    assert watch.changed() == []
    assert act.send().status_code == act.status


def everywhere(desk: Desk, stand: Stand, send: Callable[[], TestResponse]) -> Iterator[TestResponse]:
    """The answers where a request meets somebody once, at one place after the other."""
    stand.back()
    with meeting(desk.app, at=0, times=0) as met:
        send()
    for at in range(1, met.seen + 1, max(1, met.seen // PLACES)):
        stand.back()
        with meeting(desk.app, at, times=1) as met:
            answer = send()
        assert met.struck, at
        yield answer


@pytest.mark.proves("F16")
def test_a_code_that_was_taken_counts_in_the_tries_that_follow(
    desk: Desk, clock: time_machine.Traveller
) -> None:
    phone = Phone(desk.app, desk.browser(MANAGER), MANAGER, clock)
    number = desk.walker.open("PU-04")
    assert phone.set_up().status_code == 200
    clock.shift(timedelta(minutes=11))
    data = {**desk.turn(MANAGER, number), "_password": DEMO_PASSWORD, "_code": phone.next()}
    path = f"{ORDERS}{number}/signatures"
    for answer in everywhere(desk, Stand(desk.app), lambda: phone.browser.post(path, data=data)):
        assert answer.status_code == 303, problems(answer)
        assert desk.signatures(number) == ["signed"]


@pytest.mark.proves("F16")
def test_a_wrong_password_is_counted_once(desk: Desk) -> None:
    act = decision("sign", "signed", _password="not-this-one")(desk)
    failures = sa.select(sa.func.count()).select_from(SignInAttempt)
    for answer in everywhere(desk, Stand(desk.app), act.send):
        assert answer.status_code == 422 or MAYBE in answer.text, (
            "what was typed is kept before the page is drawn"
        )
        assert desk.one(failures) == 1


@pytest.mark.proves("F16")
def test_a_large_file_is_whole_though_it_was_read_twice(desk: Desk) -> None:
    data, browser = b"%PDF-1.7\n" + randbytes(3_000_000), desk.browser(OFFICER)
    with meeting(desk.app, at=1, times=2, words=WRITES) as met:
        answer = browser.post("/files", data={"file": (io.BytesIO(data), "图纸.pdf"), "name": "evidence"})
    assert (len(met.struck), answer.status_code) == (2, 200), problems(answer)
    digest = desk.one(sa.select(StoredFile.sha256).where(StoredFile.name == "图纸.pdf"))
    with desk.app.app_context():
        assert files.get(digest) == data


@pytest.fixture
def office(app: Flask, clock: time_machine.Traveller, monkeypatch: pytest.MonkeyPatch) -> Flask:
    """A portal with a finished complaint to print and an order that waits."""
    monkeypatch.setattr(printing, "make", lambda *_given, **_more: b"%PDF-1.7")
    monkeypatch.setattr(prints, "_sealed", lambda data, *_given: (data, None))
    walker = Walker(app)
    walker.walk("CS-51")
    walker.open("PU-04")
    return app


@pytest.mark.proves("F16")
@pytest.mark.parametrize(
    ("job", "later"),
    [(outbox.drain, 0), (witnesses.keep_tree, 0), (reminding.remind, 9)],
    ids=["drain", "tree", "remind"],
)
def test_a_job_that_meets_others_does_its_piece_again(
    office: Flask, clock: time_machine.Traveller, job: Callable[[], int], later: int
) -> None:
    stand = Stand(office)
    clock.shift(timedelta(days=later))

    def run() -> None:
        with office.app_context():
            assert job()
            db.session.remove()

    expected, chance = undisturbed(stand, run)
    stand.back()
    with meeting(office, at=0, times=0, words=WRITES) as met:
        run()
    for at in range(1, met.seen + 1, max(1, met.seen // PLACES)):
        stand.back()
        with meeting(office, at, times=2, words=WRITES) as met:
            run()
        found = stand.rows()
        assert met.struck, at
        assert lengths(found) == lengths(expected), met.struck
        assert differing(found, expected) <= chance, met.struck
        whole(office)
