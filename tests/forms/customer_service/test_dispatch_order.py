"""CS-77: the manager alone sends somebody, once more if need be, until the work is done."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import SetsDeadline
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.customer_service.administration_record import AdministrationRecord
from portal.forms.customer_service.dispatch_order import DispatchOrder
from portal.forms.customer_service.dispatch_order_stages import (
    OnSite,
    PartsRequisition,
    SecondDispatch,
    WorkFinished,
)
from portal.forms.customer_service.service_voucher import ServiceVoucher
from portal.forms.kinds import Ref
from portal.forms.purchasing.requisition import Requisition
from portal.lib.workdays import Calendar
from portal.models import StockBalance, StockItem
from portal.services.drafts import prefill

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
ROUTE = DispatchOrder.signoff
TECHNICIAN, SECOND = Ref(21, "丁大勇 E021"), Ref(22, "熊伟 E022")


@pytest.fixture
def opened(customer, put):
    """The form for a request of the customer, as validated."""
    asked = {
        "customer": {"id": customer.id, "text": customer.text},
        "service_type": "a_fee_service",
        "received_at": NOW.isoformat(),
    }
    request = put("CS-76-2026-0001", asked, "running")

    def make(**changed):
        given = {
            "repair_request": request,
            "customer": customer,
            "site_address": "天元街 18 号",
            "contact_phone": "0574-87654321",
            "site_condition": "升降机停在二层",
            "service_type": "a_fee_service",
        }
        form = DispatchOrder(answers={**given, **changed})
        form.validate()
        return form

    return make


def test_what_is_asked_for(app_context):
    form = DispatchOrder(answers={})
    assert not form.validate()
    assert set(form.errors) == {
        *("repair_request", "customer", "site_address", "contact_phone", "site_condition", "service_type"),
    }


def test_the_customer_of_the_request_is_known(opened, customer):
    form = opened(customer=None)
    assert not form.errors
    assert form.customer.data == customer


def test_it_agrees_with_the_request(opened, make_customer):
    assert not opened().errors
    other = make_customer("苏州金桥建材贸易有限公司")
    assert set(opened(customer=other).errors) == {"customer"}
    assert set(opened(service_type="d_general_administration").errors) == {"service_type"}


def test_r69_a_support_request_is_served_as_the_ledgers_allow(opened, put, enter, customer):
    asked = {"customer": {"id": customer.id, "text": "x"}, "received_at": NOW.isoformat()}
    request = put("CS-01-2026-0001", asked, "running")
    wrong = opened(repair_request=request, service_type="b_contract_service")
    assert set(wrong.errors) == {"service_type"}
    assert not opened(repair_request=request, service_type="d_general_administration").errors
    facts = {"outcome": "signed", "start": "2026-01-01", "end": "2026-12-31"}
    enter("service_contracts", "CS-73-2026-0001", facts, customer_id=customer.id)
    assert not opened(repair_request=request, service_type="b_contract_service").errors


def test_r71_the_manager_alone_says_who_goes():
    for key in ("manager_dispatch", "second_dispatch"):
        (party,) = ROUTE.step(key).by.parties
        assert (party.kind, party.key) == ("role", "after_sales_manager")
    stages = {step.key: {field.short_name for field in step.fills()} for step in ROUTE.steps}
    assert [key for key, names in stages.items() if "technician" in names] == ["manager_dispatch"]
    assert [key for key, names in stages.items() if "second_technician" in names] == ["second_dispatch"]


def test_each_work_is_done_by_whom_it_was_given_to():
    assert [
        ROUTE.step(key).by.parties[0].key for key in ("on_site", "parts_requisition", "work_finished")
    ] == [
        "technician",
        "technician",
        "second_technician",
    ]


def keys(**answers):
    found, start = [], None
    while step := ROUTE.following(start, answers):
        found.append(start := step.key)
    return found


def test_finished_on_the_spot_is_finished():
    assert keys(finished_on_spot=True) == ["manager_dispatch", "on_site"]


def test_unfinished_work_is_gone_to_again():
    again = ["manager_dispatch", "on_site", "second_dispatch", "work_finished"]
    assert keys(finished_on_spot=False, unfinished_reason="taken_back") == again
    again.insert(2, "parts_requisition")
    assert keys(finished_on_spot=False, unfinished_reason="parts_missing") == again


def test_who_cannot_go_gives_it_back():
    assert ROUTE.step("on_site").on_refusal == Back("manager_dispatch")
    assert ROUTE.step("work_finished").on_refusal == Back("second_dispatch")


def test_the_time_runs_from_the_appointed_visit():
    at = NOW + timedelta(days=2)
    calendar = Calendar()
    assert ROUTE.step("on_site").within.due(NOW, {"visit_at": at}, calendar) == at + timedelta(hours=24)
    assert ROUTE.step("work_finished").within.due(NOW, {"second_visit_at": at}, calendar) == at + timedelta(
        hours=24
    )


def on_site(**changed):
    given = {"arrived_at": NOW, "finding": "缺油缸", "finished_on_spot": False, **changed}
    stage = OnSite(answers=given, context={"@now": NOW})
    stage.validate()
    return stage


def test_an_unfinished_work_has_its_reason(app_context):
    assert set(on_site().errors) == {"unfinished_reason"}
    assert not on_site(unfinished_reason="parts_missing").errors
    done = on_site(finished_on_spot=True, unfinished_reason="other")
    assert not done.errors
    assert done.unfinished_reason.data is None


def test_nobody_arrives_in_the_future(app_context):
    late = on_site(finished_on_spot=True, arrived_at=NOW + timedelta(minutes=1))
    assert set(late.errors) == {"arrived_at"}


def test_what_follows_the_arrival_is_later(app_context):
    known, early = {"arrived_at": NOW, "technician": TECHNICIAN}, NOW - timedelta(minutes=1)
    assert not WorkFinished(answers={"finished_at": early}, context=known).validate()
    assert WorkFinished(answers={"finished_at": NOW}, context=known).validate()
    again = {"second_technician": SECOND, "told_customer": True}
    assert not SecondDispatch(answers={**again, "second_visit_at": early}, context=known).validate()
    assert SecondDispatch(answers={**again, "second_visit_at": NOW}, context=known).validate()
    assert SecondDispatch(context=known).second_technician.data == TECHNICIAN


def test_a_requisition_names_a_part(app_context):
    assert not PartsRequisition(answers={"parts": []}).validate()


@pytest.fixture
def parts(app_context):
    """An oil cylinder of which two lie in the warehouse, and a seal of which there is none."""
    rows = [
        StockItem(code=f"I000{place}", name=name, unit="件", category="零件")
        for place, name in enumerate(("油缸", "密封圈"), 1)
    ]
    db.session.add_all(rows)
    db.session.flush()
    db.session.add(StockBalance(item_id=rows[0].id, place="C-01", quantity=Decimal(2)))
    db.session.flush()
    return [Ref(row.id, row.label) for row in rows]


def line(part, quantity):
    return {"part": part, "model": None, "quantity": Decimal(quantity), "needed_by": date(2026, 5, 20)}


@pytest.fixture
def order(filed, opened, departments):
    """An order as filed, with what came of it."""

    def make(**answers):
        given = {**opened().answers(), "technician": TECHNICIAN, "finding": "缺油缸", "arrived_at": NOW}
        return filed("CS-77", department_id=departments["customer_service"].id, **{**given, **answers})

    return make


def test_only_what_is_not_in_stock_is_asked_for(order, parts):
    cylinder, seal = parts
    (draft,) = DispatchOrder.effects("parts_requisition", order(parts=[line(cylinder, 2), line(seal, 4)]))
    assert (draft.code, draft.to, draft.names_as) == ("PU-03", "person:21", "source_record")
    filled = prefill(Requisition, draft.answers)
    assert filled["category"] == "parts"
    assert filled["department"]["text"] == "客户服务部"
    (wanted,) = filled["lines"]
    assert (wanted["item"]["id"], wanted["name"], wanted["quantity"], wanted["unit"]) == (
        seal.id,
        "密封圈",
        "4",
        "件",
    )


def test_two_lines_of_a_part_are_looked_at_together(order, parts):
    cylinder = parts[0]
    (draft,) = DispatchOrder.effects("parts_requisition", order(parts=[line(cylinder, 2), line(cylinder, 1)]))
    assert len(draft.answers["lines"]) == 2


def test_parts_that_are_there_are_not_bought(order, parts):
    assert not list(DispatchOrder.effects("parts_requisition", order(parts=[line(parts[0], 2)])))


def test_the_technician_writes_the_voucher(order):
    record = order(finished_on_spot=True)
    voucher, deadline = DispatchOrder.effects("finished", record)
    assert (voucher.code, voucher.to, voucher.names_as) == ("CS-78", "person:21", "dispatch_order")
    filled = prefill(ServiceVoucher, voucher.answers)
    assert filled["work_done"] == "缺油缸"
    assert filled["service_type"] == "a_fee_service"
    assert deadline == SetsDeadline(record["repair_request"].id, "repair_feedback", NOW + timedelta(hours=24))


def test_the_second_technician_writes_it_after_a_second_visit(order, parts):
    record = order(
        finished_on_spot=False,
        second_technician=SECOND,
        finished_at=NOW + timedelta(hours=3),
        parts=[line(parts[0], 2)],
    )
    voucher, _deadline = DispatchOrder.effects("finished", record)
    assert voucher.to == "person:22"
    assert voucher.answers["ended_at"] == NOW + timedelta(hours=3)
    assert prefill(ServiceVoucher, voucher.answers)["parts_used"][0]["quantity"] == "2"


def test_r69_work_of_type_d_is_kept_as_such(order):
    record = order(finished_on_spot=True, service_type="d_general_administration")
    (draft, _deadline) = DispatchOrder.effects("finished", record)
    assert (draft.code, draft.to) == ("CS-85", "person:21")
    assert prefill(AdministrationRecord, draft.answers)["content"] == "升降机停在二层"


@pytest.mark.parametrize("seed", range(15))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(DispatchOrder, STORIES["CS-77"], worlds(seed))
    assert answers["finished_on_spot"] or answers["finished_at"]
