"""EN-12: work starts only when everything before it is done, as the books have it (R31)."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
from goods_books import NOW, furnish, kept
from projects import begun

from portal.demo.stories.construction import CONDITIONS, FORMALITIES, STORIES
from portal.domain.effects import ChangesProject, SetsStage, Tells
from portal.domain.signoff import Back
from portal.extensions import db
from portal.forms.engineering.start_of_work import StartOfWork
from portal.forms.engineering.start_of_work_stages import StartReport
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Project, ProjectStage

DAY = date(2026, 5, 12)
ROUTE = StartOfWork.signoff

pytestmark = pytest.mark.usefixtures("app_context")


def opening(project: Ref, **other: Any) -> dict[str, Any]:
    return {
        "project": project,
        "customer": Ref(2, "王先生 C002"),
        "property_company": "泰和物业",
        "formalities": [{"item": item, "done": True, "done_on": DAY} for item in FORMALITIES],
        "civilised_site_ready": True,
        "utilities_checked": True,
        **other,
    }


def wrong(project: Ref, **other: Any) -> set[str]:
    form = StartOfWork(answers=opening(project, **other), context={"@now": NOW})
    form.validate()
    rows = {"formalities" for row in form.formalities.rows if any(field.errors for field in row)}
    return rows | {name for name, said in form.errors.items() if said}


def report(project: Ref, *, done: bool = True, on: date = DAY) -> StartReport:
    rows = [{"item": item, "done": True, "done_on": DAY} for item in CONDITIONS]
    rows[3]["done"] = done
    stage = StartReport(
        answers={"start_conditions": rows, "actual_start": on}, context={"project": project, "@now": NOW}
    )
    stage.validate()
    return stage


def named(project: Ref) -> dict[str, Any]:
    return {"project": {"id": project.id, "text": project.text}}


def set_stage(project: Ref, key: str, state: str) -> None:
    db.session.query(ProjectStage).filter_by(project_id=project.id, key=key).one().state = state
    db.session.flush()


def test_formalities_may_be_seen_to_before_schedule_and_briefing() -> None:
    assert wrong(begun("works", "briefing")) == set()


@pytest.mark.parametrize("name", ["civilised_site_ready", "utilities_checked"])
def test_the_site_is_made_ready_first(name: str) -> None:
    assert wrong(begun("works", "start"), **{name: False}) == {name}


def test_what_was_not_done_is_explained() -> None:
    rows = [{"item": item, "done": item != "消防报备"} for item in FORMALITIES]
    assert wrong(begun("works", "start"), formalities=rows) == {"formalities"}
    rows[5]["remark"] = "不需要"
    assert wrong(begun("works", "start"), formalities=rows) == set()


def test_a_project_starts_once() -> None:
    project = begun("works", "start")
    set_stage(project, "start", "passed")
    assert wrong(project) == {"project"}


@pytest.mark.parametrize("state", ["held", "ended", "completed"])
def test_nothing_starts_in_a_project_that_rests_or_is_over(state: str) -> None:
    project = begun("works", "start")
    db.session.get_one(Project, project.id).state = state
    assert wrong(project) == {"project"}


@pytest.mark.requirement("R31")
def test_a_start_with_everything_done_is_reported() -> None:
    assert not report(begun("works", "start")).start_conditions.errors


@pytest.mark.requirement("R31")
@pytest.mark.parametrize(("key", "title"), [("briefing", "技术交底"), ("schedule", "施工进度计划")])
def test_briefing_and_schedule_come_first(key: str, title: str) -> None:
    project = begun("works", "start")
    set_stage(project, key, "open")
    assert report(project).start_conditions.errors == [f"须先通过：{title}"]


@pytest.mark.requirement("R31")
@pytest.mark.parametrize(
    ("state", "blocked"),
    [("running", True), ("returned", True), ("stuck", True), ("finished", False), ("voided", False)],
)
def test_open_defects_of_the_building_block_the_start(state: str, blocked: bool) -> None:
    furnish()
    project = begun("works", "start")
    kept("EN-09", named(begun("works", "start")), state="running")  # of another project
    defects = kept("EN-09", named(project), state=state)
    said = [f"原建筑质量问题还在处理：{defects.text}"] if blocked else []
    assert list(report(project).start_conditions.errors) == said


@pytest.mark.requirement("R31")
def test_the_documents_are_checked_first() -> None:
    furnish()
    project = begun("works", "start")
    order = kept("EN-01", {}, state="running")
    db.session.get_one(Project, project.id).record_id = order.id
    db.session.flush()
    assert report(project).start_conditions.errors == [f"施工文件还没有核对完毕：{order.text}"]


def test_every_condition_is_fulfilled_by_today() -> None:
    project = begun("works", "start")
    assert report(project, done=False).start_conditions.errors
    assert report(project, on=date(2026, 5, 13)).actual_start.errors


def test_whoever_sees_a_condition_missing_sends_the_report_back() -> None:
    assert ROUTE.step("supervisor_sign").on_refusal == Back("start_report")
    assert ROUTE.step("manager_approval").on_refusal == Back("start_report")
    custody = ROUTE.step("property_custody").by
    assert custody.every
    assert [(party.kind, party.key) for party in custody.parties] == [
        ("project", "project.foreman"), ("outside", "customer"),
    ]  # fmt: skip


def approve(project: Ref) -> list[Any]:
    answers = {**opening(project), "actual_start": DAY}
    record = Filed(7, "EN-12-2026-0007", "EN-12", answers, 13, 1, 5, {}, NOW)
    return list(StartOfWork.effects("manager_approval", record))


def test_approval_sets_the_project_going() -> None:
    project = begun("works", "start", people={"foreman": 13, "site_supervisor": 11})
    db.session.get_one(Project, project.id).state = "preparing"
    changed, passed, *told = approve(project)
    facts = {"actual_start": "2026-05-12", "going_since": "2026-05-12"}
    assert changed == ChangesProject(project.id, {"state": "running"}, facts)
    assert passed == SetsStage(project.id, "start", {"state": "passed", "passed_on": DAY})
    assert [one.to for one in told if isinstance(one, Tells)] == ["person:13", "person:11"]


def test_a_start_while_the_site_is_held_goes_on_once_it_is_released() -> None:
    project = begun("works", "start")
    row = db.session.get_one(Project, project.id)
    row.state, row.facts = "held", {**row.facts, "held_by": [3], "held_from": "preparing"}
    record = Filed(7, "EN-12-2026-0007", "EN-12", opening(project, actual_start=DAY), 13, 1, 21, {}, NOW)
    changed = next(iter(StartOfWork.effects("manager_approval", record)))
    assert (changed.values, changed.facts["held_from"]) == ({}, "running")


def test_a_correction_does_not_wake_what_has_gone_on_since() -> None:
    project = begun("works", "start")
    db.session.get_one(Project, project.id).state = "completed"
    assert approve(project)[0].values == {}


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(StartOfWork, STORIES["EN-12"], seed)["actual_start"]
