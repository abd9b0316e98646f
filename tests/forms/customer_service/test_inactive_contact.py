"""CS-27: a customer who has not ordered for a month is spoken to at least twice a month."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Updates
from portal.extensions import db
from portal.forms.customer_service.inactive_contact import InactiveContact
from portal.forms.kinds import Ref
from portal.models import Customer, Record, RecordSubject
from portal.queries import follow_ups
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
GIVEN = {
    "contact_way": "telephone",
    "contacted_at": NOW - timedelta(hours=1),
    "contact_person": "石磊",
    "content": "了解近况",
    "result": "interested",
}


@pytest.fixture
def inactive(make_customer):
    """A customer whose last order is from the end of March."""
    return make_customer(status="not_cooperating", last_order_on=date(2026, 3, 30))


def sheet(customer: Ref, context=None, **answers):
    return InactiveContact(
        answers={"customer": customer, **GIVEN, **answers}, context={"@now": NOW, **(context or {})}
    )


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def contact(make_record, customer: Ref, month: str, state: str = "finished") -> Record:
    count = db.session.scalar(sa.select(sa.func.count()).select_from(Record))
    record = make_record(f"CS-27-2026-{count + 1:04d}", state=state, month=month)
    db.session.add(RecordSubject(kind="customer", row_id=customer.id, record_id=record.id))
    db.session.flush()
    return record


def test_it_is_counted_in_the_month_of_the_contact(inactive, make_customer, make_record):
    form = sheet(inactive)
    assert wrong(form) == set()
    assert (form.inactive_since.data, form.month.data, form.contact_of_month.data) == (
        date(2026, 4, 29), "2026-05", 1,
    )  # fmt: skip
    earlier = contact(make_record, inactive, "2026-05")
    contact(make_record, inactive, "2026-04")
    contact(make_record, inactive, "2026-05", "voided")
    contact(make_record, make_customer("另一家"), "2026-05")
    again = sheet(inactive)
    again.compute()
    assert again.contact_of_month.data == 2
    itself = sheet(inactive, {"@record_id": earlier.id})
    itself.compute()
    assert itself.contact_of_month.data == 1
    assert follow_ups.contacts_in(inactive.id, "2026-04") == 1


def test_the_month_is_that_of_the_company(inactive):
    form = sheet(inactive, contacted_at=datetime(2026, 4, 30, 16, 30, tzinfo=UTC))
    form.compute()
    assert form.month.data == "2026-05", "half past midnight on the first of May"


def test_nobody_is_spoken_to_in_the_future(inactive):
    assert wrong(sheet(inactive, contacted_at=NOW + timedelta(minutes=1))) == {"contacted_at"}


@pytest.mark.parametrize(
    ("ordered", "good"), [(date(2026, 4, 12), False), (date(2026, 4, 11), True), (None, False)]
)
def test_r10_only_who_has_not_ordered_for_more_than_a_month(make_customer, ordered, good):
    form = sheet(make_customer(last_order_on=ordered))
    assert wrong(form) == (set() if good else {"customer"})


def test_the_next_contact_follows(inactive):
    assert wrong(sheet(inactive, next_contact_on=date(2026, 5, 11))) == {"next_contact_on"}
    assert wrong(sheet(inactive, next_contact_on=date(2026, 5, 12))) == set()


def effects(filed, moment: str, customer: Ref, result: str, **more) -> list[Updates]:
    return list(InactiveContact.effects(moment, filed("CS-27", customer=customer, result=result, **more)))


@pytest.mark.parametrize(
    ("result", "status"), [("cooperates_again", "cooperating"), ("ended", "ended"), ("not_now", None)]
)
def test_the_result_settles_the_state_of_the_customer(filed, inactive, result, status):
    found = effects(filed, "submitted", inactive, result)
    assert found == ([Updates("customer", inactive.id, {"status": status})] if status else [])


def test_another_result_takes_the_state_back(filed, make_customer):
    ended = make_customer(status="ended", last_order_on=date(2026, 3, 30))
    (back,) = effects(filed, "corrected", ended, "not_now")
    assert back == Updates("customer", ended.id, {"status": "not_cooperating"})
    assert effects(filed, "corrected", ended, "ended") == []
    assert effects(filed, "submitted", ended, "not_now") == [], "of another contact it says nothing"
    assert effects(filed, "submitted", ended, "not_now", **{"@corrects": 5}) == [back]
    assert effects(filed, "voided", ended, "ended") == [back]
    assert effects(filed, "voided", ended, "not_now") == []


def test_with_whom_nobody_may_trade_that_stays(filed, make_customer):
    blocked = make_customer(status="blocked", last_order_on=date(2026, 3, 30))
    assert effects(filed, "submitted", blocked, "cooperates_again") == []


@pytest.mark.parametrize("seed", range(8))
def test_its_story_reaches_the_end(worlds, walk, inactive, seed):
    world = worlds(seed)
    world.customers = [*world.customers, inactive]
    walk(InactiveContact, STORIES["CS-27"], world)


def test_the_state_is_changed_in_the_books(app: Flask) -> None:
    walker = Walker(app)
    with app.app_context():
        states = dict(db.session.execute(sa.select(Customer.id, Customer.status)).all())
    seen = set()
    for _again in range(12):
        number = walker.open("CS-27")
        with app.app_context():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            given = record.contents[-1].answers
            now = db.session.get_one(Customer, given["customer"]["id"]).status
            wanted = {"cooperates_again": "cooperating", "ended": "ended"}.get(given["result"])
            assert now == (wanted or states[given["customer"]["id"]])
            states[given["customer"]["id"]] = now
            seen.add(wanted)
    assert "cooperating" in seen
