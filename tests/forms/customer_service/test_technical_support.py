"""CS-01: a technical question, answered within the hour, from afar or on site."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.customer_service.dispatch_order import DispatchOrder
from portal.forms.customer_service.technical_support import CustomerConfirm, TechnicalSupport
from portal.lib.workdays import Calendar
from portal.models import Machine, Record
from portal.services.drafts import prefill

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = TechnicalSupport.signoff


@pytest.fixture
def opened(customer):
    def make(**changed):
        given = {
            "customer": customer,
            "contact_person": "钱卫红",
            "contact_phone": "0574-87654321",
            "channel": "telephone",
            "received_at": NOW,
            "problem": "报警 E07",
            "priority": "high",
        }
        form = TechnicalSupport(answers={**given, **changed})
        form.validate()
        return form

    return make


def test_what_is_asked_for(app_context):
    form = TechnicalSupport(answers={})
    assert not form.validate()
    assert set(form.errors) == {
        *("customer", "contact_person", "contact_phone", "channel", "received_at", "problem", "priority"),
    }


def test_a_known_serial_number_is_the_customers(opened, customer, make_customer):
    other = make_customer("苏州金桥建材贸易有限公司")
    db.session.add(Machine(code="JB-1", name="搅拌车", customer_id=customer.id))
    db.session.add(Machine(code="JB-2", name="搅拌车", customer_id=other.id))
    db.session.flush()
    assert not opened(serial_no="JB-1").errors
    assert set(opened(serial_no="JB-2").errors) == {"serial_no"}
    assert not opened(serial_no="JB-9").errors


def test_the_first_answer_comes_within_the_hour():
    friday_evening = datetime(2026, 5, 15, 12, 30, tzinfo=UTC)
    within = ROUTE.step("first_answer").within
    assert within.due(friday_evening, {}, Calendar()) == friday_evening + timedelta(hours=1)


def test_only_what_is_not_solved_at_once_goes_to_a_technician():
    assert ROUTE.following("first_answer", {"solved_remotely": True}).key == "customer_confirm"
    assert ROUTE.following("first_answer", {"solved_remotely": False}).key == "solution"


def test_what_is_not_solved_goes_back_to_the_technician():
    step = ROUTE.step("customer_confirm")
    assert step.outcome({"solved": False}) == Back("solution", when=step.outcomes[0].when)
    assert step.outcome({"solved": True}) is None
    assert step.on_refusal == Back("solution")


def confirmed(record):
    stage = CustomerConfirm(answers={"solved": True}, context={"@record_id": record})
    stage.validate()
    return stage


def test_the_customer_confirms_when_somebody_has_been_there(put):
    asked = put("CS-01-2026-0001", {}, "running", solution={"site_visit_needed": True})
    assert set(confirmed(asked.id).errors) == {"solved"}
    named = {"repair_request": {"id": asked.id, "text": asked.text}}
    order = put("CS-77-2026-0001", named, "running")
    assert set(confirmed(asked.id).errors) == {"solved"}
    db.session.get_one(Record, order.id).state = "finished"
    db.session.flush()
    assert not confirmed(asked.id).errors


def test_what_was_solved_from_afar_waits_for_nobody(put):
    asked = put("CS-01-2026-0001", {}, "running", solution={"site_visit_needed": False})
    assert not confirmed(asked.id).errors


def test_a_site_visit_opens_a_dispatch_order(opened, filed, put, customer):
    db.session.add(Machine(code="JB-1", name="搅拌车", customer_id=customer.id))
    db.session.flush()
    asked = put("CS-01-2026-0001", {}, "running", solution={"site_visit_needed": True})
    given = {**opened(serial_no="JB-1").answers(), "site_visit_needed": True}
    (draft,) = TechnicalSupport.effects("solution", filed("CS-01", id=asked.id, **given))
    assert (draft.code, draft.names_as) == ("CS-77", "repair_request")
    filled = prefill(DispatchOrder, draft.answers)
    assert filled["site_condition"] == "报警 E07"
    assert filled["machine"]["text"] == "搅拌车 JB-1"
    remote = filed("CS-01", id=asked.id, **{**given, "site_visit_needed": False})
    assert not list(TechnicalSupport.effects("solution", remote))


def test_a_return_visit_follows_the_close(opened, filed):
    (draft,) = TechnicalSupport.effects("close", filed("CS-01", **opened().answers()))
    assert (draft.code, draft.names_as, draft.due) == ("CS-39", "related_record", date(2026, 5, 15))
    assert draft.answers["reason"] == "after_service"


@pytest.mark.parametrize(("rating", "good"), [("1", True), ("0", False), (None, True)])
def test_a_rating_may_be_left_out(app_context, rating, good):
    answers = {"solved": True, "rating": Decimal(rating) if rating else None}
    assert CustomerConfirm(answers=answers).validate() is good


@pytest.mark.parametrize("seed", range(10))
def test_its_story_reaches_the_end(worlds, walk, seed):
    assert walk(TechnicalSupport, STORIES["CS-01"], worlds(seed))["solved"] is True
