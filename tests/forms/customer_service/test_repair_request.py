"""CS-76: a repair from the call to a satisfied customer, served as the ledgers allow."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.demo.stories.customer_service import STORIES
from portal.domain.effects import Opens
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.customer_service.dispatch_order import DispatchOrder
from portal.forms.customer_service.repair_request import RepairRequest
from portal.forms.customer_service.repair_request_stages import RepairFeedback, ReturnVisit
from portal.forms.kinds import Ref
from portal.models import Machine, Record
from portal.queries import service
from portal.services.effects import prefill

NOW = datetime(2026, 5, 12, 6, 30, tzinfo=UTC)
TODAY = date(2026, 5, 12)
ROUTE = RepairRequest.signoff
IN_FORCE = {"outcome": "signed", "start": "2026-05-12", "end": "2027-05-11", "parts_charged": True}
WARRANTY = {"project": "泰和写字楼 P0001", "project_id": 7, "start": "2025-05-13", "end": "2026-05-12"}


@pytest.fixture
def opened(customer, people):
    """The form as validated, with a change here and there."""

    def make(**changed):
        given = {
            "customer": customer,
            "site_address": "天元街 18 号",
            "contact_phone": "0574-87654321",
            "site_condition": "升降机停在二层",
            "intake_point": "after_sales_centre",
            "intake_way": "telephone",
            "received_at": NOW,
            "receiver": people["zhao"],
            "service_type": "a_fee_service",
        }
        form = RepairRequest(answers={**given, **changed})
        form.validate()
        return form

    return make


@pytest.fixture
def make_machine(app_context):
    def make(customer_id=None, until=None):
        row = Machine(code="JB-0001", name="搅拌车 JB-10", customer_id=customer_id, warranty_until=until)
        db.session.add(row)
        db.session.flush()
        return Ref(row.id, row.label)

    return make


def test_r70_the_four_data_are_asked_for(app_context):
    form = RepairRequest(answers={})
    assert not form.validate()
    assert {"customer", "site_address", "contact_phone", "site_condition"} <= set(form.errors)
    assert "created_at" in RepairRequest.columns


def test_r69_type_a_is_always_possible(opened):
    form = opened()
    assert not form.errors
    assert form.service_contract.data is None
    assert form.warranty_row.data is None


def test_r69_type_b_needs_a_contract_in_force(opened, enter, customer):
    assert set(opened(service_type="b_contract_service").errors) == {"service_type"}
    line = enter("service_contracts", "CS-73-2026-0001", IN_FORCE, customer_id=customer.id)
    form = opened(service_type="b_contract_service")
    assert not form.errors
    assert form.service_contract.data == Ref(line.record_id, "CS-73-2026-0001")


@pytest.mark.parametrize(
    "changed",
    [
        {"start": "2026-05-13"},
        {"end": "2026-05-11"},
        {"outcome": "lost"},
        {"outcome": "postponed"},
    ],
)
def test_r69_a_contract_counts_only_when_signed_and_on_its_days(enter, customer, changed):
    enter("service_contracts", "CS-73-2026-0001", {**IN_FORCE, **changed}, customer_id=customer.id)
    assert service.contract_in_force(customer.id, TODAY) is None


def test_r69_neither_anothers_contract_nor_one_taken_back_counts(enter, customer, make_customer, make_record):
    other = make_customer("苏州金桥建材贸易有限公司")
    line = enter("service_contracts", "CS-73-2026-0001", IN_FORCE, customer_id=other.id)
    assert service.contract_in_force(customer.id, TODAY) is None
    assert service.contract_in_force(other.id, TODAY).parts_charged
    later = make_record("CS-73-2026-0002")
    later.corrects_id, later.state = line.record_id, "finished"
    db.session.flush()
    assert service.contract_in_force(other.id, TODAY) is None


def test_r69_a_supplement_stands_for_its_main_contract(enter, customer, put):
    main = put("CS-73-2026-0001", {"customer": {"id": customer.id, "text": "x"}})
    enter("service_contracts", "CS-75-2026-0001", IN_FORCE, customer_id=customer.id, about_id=main.id)
    assert service.contract_in_force(customer.id, TODAY).record_id == main.id
    again = put("CS-73-2026-0002", {})
    db.session.get_one(Record, again.id).corrects_id = main.id
    db.session.flush()
    assert service.contract_in_force(customer.id, TODAY) is None


def test_r69_type_c_needs_a_warranty_in_force(opened, enter, customer):
    assert set(opened(service_type="c_free_service").errors) == {"service_type"}
    enter("warranty", "CS-71-2026-0001", WARRANTY, customer_id=customer.id)
    form = opened(service_type="c_free_service")
    assert not form.errors
    assert form.warranty_row.data == "泰和写字楼 P0001 2025-05-13 → 2026-05-12"
    late = opened(service_type="c_free_service", received_at=NOW + timedelta(days=1))
    assert set(late.errors) == {"service_type"}


def test_r69_a_warranty_is_found_by_its_project(enter, customer):
    enter("warranty", "CS-71-2026-0001", WARRANTY, customer_id=customer.id)
    assert service.warranty_in_force(customer.id, TODAY, project_id=7)
    assert not service.warranty_in_force(customer.id, TODAY, project_id=8)


@pytest.mark.parametrize(("until", "good"), [(TODAY, True), (date(2026, 5, 11), False), (None, False)])
def test_r69_a_machine_has_a_warranty_of_its_own(opened, make_machine, customer, until, good):
    machine = make_machine(customer.id, until)
    form = opened(service_type="c_free_service", machine=machine)
    assert (not form.errors) is good
    assert (form.warranty_row.data == "搅拌车 JB-10 JB-0001 → 2026-05-12") is good


def test_a_machine_of_another_customer_is_refused(opened, make_machine, make_customer):
    other = make_customer("苏州金桥建材贸易有限公司")
    assert set(opened(machine=make_machine(other.id)).errors) == {"machine"}


def test_a_machine_that_is_nobodys_yet_is_taken(opened, make_machine):
    assert not opened(machine=make_machine()).errors


def test_nobody_is_wanted_before_the_call(opened):
    assert set(opened(wanted_time=NOW - timedelta(minutes=1)).errors) == {"wanted_time"}
    assert not opened(wanted_time=NOW).errors


def feedback(record=None, **changed):
    given = {"repaired": True, "repair_result": "已更换", "finished_at": NOW, **changed}
    stage = RepairFeedback(answers=given, context={"received_at": NOW, "@record_id": record})
    stage.validate()
    return stage


def order(put, request, number="CS-77-2026-0001", state="finished"):
    named = {"id": request.id, "text": request.text}
    return put(number, {"repair_request": named}, state, work_finished={"finished_at": NOW.isoformat()})


def test_the_feedback_waits_for_the_dispatch_order(put):
    request = put("CS-76-2026-0001", {}, "running")
    assert set(feedback(request.id).errors) == {"repaired"}
    first = order(put, request, state="running")
    assert set(feedback(request.id).errors) == {"repaired"}
    db.session.get_one(Record, first.id).state = "finished"
    db.session.flush()
    stage = feedback(request.id)
    assert not stage.errors
    assert stage.dispatch_order.data.id == first.id


def test_the_feedback_begins_with_the_time_of_the_work(put):
    request = put("CS-76-2026-0001", {}, "running")
    assert RepairFeedback(context={"@record_id": request.id}).finished_at.data is None
    order(put, request)
    assert RepairFeedback(context={"@record_id": request.id}).finished_at.data == NOW


@pytest.mark.parametrize(
    ("step", "answers"),
    [("repair_feedback", {"repaired": False}), ("return_visit", {"owner_satisfied": False})],
)
def test_what_was_in_vain_takes_another_dispatch_order(put, step, answers):
    request = put("CS-76-2026-0001", {}, "running", **{step: answers})
    order(put, request)
    assert set(feedback(request.id).errors) == {"repaired"}
    order(put, request, "CS-77-2026-0002")
    assert not feedback(request.id).errors


def test_nothing_is_done_before_the_call():
    early = NOW - timedelta(minutes=1)
    assert set(feedback(finished_at=early).errors) == {"finished_at"}
    said = {"owner_satisfied": True, "owner_opinion": "满意"}
    visit = ReturnVisit(answers={**said, "visited_at": early}, context={"received_at": NOW})
    assert not visit.validate()
    assert ReturnVisit(answers={**said, "visited_at": NOW}, context={"received_at": NOW}).validate()


def test_what_is_not_repaired_or_not_liked_goes_back_to_the_technician():
    for key, name in (("repair_feedback", "repaired"), ("return_visit", "owner_satisfied")):
        step = ROUTE.step(key)
        assert step.outcome({name: False}) == Back("repair_feedback", when=step.outcomes[0].when)
        assert step.outcome({name: True}) is None
    assert ROUTE.step("close").on_refusal == Back("return_visit")


@pytest.fixture
def request_(filed, opened, put):
    """A request as filed, with more answers."""
    id = put("CS-76-2026-0001", {}, "running").id

    def make(**more):
        return filed("CS-76", id=id, **{**opened().answers(), **more})

    return make


def test_r70_the_dispatch_order_begins_with_the_four_data(request_, customer):
    (draft,) = RepairRequest.effects("submitted", request_())
    assert isinstance(draft, Opens)
    assert (draft.code, draft.to, draft.names_as) == (
        "CS-77",
        "role:customer_service_officer",
        "repair_request",
    )
    filled = prefill(DispatchOrder, draft.answers)
    assert filled["customer"]["id"] == customer.id
    assert filled["site_address"] == "天元街 18 号"
    assert filled["contact_phone"] == "0574-87654321"
    assert filled["site_condition"] == "升降机停在二层"
    assert filled["service_type"] == "a_fee_service"


def test_a_repair_in_vain_opens_one_more(request_, sign):
    record = request_(repaired=False, repair_result="缺油缸")
    sign(db.session.get_one(Record, record.id), "repair_feedback", repaired=False)
    first, second = RepairRequest.effects("repair_feedback", record)
    assert first == second
    assert second.answers["site_condition"] == "升降机停在二层\n缺油缸"
    assert not list(RepairRequest.effects("repair_feedback", request_(repaired=True)))


def test_a_dissatisfied_customer_opens_one_more(request_, sign):
    record = request_(owner_satisfied=False, owner_opinion="还是漏油")
    sign(db.session.get_one(Record, record.id), "return_visit", owner_satisfied=False)
    assert len(list(RepairRequest.effects("return_visit", record))) == 2
    assert not list(RepairRequest.effects("return_visit", request_(owner_satisfied=True)))


@pytest.mark.parametrize("seed", range(10))
def test_its_story_reaches_the_end(worlds, walk, seed):
    answers = walk(RepairRequest, STORIES["CS-76"], worlds(seed))
    assert answers["owner_satisfied"] is True
