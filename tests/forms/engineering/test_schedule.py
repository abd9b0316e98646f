"""EN-05: days in their order, every acceptance once, revisions, and what an approved schedule moves."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import pytest
from goods_books import furnish, kept
from projects import begun

from portal.demo.stories.construction import STORIES
from portal.domain.effects import ChangesProject, SetsStage
from portal.extensions import db
from portal.forms.engineering.schedule import Schedule
from portal.forms.engineering.schedule_picture import bars
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.models import Project, ProjectStage

NOON = datetime(2026, 6, 20, 4, tzinfo=UTC)
START, FINISH = date(2026, 6, 1), date(2026, 8, 29)
DATES = {
    "incoming_material": date(2026, 6, 5),
    "concealed_works": date(2026, 6, 25),
    "waterproofing": date(2026, 7, 2),
    "mid_term": date(2026, 7, 25),
    "completion": date(2026, 8, 29),
}
WORK = {"activity": "水电改造", "trade": "水电工", "start": date(2026, 6, 3), "finish": date(2026, 6, 24)}

TABLES = ("activities", "acceptance_dates", "payment_points")

pytestmark = pytest.mark.usefixtures("app_context")


def dates(**other: date | None) -> list[dict[str, Any]]:
    found = {**DATES, **other}
    return [{"acceptance": key, "planned_on": on} for key, on in found.items() if on]


def opening(**other: Any) -> dict[str, Any]:
    return {
        "project": other.pop("project", None) or begun("works", "schedule"),
        "start_on": START,
        "finish_on": FINISH,
        "activities": [WORK],
        "acceptance_dates": dates(),
        **other,
    }


def checked(**other: Any) -> Schedule:
    form = Schedule(answers=opening(**other))
    form.validate()
    return form


def wrong(form: Schedule) -> set[str]:
    """The fields with something wrong beside them, or in one of their rows."""
    inside = {table for table in TABLES for row in form[table].rows if any(field.errors for field in row)}
    return inside | {name for name, errors in form.errors.items() if errors}


def stage(project: Ref, key: str) -> ProjectStage:
    return db.session.query(ProjectStage).filter_by(project_id=project.id, key=key).one()


def test_a_whole_schedule_passes_and_counts_its_days_itself() -> None:
    form = checked(planned_days=5)
    assert not wrong(form)
    assert form.planned_days.data == 90  # both ends count
    assert form.activities.rows[0].no.data == 1
    assert form.revision.data == 1


@pytest.mark.parametrize(
    ("other", "beside"),
    [
        ({"finish_on": date(2026, 5, 1), "activities": [WORK]}, "finish_on"),
        ({"activities": [{**WORK, "finish": date(2026, 6, 2)}]}, "activities"),
        ({"activities": [{**WORK, "start": date(2026, 5, 31)}]}, "activities"),
        ({"activities": [{**WORK, "finish": date(2026, 8, 30)}]}, "activities"),
        ({"activities": []}, "activities"),
        ({"acceptance_dates": dates(concealed_works=date(2026, 6, 4))}, "acceptance_dates"),
        ({"acceptance_dates": dates(completion=date(2026, 8, 30))}, "acceptance_dates"),
        ({"acceptance_dates": dates(mid_term=None)}, "acceptance_dates"),
        ({"acceptance_dates": [*dates(), *dates()[-1:]]}, "acceptance_dates"),
    ],
)
@pytest.mark.requirement("R29")
def test_days_out_of_order_are_refused(other: dict[str, Any], beside: str) -> None:
    assert beside in wrong(checked(**other))


@pytest.mark.requirement("R29")
def test_rows_may_stand_in_any_order() -> None:
    assert not checked(acceptance_dates=list(reversed(dates()))).errors


@pytest.mark.requirement("R29")
def test_only_the_acceptances_of_the_project_are_planned() -> None:
    four = begun("works", "schedule", waterproofing=False)
    assert not wrong(checked(project=four, acceptance_dates=dates(waterproofing=None)))
    assert wrong(checked(project=four)) == {"acceptance_dates"}
    five = begun("works", "schedule", waterproofing=True)
    form = checked(project=five, acceptance_dates=dates(waterproofing=None))
    assert form.acceptance_dates.errors == ["还缺：防水验收"]


def test_what_has_passed_need_not_be_planned_again() -> None:
    project = begun("works", "schedule")
    stage(project, "material").state = "passed"
    db.session.flush()
    assert not wrong(checked(project=project, acceptance_dates=dates(incoming_material=None)))


@pytest.mark.parametrize(
    ("amounts", "good"), [((100_000, 186_000), True), ((100_000, 186_001), False), ((0, 1), False)]
)
def test_payments_come_to_no_more_than_the_contract(amounts: tuple[int, int], good: bool) -> None:
    rows = [
        {"kind": kind, "planned_on": START, "amount": Decimal(amount)}
        for kind, amount in zip(("first", "final"), amounts, strict=True)
    ]
    assert ("payment_points" not in wrong(checked(payment_points=rows))) is good


@pytest.mark.parametrize("kinds", [("first", "first"), ("final", "first")])
def test_payments_have_an_order(kinds: tuple[str, str]) -> None:
    first, second = ({"kind": kind, "amount": Decimal(1)} for kind in kinds)
    rows = [{**first, "planned_on": START}, {**second, "planned_on": FINISH}]
    assert "payment_points" in wrong(checked(payment_points=rows))


def test_nobody_plans_beyond_what_was_agreed() -> None:
    project = begun("works", "schedule", agreed_finish="2026-08-28")
    assert checked(project=project).finish_on.errors == ["晚于约定的竣工日期2026-08-28，先办工程延期手续"]
    assert not wrong(checked(project=begun("works", "schedule", agreed_finish="2026-08-29")))


@pytest.mark.parametrize("state", ["ended", "completed"])
def test_a_project_that_is_over_gets_no_schedule(state: str) -> None:
    project = begun("works", "schedule")
    db.session.get_one(Project, project.id).state = state
    assert checked(project=project).project.errors


def test_a_revision_needs_its_reason_and_counts_what_was_approved() -> None:
    furnish()
    project = begun("works", "schedule")
    kept("EN-05", {"project": {"id": project.id, "text": project.text}}, state="voided")
    first = kept("EN-05", {"project": {"id": project.id, "text": project.text}}, state="finished")
    form = checked(project=project)
    assert form.revision.data == 2
    assert wrong(form) == {"revision_reason"}
    assert not wrong(checked(project=project, revision_reason="延期"))
    correction = Schedule(answers=opening(project=project), context={"@corrects": first.id})
    assert correction.validate(), correction.errors
    assert correction.revision.data == 1


def test_one_schedule_at_a_time() -> None:
    furnish()
    project = begun("works", "schedule")
    open_ = kept("EN-05", {"project": {"id": project.id, "text": project.text}}, state="running")
    form = checked(project=project)
    assert form.project.errors == [f"该工程的{open_.text}还在办理，办结后再发起"]
    again = Schedule(answers=opening(project=project), context={"@record_id": open_.id})
    assert again.validate(), again.errors


def test_a_draft_begins_with_what_the_project_has() -> None:
    project = begun("works", "schedule", waterproofing=False)
    row = db.session.get_one(Project, project.id)
    row.starts_on, row.finishes_on = START, FINISH
    proposed = Schedule(context={"project": project}).proposal()
    assert proposed["start_on"] == START
    assert [row["acceptance"] for row in proposed["acceptance_dates"]] == [
        "incoming_material", "concealed_works", "mid_term", "completion",
    ]  # fmt: skip
    assert len(Schedule().proposal()["acceptance_dates"]) == 5


def test_a_revision_begins_with_the_schedule_in_force() -> None:
    furnish()
    project = begun("works", "schedule")
    stored = Schedule(answers=opening(project=project, trades_coordination="先水电后木作")).dump()
    former = kept("EN-05", stored, state="finished")
    row = stage(project, "schedule")
    row.state, row.record_id = "passed", former.id
    db.session.flush()
    proposed = Schedule(context={"project": project}).proposal()
    assert proposed["acceptance_dates"] == dates()
    assert proposed["trades_coordination"] == "先水电后木作"
    assert "revision_reason" not in proposed


def test_approval_moves_the_project_and_its_stages() -> None:
    project = begun("works", "schedule")
    answers = {**opening(project=project), "planned_days": 90}
    record = Filed(7, "EN-05-2026-0007", "EN-05", answers, 13, 1, 11, {}, NOON)
    moved, passed, *planned = Schedule.effects("manager_approval", record)
    assert moved == ChangesProject(
        project.id, {"starts_on": START, "finishes_on": FINISH}, {"planned_days": 90}
    )
    assert passed == SetsStage(project.id, "schedule", {"state": "passed", "passed_on": date(2026, 6, 20)})
    keys = ("material", "concealed", "waterproofing", "midterm", "completion")
    assert planned == [
        SetsStage(project.id, key, {"planned_on": on}) for key, on in zip(keys, DATES.values(), strict=True)
    ]
    assert list(Schedule.effects("supervisor_check", record)) == []


def states(project: Ref, today: date) -> dict[str, str]:
    return {bar.title: bar.state for bar in bars(opening(project=project), today)}


def test_the_picture_shows_how_far_the_works_have_come() -> None:
    project = begun("works", "material")
    assert states(project, date(2026, 6, 4)) == {
        "水电改造": "current", "材料进场验收": "open", "隐蔽工程验收": "open", "防水验收": "open", "中期验收": "open",
        "竣工验收": "open",
    }  # fmt: skip
    stage(project, "material").state = "passed"
    stage(project, "material").passed_on = date(2026, 6, 6)
    db.session.flush()
    late = states(project, date(2026, 6, 26))
    assert (late["材料进场验收"], late["隐蔽工程验收"], late["水电改造"]) == ("done", "late", "late")
    stage(project, "concealed").state = "passed"
    db.session.flush()
    done = states(project, date(2026, 6, 26))
    assert (done["隐蔽工程验收"], done["水电改造"]) == ("done", "done")


def test_the_picture_counts_no_work_before_the_start() -> None:
    project = begun("works", "start")
    assert states(project, date(2026, 6, 10))["水电改造"] == "open"


def test_the_picture_is_part_of_the_record() -> None:
    drawing = Schedule.drawing(opening(), date(2026, 6, 10))
    assert "水电改造" in drawing.svg
    assert str(drawing.title) == "进度图"


@pytest.mark.parametrize("seed", range(30))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(Schedule, STORIES["EN-05"], seed)["planned_days"] > 40
