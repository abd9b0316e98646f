"""CS-38: credit changes by three signatures, and in no other way."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import PostsCredit
from portal.domain.signoff import Back, Close
from portal.extensions import db
from portal.forms.customer_service.credit_change import CreditChange
from portal.forms.kinds import Ref
from portal.lib.clock import today
from portal.queries import credit, customers
from portal.services import ledgers

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)


def opened(customer, *kinds, **changed):
    given = {
        "customer": customer,
        "change_kind": list(kinds),
        "reason": "采购量增加",
        "effective_date": date(2026, 6, 1),
    }
    form = CreditChange(answers={**given, **changed}, context={"@now": NOW})
    form.validate()
    return form


def test_what_is_now_comes_from_the_books(customer):
    given = {"current_limit": Decimal(1), "current_days": 1, "arrears": Decimal(0), "new_days": 60}
    form = opened(customer, "longer_credit_term", **given)
    assert not form.errors
    assert form.current_limit.data == Decimal("200000.00")
    assert form.current_days.data == 30
    assert form.arrears.data == Decimal("52000.50")


def test_r17_only_for_customers_with_a_file(make_customer):
    assert "customer" in opened(make_customer(), "longer_credit_term", new_days=60).errors


def test_each_kind_of_change_needs_its_new_value(customer):
    both = ("longer_credit_term", "credit_limit_change")
    assert set(opened(customer, *both).errors) == {"new_limit", "new_days"}
    assert not opened(customer, *both, new_limit=Decimal(300000), new_days=60).errors
    assert (
        opened(customer, "longer_credit_term", new_limit=Decimal(1), new_days=60).answers()["new_limit"]
        is None
    )


def test_it_counts_from_its_submission_on(customer):
    given = {"new_days": 60, "effective_date": date(2026, 5, 11)}
    assert set(opened(customer, "longer_credit_term", **given).errors) == {"effective_date"}
    given["effective_date"] = date(2026, 5, 12)
    assert not opened(customer, "longer_credit_term", **given).errors


@pytest.mark.parametrize(("days", "limit"), [(0, Decimal(300000)), (1, Decimal(200000))])
def test_a_limit_to_come_is_none_yet(customer, make_record, days, limit):
    record = make_record("CS-38-2026-0001")
    effect = PostsCredit(customer.id, Decimal(300000), None, today() + timedelta(days=days))
    ledgers.post(effect, record, by=record.applicant_id, now=NOW)
    db.session.flush()
    assert opened(customer, "longer_credit_term", new_days=60).current_limit.data == limit
    assert credit.left(customer.id) == limit - Decimal("52000.50")
    assert customers.standing(customer.id, {record.id}).limit == Decimal(200000)


def test_at_least_one_kind(customer):
    assert "change_kind" in opened(customer, new_days=60).errors


def test_the_same_again_is_no_change(customer):
    assert "new_limit" in opened(customer, "credit_limit_change", new_limit=Decimal(200000)).errors
    assert not opened(customer, "credit_limit_change", new_limit=Decimal(150000)).errors


@pytest.mark.parametrize("days", [15, 30])
def test_a_longer_term_is_longer(customer, days):
    assert "new_days" in opened(customer, "longer_credit_term", new_days=days).errors


def test_r17_three_signatures_one_after_the_other():
    steps = CreditChange.signoff.steps
    assert [step.by.parties[0].key for step in steps] == [
        "marketing_director",
        "finance_supervisor",
        "general_manager",
    ]
    assert all(step.judges and step.by.mode == "one" and step.when is None for step in steps)
    assert [type(step.on_refusal) for step in steps] == [Back, Back, Close]


def test_r17_only_the_third_signature_posts(filed):
    record = filed(
        "CS-38", customer=Ref(5, "恒远 C0005"), new_limit=None, new_days=60, effective_date=date(2026, 6, 1)
    )
    for step in ("submitted", "director_review", "finance_check"):
        assert not list(CreditChange.effects(step, record))
    assert list(CreditChange.effects("gm_sign", record)) == [PostsCredit(5, None, 60, date(2026, 6, 1))]


@pytest.mark.parametrize("seed", range(12))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(CreditChange, STORIES["CS-38"], worlds(seed))
    assert answers["arrears_confirmed"] == answers["arrears"]
