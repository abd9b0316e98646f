"""CS-28: customer service takes over whom sales has left alone, unless money is owed."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Updates
from portal.domain.signoff import Close
from portal.extensions import db
from portal.forms.customer_service.independent_follow_up import (
    FinanceConfirm,
    IndependentFollowUp,
    SalesInformed,
    VisitRecord,
)
from portal.forms.kinds import Ref
from portal.lib.clock import ZONE
from portal.models import Customer, Record
from tests.walk import Walker

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = IndependentFollowUp.signoff


def spoken(day: date | None) -> datetime | None:
    return datetime(day.year, day.month, day.day, 10, tzinfo=ZONE) if day else None


@pytest.fixture
def left(make_customer):
    """A customer to whom sales has not spoken since February."""
    return make_customer(last_sales_follow_up=spoken(date(2026, 2, 27)))


@pytest.fixture
def sheet(people):
    def make(customer: Ref, **answers):
        given = {
            "customer": customer,
            "handed_to_sales": False,
            "officer": people["zhao"],
            "reason": "无人跟进",
        }
        return IndependentFollowUp(answers={**given, "plan": "每月拜访", **answers}, context={"@now": NOW})

    return make


def wrong(form) -> set[str]:
    form.validate()
    return set(form.errors)


def test_who_was_left_alone_is_taken_over(sheet, left):
    form = sheet(left)
    assert wrong(form) == set()
    assert (form.last_sales_follow_up.data, form.arrears.data) == (date(2026, 2, 27), 0)
    assert form.months_without.data == Decimal("2.5")


@pytest.mark.parametrize(
    ("day", "months", "good"),
    [
        (date(2026, 3, 12), "2.0", False),  # just two months are not more than two
        (date(2026, 3, 11), "2.0", True),
        (date(2026, 5, 12), "0.0", False),
        (date(2025, 5, 12), "12.0", True),
        (None, None, False),
    ],
)
def test_r11_more_than_two_months_without_a_word_from_sales(sheet, make_customer, day, months, good):
    form = sheet(make_customer(last_sales_follow_up=spoken(day)))
    assert wrong(form) == (set() if good else {"last_sales_follow_up"})
    assert form.months_without.data == (Decimal(months) if months else None)


def test_r12_each_test_says_its_own_sentence(sheet, make_customer):
    owing = make_customer(last_sales_follow_up=spoken(date(2026, 5, 1)), arrears=Decimal(100))
    form = sheet(owing, handed_to_sales=True)
    assert wrong(form) == {"last_sales_follow_up", "arrears", "handed_to_sales"}
    assert "未超过 2 个月" in form.last_sales_follow_up.errors[0]
    assert "仍欠公司货款" in form.arrears.errors[0]
    assert "由业务部门继续跟进" in form.handed_to_sales.errors[0]


def test_somebody_of_customer_service_takes_over(sheet, left, people):
    assert wrong(sheet(left, officer=people["sun"])) == {"officer"}


def test_finance_looks_again(make_customer, left):
    def errors(customer, word):
        return wrong(FinanceConfirm(answers={"no_arrears": word}, context={"customer": customer}))

    assert errors(left, True) == set()
    assert errors(left, False) == {"no_arrears"}
    assert errors(make_customer("欠款客户", arrears=Decimal("0.01")), True) == {"no_arrears"}
    assert ROUTE.step("finance_confirm").on_refusal == Close()


def test_sales_may_go_on_itself(app_context):
    step = ROUTE.step("sales_informed")
    assert step.outcome({"sales_continues": True}) == step.outcomes[0]
    assert isinstance(step.outcomes[0], Close)
    assert step.outcome({"sales_continues": False}) is None
    assert wrong(SalesInformed(answers={"sales_continues": True})) == {"sales_reason"}
    assert wrong(SalesInformed(answers={"sales_continues": False})) == set()


def test_every_refusal_leaves_the_customer_with_sales():
    assert [step.key for step in ROUTE.steps if isinstance(step.on_refusal, Close)] == [
        *("finance_confirm", "sales_informed", "supervisor_approve")
    ]


def test_a_visit_has_been_paid(app_context):
    def errors(**answers):
        given = {
            "visited_on": NOW,
            "visit_way": "visit",
            "person_met": "石磊",
            "topics": "近况",
            "visit_result": "好",
        }
        return wrong(VisitRecord(answers={**given, **answers}, context={"@now": NOW}))

    assert errors() == set()
    assert errors(visited_on=NOW + timedelta(hours=1)) == {"visited_on"}
    assert errors(next_visit_on=date(2026, 5, 11)) == {"next_visit_on"}
    assert errors(next_visit_on=date(2026, 6, 1)) == set()


def test_the_approval_hands_the_customer_over(filed, left):
    (effect,) = IndependentFollowUp.effects("supervisor_approve", filed("CS-28", customer=left))
    assert effect == Updates("customer", left.id, {"follow_up_by": "customer_service"})


@pytest.mark.parametrize("seed", range(6))
def test_its_story_reaches_the_end(worlds, walk, left, seed):
    world = worlds(seed)
    world.customers = [*world.customers, left]
    walk(IndependentFollowUp, STORIES["CS-28"], world)


def test_it_ends_where_sales_goes_on_and_changes_the_books_where_not(app: Flask) -> None:
    walker = Walker(app)
    kept = walker.open("CS-28")
    walker.sign(kept)
    walker.sign(kept, sales_continues="yes", sales_reason="已安排业务人员拜访")
    assert walker.state(kept) == "refused"
    assert by(app, kept) == "sales"
    taken = walker.open("CS-28")
    walker.sign(taken)
    walker.sign(taken)
    assert by(app, taken) == "sales"
    walker.sign(taken)
    assert (walker.step(taken), by(app, taken)) == ("visit_record", "customer_service")
    walker.sign(taken)
    assert walker.state(taken) == "finished"


def by(app: Flask, number: str) -> str:
    """Who follows the record's customer up."""
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        return db.session.get_one(Customer, record.contents[-1].answers["customer"]["id"]).follow_up_by
