"""CS-100: some time after a case was closed the customer is called, until reached."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask
from sqlalchemy.orm import joinedload

from portal.database import transaction
from portal.demo.stories.customer_service import STORIES
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.follow_up_call import CallAgain, FollowUpCall
from portal.forms.duties import OBLIGATIONS
from portal.forms.kinds import Ref
from portal.lib.clock import day, midnight, now
from portal.models import Customer, Record, Task
from portal.services import obligations, route
from portal.services.drafts import prefill
from tests.desk import change
from tests.walk import Walker

NOW = datetime(2026, 5, 19, 6, 30, tzinfo=UTC)
CLOSED = NOW - timedelta(days=7)
ROUTE = FollowUpCall.signoff
TALK = {
    "called_at": NOW,
    "reached": True,
    "problem_recurred": False,
    "satisfaction": "satisfied",
    "opinion": "运行正常",
}


@pytest.fixture
def closed(make_record, customer, stored):
    """A complaint or repair that was closed a week ago."""

    def make(number: str = "CS-51-2026-0001", state: str = "finished", **answers) -> Ref:
        closed_at = CLOSED if state == "finished" else None
        given = {"customer": stored(customer), **answers}
        return Ref(make_record(number, state=state, closed_at=closed_at, **given).id, number)

    return make


def sheet(case: Ref, context=None, **answers):
    given = {"case_record": case, "planned_on": date(2026, 5, 19), **TALK, **answers}
    return FollowUpCall(answers=given, context={"@now": NOW, **(context or {})})


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def test_the_case_says_whom_it_is_about_and_which_call_it_is(closed, customer, make_record, link):
    case = closed()
    form = sheet(case)
    assert wrong(form) == set()
    assert (form.customer.data, form.round.data) == (customer, 1)
    before = make_record("CS-100-2026-0001")
    link(before, db.session.get_one(Record, case.id), "named")
    later, itself = sheet(case), sheet(case, {"@record_id": before.id})
    assert wrong(later) | wrong(itself) == set()
    assert (later.round.data, itself.round.data) == (2, 1)
    said = sheet(case, round=3)
    assert wrong(said) == set()
    assert said.round.data == 3


def test_it_is_about_the_customer_of_the_case(closed, make_customer):
    assert wrong(sheet(closed(), customer=make_customer("另一家"))) == {"customer"}


def test_a_case_without_a_customer_may_have_any_or_none(closed, make_customer):
    case = closed(customer=None)
    assert wrong(sheet(case)) == set()
    assert wrong(sheet(case, customer=make_customer("另一家"))) == set()


def test_only_a_closed_case_is_followed(closed):
    assert wrong(sheet(closed("CS-51-2026-0002", "running"))) == {"case_record"}


def test_the_call_follows_the_close(closed):
    case = closed()
    assert wrong(sheet(case, called_at=NOW + timedelta(minutes=1))) == {"called_at"}
    assert wrong(sheet(case, called_at=CLOSED - timedelta(minutes=1))) == {"called_at"}
    assert wrong(sheet(case, planned_on=date(2026, 5, 11))) == {"planned_on"}
    assert wrong(sheet(case, planned_on=date(2026, 5, 12))) == set()


def test_a_call_in_vain_is_no_more_than_that(closed):
    case = closed()
    form = FollowUpCall(
        answers={"case_record": case, "planned_on": date(2026, 5, 19), "called_at": NOW, "reached": False},
        context={"@now": NOW},
    )
    assert wrong(form) == set()
    empty = {name: None for name in TALK if name not in ("called_at", "reached")}
    assert wrong(sheet(case, **empty)) == {"problem_recurred", "satisfaction", "opinion"}


def test_who_is_not_reached_is_called_again():
    again = ROUTE.step("call_again")
    assert ROUTE.following(None, {"reached": False}) is again
    assert ROUTE.following(None, {"reached": True}).key == "supervisor_check"
    assert again.outcome({"reached": False}) == Back("call_again", when=again.outcomes[0].when)
    assert again.outcome({"reached": True}) is None


def test_a_try_follows_the_one_before(app_context):
    def errors(at, **more):
        known = {"@now": NOW, "called_at": NOW - timedelta(hours=1), "reached": False}
        return wrong(CallAgain(answers={**TALK, "called_at": at, **more}, context=known))

    assert errors(NOW) == set()
    assert errors(NOW - timedelta(hours=2)) == {"called_at"}
    assert errors(NOW + timedelta(minutes=1)) == {"called_at"}
    assert errors(NOW, opinion=None) == {"opinion"}
    assert errors(NOW, reached=False, opinion=None, satisfaction=None, problem_recurred=None) == set()


@pytest.fixture
def opened(filed, customer):
    """The drafts that a call opens, by form."""

    def ask(moment: str, case: Ref, **answers):
        view = filed("CS-100", **{"customer": customer, "case_record": case, **TALK, **answers})
        return {effect.code: effect for effect in FollowUpCall.effects(moment, view)}

    return ask


@pytest.mark.parametrize("moment", ["submitted", "corrected", "call_again"])
def test_a_problem_that_has_come_back_is_a_new_case(opened, closed, moment):
    case = closed(
        complainant="钱卫红", complainant_phone="13800001111", complaint_object="渗水", demand="修复"
    )
    made = opened(moment, case, problem_recurred=True, opinion="又渗水了")
    assert list(made) == ["CS-51"]
    assert made["CS-51"].to == "person:12"
    kept = prefill(FORMS["CS-51"], made["CS-51"].answers)
    assert (kept["complainant"], kept["content"], kept["demand"]) == ("钱卫红", "又渗水了", "修复")
    assert kept["first_received_by"]["id"] == 12
    assert opened(moment, case, problem_recurred=True, reached=False) == {}
    assert opened(moment, case) == {}


def test_a_repair_comes_back_as_a_repair(opened, closed, customer):
    case = closed("CS-76-2026-0001", site_address="6 幢 801 室", contact_phone="13800001111")
    made = opened("submitted", case, problem_recurred=True, opinion="又漏水了")
    assert list(made) == ["CS-76"]
    answers = made["CS-76"].answers
    assert (answers["site_address"], answers["site_condition"]) == ("6 幢 801 室", "又漏水了")
    assert (answers["customer"], answers["received_at"]) == (customer, NOW)


def test_new_needs_are_an_opportunity(opened, closed, customer):
    made = opened("submitted", closed(complainant="钱卫红"), new_needs="增购一台")
    assert list(made) == ["CR-12"]
    answers = made["CR-12"].answers
    known = db.session.get_one(Customer, customer.id)
    assert (answers["prospect_name"], answers["contact_person"]) == (known.name, "钱卫红")
    assert answers["known_customer"] == customer, "whoever is known is not entered twice"
    nobody = opened(
        "submitted", closed("CS-51-2026-0003", complainant="沈玥"), customer=None, new_needs="一台"
    )
    assert nobody["CR-12"].answers["prospect_name"] == "沈玥"


def asked(app: Flask, days: int) -> list[Task]:
    """The calls that are to be made so many days after today, in order."""
    with app.app_context():
        with transaction():
            obligations.run(OBLIGATIONS["O76"], now=now() + timedelta(days=days))
        query = sa.select(Task).where(Task.obligation == "O76", Task.state == "open").order_by(Task.id)
        found = list(db.session.scalars(query.options(joinedload(Task.draft))).unique())
        db.session.expunge_all()
    return found


def test_three_calls_follow_a_closed_complaint_when_their_day_comes(app: Flask) -> None:
    walker = Walker(app)
    number = walker.walk("CS-51")
    assert asked(app, 0) == []
    (first,) = asked(app, 5)
    assert first.due_at is not None
    assert (day(first.due_at) - day(now())).days == 7
    page = walker.browser("customer_service_officer").get(
        f"/customer-service/follow-up-calls/new?draft={first.draft.key}"
    )
    assert page.status_code == 200
    assert number in page.text
    assert [one.draft.answers["round"] for one in asked(app, 28)] == [1, 2]
    assert [one.draft.answers["round"] for one in asked(app, 89)] == [3], "the others are history by now"


def test_a_call_made_by_hand_keeps_the_obligation(app: Flask) -> None:
    walker = Walker(app)
    number = walker.walk("CS-100")  # of a complaint that is closed on the way
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        made = route.known(record)["round"]
        db.session.remove()
    rounds = {task.draft.answers["round"] for days in (0, 6, 29, 89) for task in asked(app, days)}
    assert rounds == {1, 2, 3} - {made}


def test_it_stays_open_until_the_customer_is_reached(app: Flask) -> None:
    walker = Walker(app)
    numbers = (walker.open("CS-100") for _again in range(30))
    number = next(one for one in numbers if walker.step(one) == "call_again")
    for _try in range(2):
        walker.sign(number, reached="no")
        assert (walker.step(number), walker.state(number)) == ("call_again", "running")
    walker.sign(number)
    assert walker.step(number) == "supervisor_check"
    walker.sign(number)
    assert walker.state(number) == "finished"


def test_its_story_reaches_the_end_either_way(worlds, walk, closed):
    case, story, reached = closed(), STORIES["CS-100"], set()
    for seed in range(20):
        world = worlds(seed)
        world.now, world.record = NOW, lambda *codes: case
        reached.add(story.opening(world)["reached"])
        world.rng.seed(seed)
        assert walk(FollowUpCall, story, world)["reached"]
    assert reached == {True, False}


@pytest.mark.parametrize(
    ("days", "asked_for"), [(91, []), (90, [3]), (88, [3]), (87, []), (31, []), (30, [2]), (7, [1]), (4, [])]
)
def test_days_count_from_their_first_minute(app: Flask, days: int, asked_for: list[int]) -> None:
    number = Walker(app).walk("CS-51")
    change(app, number, closed_at=midnight(day(now()) - timedelta(days=days)))
    assert [one.draft.answers["round"] for one in asked(app, 0)] == asked_for
