"""EN-01: the project that an order opens, the foreman's word, the documents and what is wrong with them."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from goods_books import NOW, furnish, kept

from portal.demo.stories.construction import STORIES
from portal.domain.effects import CORRECTED, FINISHED, SUBMITTED, VOIDED, ChangesProject, Opens, OpensProject
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.engineering.task_order import TaskOrder
from portal.forms.engineering.task_order_stages import DocumentsChecked, DocumentsReceived
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Customer, Project, ProjectStage
from portal.services import projects as stages

PEOPLE = {
    "foreman": Ref(13, "李工长 E013"),
    "site_supervisor": Ref(11, "孙监理 E011"),
    "designer": Ref(12, "钱设计 E012"),
}
DRAWINGS = {"document": "construction_drawings", "number": "ZS-01", "version": "B", "copies": 2}
BUDGET = {"document": "budget", "number": "", "version": "1", "copies": 1}
ROUTE = TaskOrder.signoff

pytestmark = pytest.mark.usefixtures("app_context")


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project_name": "云溪雅苑3号楼",
        "site_address": "观音桥路18号",
        "customer": Ref(2, "王先生 C002"),
        "contract": Ref(None, "CS-34-2026-0001"),
        "contract_price": Decimal(286_000),
        "works_scope": "全包",
        "planned_start": date(2026, 6, 1),
        "planned_finish": date(2026, 9, 1),
        **PEOPLE,
        "waterproofing": True,
        "drawings_and_budget": [DRAWINGS, BUDGET],
        **other,
    }


def filed(**answers: Any) -> Filed:
    return Filed(7, "EN-01-2026-0007", "EN-01", opening(**answers), 5, 1, 5, {}, NOW)


def effects(moment: str, **answers: Any) -> list[Any]:
    return list(TaskOrder.effects(moment, filed(**answers)))


def project(**values: Any) -> Project:
    """The project that record 7 has opened."""
    row = Project(code="P009", name="云溪雅苑", kind="works", record_id=7, people={}, facts={}, **values)
    db.session.add(row)
    db.session.flush()
    stages.begin(row)
    return row


def errors(**answers: Any) -> set[str]:
    form = TaskOrder(answers=opening(**answers))
    form.validate()
    inside = any(field.errors for row in form.drawings_and_budget.rows for field in row)
    return {name for name, said in form.errors.items() if said} | (
        {"drawings_and_budget"} if inside else set()
    )


def test_a_whole_order_passes() -> None:
    assert errors() == set()


@pytest.mark.parametrize(
    ("wrong", "beside"),
    [
        ({"planned_finish": date(2026, 5, 31)}, "planned_finish"),
        ({"designer": PEOPLE["foreman"]}, "designer"),
        ({"contract_price": Decimal(0)}, "contract_price"),
        ({"drawings_and_budget": [DRAWINGS]}, "drawings_and_budget"),
        ({"drawings_and_budget": [DRAWINGS, DRAWINGS, BUDGET]}, "drawings_and_budget"),
        ({"drawings_and_budget": [{**DRAWINGS, "copies": 0}, BUDGET]}, "drawings_and_budget"),
    ],
)
def test_what_makes_no_sense_is_refused(wrong: dict[str, Any], beside: str) -> None:
    assert errors(**wrong) == {beside}


def test_the_customer_is_the_contracts() -> None:
    furnish()
    db.session.add(Customer(id=3, code="C0003", name="泰和物业"))
    contract = kept("CS-34", {"customer": {"id": 3, "text": "泰和物业 C0003"}, "amount": "99000"})
    assert errors(contract=contract) == {"customer"}
    form = TaskOrder(answers=opening(contract=contract, customer=None))
    assert form.validate(), form.errors
    assert form.customer.data == Ref(3, "泰和物业 C0003")
    proposed = TaskOrder(answers=None, context={"contract": contract}).proposal()
    assert proposed["contract_price"] == Decimal(99_000)


def test_waterproofing_is_accepted_unless_somebody_says_no() -> None:
    form = TaskOrder(answers=opening(waterproofing=None))
    assert form.validate(), form.errors
    assert form.waterproofing.data is True


def test_submitting_opens_the_project() -> None:
    (opened,) = effects(SUBMITTED)
    assert isinstance(opened, OpensProject)
    assert opened.kind == "works"
    assert opened.values == {
        "name": "云溪雅苑3号楼",
        "customer_id": 2,
        "address": "观音桥路18号",
        "people": {"foreman": 13, "site_supervisor": 11, "designer": 12, "engineering_manager": 5},
        "state": "preparing",
        "starts_on": date(2026, 6, 1),
        "finishes_on": date(2026, 9, 1),
    }
    assert opened.facts == {
        "contract_price": "286000",
        "contract": "CS-34-2026-0001",
        "waterproofing": True,
        "drawing_version": "B",
        "agreed_finish": "2026-09-01",
        "contract_id": None,
    }


@pytest.mark.requirement("R29")
def test_without_waterproofing_there_are_four_acceptances() -> None:
    (opened,) = effects(SUBMITTED, waterproofing=False)
    row = project()
    row.facts = dict(opened.facts)
    stages.decide(row)
    db.session.flush()
    found = {one.key: one.applies for one in db.session.query(ProjectStage)}
    assert found["waterproofing"] is False
    assert found["midterm"] is True


def test_who_made_the_contract_is_the_salesperson() -> None:
    furnish()
    contract = kept("CS-34", {})
    (opened,) = effects(SUBMITTED, contract=contract)
    assert opened.values["people"]["salesperson"] == 1


def test_another_foreman_follows_a_correction_and_the_state_stays() -> None:
    project(state="held")
    (changed,) = effects(CORRECTED, foreman=Ref(14, "周工长 E014"))
    assert changed.values["people"]["foreman"] == 14
    assert "state" not in changed.values


def test_a_correction_leaves_what_a_schedule_has_moved() -> None:
    row = project(state="running")
    db.session.query(ProjectStage).filter_by(project_id=row.id, key="schedule").one().state = "passed"
    (changed,) = effects(SUBMITTED)
    assert changed.values.keys() == {"name", "customer_id", "address", "people"}
    assert changed.facts.keys() == {"contract_price", "contract", "contract_id", "waterproofing"}


def test_an_order_given_up_ends_its_project() -> None:
    assert effects(VOIDED) == []
    row = project()
    assert effects(VOIDED) == [ChangesProject(row.id, {"state": "ended"})]
    assert effects(VOIDED, **{"@corrects": 3}) == []


def test_schedule_and_briefing_are_drafted_at_the_end() -> None:
    assert effects(FINISHED) == []
    named = Ref(project().id, "云溪雅苑 P009")
    schedule, briefing = effects(FINISHED)
    days = {"start_on": date(2026, 6, 1), "finish_on": date(2026, 9, 1)}
    assert schedule == Opens("EN-05", {"project": named, **days}, to="person:13")
    assert (briefing.code, briefing.to) == ("EN-18", "person:13")
    assert briefing.answers == {
        "project": named, "customer": Ref(2, "王先生 C002"), **PEOPLE, "place": "观音桥路18号",
        "drawing_versions": "ZS-01 B",
    }  # fmt: skip
    assert effects(FINISHED, **{"@corrects": 3}) == []


def test_the_foreman_declines_to_whoever_gave_the_order() -> None:
    assert ROUTE.step("foreman_accept").on_refusal == Back()
    assert ROUTE.step("manager_decision").on_refusal == Back("documents_received")


@pytest.mark.parametrize(("good", "step"), [(True, None), (False, "problem_report")])
def test_problems_are_reported_only_when_there_are_some(good: bool, step: str | None) -> None:
    following = ROUTE.following("documents_checked", {"documents_ok": good})
    assert (following.key if following else None) == step


def checked(good: bool, result: str = "pass", received: bool = True) -> bool:
    rows = [{"item": item, "result": result} for item in ("图纸", "施工项目", "预算部分")]
    context = {"received_documents": [{"item": "施工图纸", "done": True}, {"item": "预算", "done": received}]}
    return DocumentsChecked(
        answers={"document_checks": rows, "documents_ok": good}, context=context
    ).validate()


def test_documents_are_not_in_order_while_something_is_missing() -> None:
    assert checked(True)
    assert not checked(True, "fail")
    assert not checked(True, received=False)
    assert checked(False, "fail", received=False)


@pytest.mark.parametrize(("on", "done", "good"), [(12, True, True), (13, True, False), (12, False, False)])
def test_what_was_handed_out_lies_behind_us(on: int, done: bool, good: bool) -> None:
    rows = [{"item": item, "done": done} for item in ("施工图纸", "预算", "施工项目表", "合同副本")]
    stage = DocumentsReceived(
        answers={"received_documents": rows, "received_on": date(2026, 5, on)}, context={"@now": NOW}
    )
    assert stage.validate() is good


@pytest.mark.parametrize("seed", range(30))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(TaskOrder, STORIES["EN-01"], seed)["received_on"]
