"""RD-03: both routes, whether each department can do it, and the project that an approved plan opens."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.forms.engineering.development_plan import DevelopmentPlan
from portal.queries import projects
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.engineering.product_room import ENGINEER, Room


def test_a_customers_wish_names_customer_and_requirement(room: Room) -> None:
    sheet = room.sheet("RD-03", **room.wanted(customer=None, customer_requirement=None))
    assert wrong(sheet) == {"customer", "customer_requirement"}


@pytest.mark.requirement("R78")
def test_the_companys_own_idea_begins_with_a_survey_and_needs_no_customer(room: Room) -> None:
    answers = room.wanted(route="company_route", customer=None, customer_requirement=None)
    record = room.submit("RD-03", ENGINEER, **answers)
    assert record.step == "market_survey"
    assert wrong(room.stage(record)) == {"survey_result", "positioning"}
    room.sign(record, survey_result="走访 12 家", positioning="中档")
    assert record.step == "plan_drafting"
    theirs = room.submit("RD-03", "salesperson", **room.wanted())
    assert theirs.step == "plan_drafting"


@pytest.mark.requirement("R78")
def test_the_customer_of_the_other_route_agrees_before_the_general_manager(room: Room) -> None:
    customers = DevelopmentPlan.signoff.following("rd_approval", {"route": "customer_route"})
    own = DevelopmentPlan.signoff.following("rd_approval", {"route": "company_route"})
    assert customers is not None
    assert own is not None
    assert (customers.key, own.key) == ("customer_agreement", "gm_approval")


@pytest.mark.parametrize(
    ("changed", "name"),
    [
        ({"wanted_on": days(-1)}, "wanted_on"),
        ({"target_quantity": Decimal(0)}, "target_quantity"),
        ({"target_cost": Decimal(0)}, "target_cost"),
    ],
)
def test_what_cannot_be_meant_is_refused(room: Room, changed: dict[str, Any], name: str) -> None:
    assert wrong(room.sheet("RD-03", **room.wanted(**changed))) == {name}


def test_one_department_that_cannot_do_it_sends_the_plan_back(room: Room) -> None:
    record = room.sign(room.submit("RD-03", "salesperson", **room.wanted()), **room.planned())
    assert wrong(room.stage(record, feasible=False)) == {"infeasible_reason"}
    room.sign(record, feasible=False, infeasible_reason="没有声学测试条件")
    room.sign(record, feasible=True)
    assert record.step == "feasibility", "each says its own"
    room.sign(record, feasible=True)
    assert record.step == "plan_drafting"
    (asked,) = room.asked(record)
    assert asked.title["zh"] == "告知客户：静音除尘器 方案暂不可行，正在修改"
    assert room.held(asked) == {"salesperson"}
    room.sign(record, **room.planned(main_risks="外协测试"))
    for _manager in range(3):
        room.sign(record, feasible=True)
    assert record.step == "rd_approval", "what was said a round before counts no more"


def test_an_own_idea_that_cannot_be_done_has_no_customer_to_tell(room: Room) -> None:
    answers = room.wanted(route="company_route", customer=None, customer_requirement=None)
    record = room.sign(room.submit("RD-03", ENGINEER, **answers), survey_result="走访", positioning="中档")
    room.sign(record, **room.planned())
    for _manager in range(3):
        room.sign(record, feasible=False, infeasible_reason="无此设备")
    assert record.step == "plan_drafting"
    assert room.asked(record) == []


def test_an_approved_plan_opens_the_project_with_its_schedule_and_design_plan(room: Room) -> None:
    record = room.approved()
    project = room.project_of(record)
    assert (project.kind, project.name, project.state) == ("product", "静音除尘器", "running")
    assert project.customer_id == room.customer().id
    assert project.people["rd_engineer"] == room.actor(ENGINEER).id
    assert project.people["salesperson"] == room.actor("salesperson").id
    assert project.people["rd_manager"] == room.actor("rd_manager").id
    assert (project.starts_on, project.finishes_on) == (TODAY, days(180))
    assert project.facts["route"] == "customer_route"
    assert project.facts["product_no"] == record.number.replace("RD-03", "NP")
    assert project.facts["target_cost"] == "860.00"
    assert projects.passed(project.id, "plan")
    schedule, design = room.drafted(record, "RD-04"), room.drafted(record, "RD-05")
    assert schedule["plan"].id == design["plan"].id == project.id
    assert len(schedule["stages"]) == 11
    assert schedule["mass_production_on"] == days(180)
    assert design["reviews"][0]["review"] == "initial_review"
    assert design["design_input"].startswith("噪声")


def test_the_general_manager_may_drop_it(room: Room) -> None:
    record = room.sign(room.submit("RD-03", "salesperson", **room.wanted()), **room.planned())
    for _manager in range(3):
        room.sign(record, feasible=True)
    room.sign(room.sign(record))
    assert record.step == "gm_approval"
    room.refuse(record)
    assert record.state == "refused"
    assert room.drafts(record, "RD-04") == []


def test_a_customer_who_does_not_agree_gets_another_plan(room: Room) -> None:
    record = room.sign(room.submit("RD-03", "salesperson", **room.wanted()), **room.planned())
    for _manager in range(3):
        room.sign(record, feasible=True)
    room.refuse(room.sign(record))
    assert record.step == "plan_drafting"
