"""The clock jumps, forward and back: numbers, sessions, the order of the trail and its checkpoints bear it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.jobs import reminding, witnesses
from portal.lib.clock import ZONE
from portal.models import AuditCheckpoint, AuditEvent, AuditLeaf, Notice, Record
from portal.services import audit
from tests.faults.acts import COMPLAINTS, OFFICER
from tests.walk import multi, problems
from tests.web.conftest import Desk

pytestmark = pytest.mark.both_databases
EVE = datetime(2026, 12, 31, 23, 59, 30, tzinfo=ZONE)
JUMPS = (timedelta(), timedelta(days=2), timedelta(days=-1), timedelta(hours=-30), timedelta(minutes=1))


def file(desk: Desk, at: datetime, key: str) -> str:
    """Somebody signs in and submits a complaint at a moment; gives its number."""
    with time_machine.travel(at, tick=False):
        desk.walker.browsers.pop(OFFICER, None)
        sheet = desk.told("CS-51")
        data = multi([("_op", "submit"), ("_key", key), *sheet])
        answer = desk.browser(OFFICER).post(f"{COMPLAINTS}new", data=data)
        assert answer.status_code == 303, problems(answer)
        with desk.app.app_context():
            witnesses.keep_tree()
            db.session.remove()
    return str(answer.location).rsplit("/", 1)[-1]


@pytest.mark.proves("F13")
def test_numbers_are_of_the_companys_year_and_go_on_whichever_way_the_clock_jumps(desk: Desk) -> None:
    numbers = [file(desk, EVE + jump, f"page-{place}") for place, jump in enumerate(JUMPS)]
    assert numbers == [
        f"CS-51-{year}" for year in ("2026-0001", "2027-0001", "2026-0002", "2026-0003", "2027-0002")
    ]


@pytest.mark.proves("F13")
def test_the_trail_is_in_the_order_of_writing_and_no_checkpoint_goes_back(desk: Desk) -> None:
    for place, jump in enumerate(JUMPS):
        file(desk, EVE + jump, f"page-{place}")
    with desk.app.app_context():
        assert audit.verify()[1:] == (None, "")
        leaves = db.session.scalars(sa.select(AuditLeaf.event_id).order_by(AuditLeaf.position)).all()
        assert list(leaves) == sorted(leaves)
        assert len(leaves) == db.session.scalar(sa.select(sa.func.count()).select_from(AuditEvent))
        sizes = db.session.scalars(sa.select(AuditCheckpoint.size).order_by(AuditCheckpoint.number)).all()
        assert list(sizes) == sorted(set(sizes))
        assert len(sizes) == len(JUMPS)
        db.session.remove()
    answer = desk.app.test_cli_runner().invoke(args=["audit", "verify"])
    assert answer.exit_code == 0, answer.output


@pytest.mark.proves("F13")
def test_a_session_of_tomorrow_lasts_no_longer_than_it_may(desk: Desk) -> None:
    hours = desk.app.config["SETTINGS"].session_hours
    browser, page = desk.app.test_client(), "/account/sessions"
    given = {"login": "buyer", "password": DEMO_PASSWORD}
    with time_machine.travel(EVE + timedelta(days=1), tick=False):
        assert browser.post("/sign-in", data=given).status_code == 303
    with time_machine.travel(EVE, tick=False):
        assert browser.get(page).status_code == 302, "a cookie of tomorrow counts for nothing"
    with time_machine.travel(EVE + timedelta(days=1, hours=hours, seconds=1), tick=False):
        assert browser.get(page).status_code == 302


@pytest.mark.proves("F13")
def test_a_reminder_is_not_repeated_because_the_clock_went_back(desk: Desk) -> None:
    number = file(desk, EVE, "a-page")
    with desk.app.app_context():
        due = db.session.scalars(sa.select(Record.due_at).where(Record.number == number)).one()
        assert due is not None
        told = sa.select(sa.func.count()).select_from(Notice).where(Notice.kind.in_(["overdue", "reminder"]))
        counts = []
        for at in (due + timedelta(minutes=1), due - timedelta(hours=3), due + timedelta(minutes=1)):
            with time_machine.travel(at.astimezone(UTC), tick=False):
                reminding.remind()
                counts.append(db.session.scalar(told))
        db.session.remove()
    assert counts[0] > 0
    assert counts == [counts[0]] * 3
