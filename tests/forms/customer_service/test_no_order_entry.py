"""CS-25: a customer who has not ordered for a week is called within the next one."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.customer_service.no_order_entry import NoOrderEntry, PhoneVisit
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar
from portal.models import Draft, Record, RecordSubject, Signature
from portal.queries import follow_ups
from portal.services.drafts import prefill
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
TODAY = date(2026, 5, 12)
ROUTE = NoOrderEntry.signoff
SPOKEN = {
    "called_at": NOW,
    "reached": True,
    "person_spoken": "石磊",
    "no_order_reason": "price",
    "next_step": "下周再联系",
    "problem_raised": False,
}


@pytest.fixture
def quiet(make_customer, people):
    """A customer of Zhao Min, whose last order is ten days old."""
    return make_customer(
        last_order_on=TODAY - timedelta(days=10), owner_id=people["zhao"].id, arrears=Decimal("520.50")
    )


def sheet(customer: Ref, **answers):
    given = {"customer": customer, "planned_call_on": TODAY + timedelta(days=2), **answers}
    return NoOrderEntry(answers=given, context={"@now": NOW})


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def test_the_books_say_how_long_and_whose_customer_it_is(quiet, people):
    form = sheet(quiet)
    assert wrong(form) == set()
    assert (form.last_order_on.data, form.days_without_order.data) == (date(2026, 5, 2), 10)
    assert (form.registered_on.data, form.arrears.data) == (TODAY, Decimal("520.50"))
    assert form.officer.data == people["zhao"]
    other = sheet(quiet, officer=people["sun"])
    assert wrong(other) == set()
    assert other.officer.data == people["sun"], "somebody else may be named"


def test_a_customer_without_an_owner_needs_an_officer(make_customer):
    assert wrong(sheet(make_customer(last_order_on=date(2026, 5, 2)))) == {"officer"}


@pytest.mark.parametrize(
    ("ordered", "good"), [(date(2026, 5, 5), False), (date(2026, 5, 4), True), (None, False)]
)
def test_r08_only_who_has_not_ordered_for_more_than_a_week(make_customer, people, ordered, good):
    form = sheet(make_customer(last_order_on=ordered), officer=people["zhao"])
    assert (wrong(form) == set()) is good
    assert form.customer.errors == [] or "订" in form.customer.errors[0]


def test_r09_the_call_is_planned_for_the_next_week(quiet):
    for days, good in ((-1, False), (0, True), (7, True), (8, False)):
        assert (wrong(sheet(quiet, planned_call_on=TODAY + timedelta(days=days))) == set()) is good
    due = ROUTE.step("phone_visit").within.due(NOW, {"registered_on": TODAY}, Calendar())
    assert due == datetime(2026, 5, 19, 23, 59, tzinfo=ZONE)
    assert ROUTE.step("phone_visit").within.fixed


def entry(make_record, customer: Ref, state: str = "running") -> Record:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Record))
    record = make_record(f"CS-25-2026-{count + 1:04d}", state=state)
    db.session.add(RecordSubject(kind="customer", row_id=customer.id, record_id=record.id))
    db.session.flush()
    return record


def test_one_entry_at_a_time(quiet, make_record):
    first = entry(make_record, quiet)
    form = sheet(quiet)
    assert wrong(form) == {"customer"}
    assert first.number in form.customer.errors[0]
    itself = NoOrderEntry(
        answers={"customer": quiet, "planned_call_on": TODAY}, context={"@now": NOW, "@record_id": first.id}
    )
    assert wrong(itself) == set(), "a correction is no second entry"
    first.state = "finished"
    db.session.flush()
    assert wrong(sheet(quiet)) == set()


def test_who_has_an_open_entry_is_known(quiet, make_customer, make_record):
    stands = [entry(make_record, quiet, state) for state in ("running", "returned", "stuck")]
    for state in ("finished", "refused", "voided"):
        entry(make_record, quiet, state)
    entry(make_record, make_customer("另一家"))
    found = follow_ups.open_no_order_entries(quiet.id)
    assert [one.number for one in found] == [one.number for one in stands]
    assert len(follow_ups.open_no_order_entries(quiet.id, {stands[0].id})) == 2


def visit(**answers):
    known = {"@now": NOW, "registered_on": TODAY - timedelta(days=1)}
    return PhoneVisit(answers={**SPOKEN, **answers}, context=known)


def test_a_call_in_vain_needs_no_more(app_context):
    assert wrong(PhoneVisit(answers={"called_at": NOW, "reached": False}, context={"@now": NOW})) == set()
    assert wrong(PhoneVisit(answers={"called_at": NOW, "reached": True}, context={"@now": NOW})) == {
        *("person_spoken", "no_order_reason", "next_step", "problem_raised")
    }
    assert wrong(visit()) == set()
    assert wrong(visit(problem_raised=True)) == {"problem_description"}


def test_a_call_follows_its_entry(app_context):
    assert wrong(visit(called_at=NOW + timedelta(minutes=1))) == {"called_at"}
    assert wrong(visit(called_at=NOW - timedelta(days=2))) == {"called_at"}
    assert wrong(visit(called_at=NOW - timedelta(days=1))) == set()


def test_whoever_is_not_reached_is_called_again():
    step = ROUTE.step("phone_visit")
    assert step.outcome({"reached": False}) == Back("phone_visit", when=step.outcomes[0].when)
    assert step.outcome({"reached": True}) is None
    assert ROUTE.step("supervisor_check").on_refusal == Back("phone_visit")


def test_a_problem_goes_on_as_a_return_visit(filed, quiet):
    view = filed(
        "CS-25", customer=quiet, **{**SPOKEN, "problem_raised": True, "problem_description": "护栏松动"}
    )
    object.__setattr__(view, "signers", {"phone_visit": 7})
    (draft,) = NoOrderEntry.effects("phone_visit", view)
    assert (draft.code, draft.to, draft.names_as) == ("CS-39", "person:7", "related_record")
    assert draft.due == view.now + timedelta(hours=1)
    kept = prefill(FORMS["CS-39"], draft.answers)
    assert (kept["problem_description"], kept["person"]) == ("护栏松动", "石磊")
    for quietly in ({"problem_raised": False}, {"problem_raised": True, "reached": False}):
        assert not list(
            NoOrderEntry.effects("phone_visit", filed("CS-25", customer=quiet, **{**SPOKEN, **quietly}))
        )


@pytest.mark.parametrize("seed", range(8))
def test_its_story_reaches_the_end(worlds, walk, quiet, seed):
    world = worlds(seed)
    world.customers = [*world.customers, quiet]
    walk(NoOrderEntry, STORIES["CS-25"], world)


def test_it_stays_open_until_the_customer_is_reached(app: Flask) -> None:
    walker = Walker(app)
    number = walker.open("CS-25")
    for _try in range(2):
        walker.sign(number, reached="no")
        assert (walker.step(number), walker.state(number)) == ("phone_visit", "running")
    walker.sign(number, problem_raised="yes", problem_description="护栏松动")
    assert walker.step(number) == "supervisor_check"
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        tries = db.session.scalars(sa.select(Signature.answers).where(Signature.record_id == record.id)).all()
        assert [one["reached"] for one in tries] == [False, False, True]
        assert db.session.scalars(sa.select(Draft.form_code).where(Draft.source_id == record.id)).all() == [
            "CS-39"
        ]
    walker.refuse(number, "未订货原因写得太简单")
    assert walker.step(number) == "phone_visit"
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
