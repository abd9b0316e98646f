"""DS-02: the plan reviewed, four phases in their order, and the days that they give."""

from __future__ import annotations

from typing import Any

import pytest

from portal.demo.stories.websites import STORIES
from portal.forms.definition import fields
from portal.forms.design.project_scheme import ProjectScheme
from portal.forms.kinds import Ref, load
from portal.models import Record
from portal.queries import history
from tests.forms.customer_service.shop import TODAY, days, wrong, wrong_in
from tests.forms.design.studio import PHASES, Studio


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website that has begun."""
    return studio.opened()


def reviewed(studio: Studio, project: Ref) -> Record:
    """A scheme that waits for its schedule."""
    record = studio.submit("DS-02", "designer", **studio.scheme(project, studio.drawn(project)))
    return studio.sign(record, **studio.review())


def test_it_waits_for_the_topology(studio: Studio, project: Ref) -> None:
    other = studio.submit("DS-03", "designer", **studio.topology(project))
    assert wrong(studio.sheet("DS-02", "designer", **studio.scheme(project, other))) == {
        "project",
        "site_map",
    }


def test_it_names_the_newest_topology_of_its_own_project(studio: Studio, project: Ref) -> None:
    first, second = studio.drawn(project), studio.drawn(project)
    assert wrong(studio.sheet("DS-02", "designer", **studio.scheme(project, first))) == {"site_map"}
    assert not wrong(studio.sheet("DS-02", "designer", **studio.scheme(project, second)))
    other = studio.drafted(studio.appointed(project_name="安吉竹业门户"), "DS-03")["project"]
    foreign = studio.drawn(other)
    assert wrong(studio.sheet("DS-02", "designer", **studio.scheme(project, foreign))) == {"site_map"}


def test_the_customer_is_the_projects(studio: Studio, project: Ref) -> None:
    answers = studio.scheme(project, studio.drawn(project), customer=Ref(99, "别人"))
    sheet = studio.sheet("DS-02", "designer", **answers)
    assert sheet.customer.data == studio.ref(studio.customer())


def test_material_has_come_by_today_and_what_is_missing_has_no_day(studio: Studio, project: Ref) -> None:
    answers = studio.scheme(project, studio.drawn(project))
    answers["materials"][0]["done_on"] = days(1)
    answers["materials"][6]["done_on"] = TODAY
    sheet = studio.sheet("DS-02", "designer", **answers)
    assert wrong_in(sheet, "materials", 0) == {"done_on"}
    assert wrong_in(sheet, "materials", 6) == {"done_on"}


@pytest.mark.parametrize("name", ["fits_customer_need", "technically_feasible"])
def test_a_no_of_the_review_sends_it_back_as_the_next_version(
    studio: Studio, project: Ref, name: str
) -> None:
    record = studio.submit("DS-02", "designer", **studio.scheme(project, studio.drawn(project)))
    assert studio.signers(record) == {"design_manager"}
    studio.sign(record, **studio.review(**{name: False}))
    assert record.state == "returned"
    studio.correct(record, "designer")
    sheet = studio.stage(record, **studio.review())
    assert not wrong(sheet)
    assert record.step == "planning_review"


def test_the_page_begins_with_the_four_phases_and_their_people(studio: Studio, project: Ref) -> None:
    record = reviewed(studio, project)
    fills: Any = ProjectScheme.signoff.step("schedule_allocation").fills
    rows = fills(context={"project": project}).phases.data
    assert [row["phase"] for row in rows] == list(PHASES)
    assert rows[0]["owner"] == studio.person("designer")
    assert record.step == "schedule_allocation"


@pytest.mark.requirement("R50")
@pytest.mark.parametrize("rows", [[0, 1, 2], [1, 0, 2, 3], [0, 1, 2, 2], [0, 1, 2, 3, 3]])
def test_each_phase_stands_there_once_and_in_order(studio: Studio, project: Ref, rows: list[int]) -> None:
    record, phases = reviewed(studio, project), studio.phases()
    assert "phases" in wrong(studio.stage(record, phases=[phases[one] for one in rows]))


@pytest.mark.requirement("R50")
@pytest.mark.parametrize("name", ["start", "finish", "owner"])
def test_a_phase_has_its_start_its_finish_and_its_owner(studio: Studio, project: Ref, name: str) -> None:
    record, phases = reviewed(studio, project), studio.phases()
    phases[1][name] = None
    assert wrong_in(studio.stage(record, phases=phases), "phases", 1) == {name}


@pytest.mark.requirement("R50")
@pytest.mark.parametrize(("place", "name", "day"), [(1, "start", 9), (2, "finish", 19), (0, "finish", -1)])
def test_one_phase_comes_after_the_other(
    studio: Studio, project: Ref, place: int, name: str, day: int
) -> None:
    record, phases = reviewed(studio, project), studio.phases()
    phases[place][name] = days(day)
    assert name in wrong_in(studio.stage(record, phases=phases), "phases", place)


@pytest.mark.requirement("R50")
def test_the_confirmed_phases_give_the_days_of_the_stages(studio: Studio, project: Ref) -> None:
    record = studio.planned(project)
    assert record.state == "finished"
    assert studio.state_of(project, "scheme") == "passed"
    planned = [studio.row(project, key) for key in ("design", "program", "test", "acceptance")]
    assert [row.planned_on for row in planned] == [days(10), days(20), days(30), days(40)]
    assert [row.starts_on for row in planned] == [TODAY, days(10), days(20), days(30)]
    assert planned[3].owner_id == studio.person("project_manager").id
    begun = studio.drafted(record, "DS-07")
    assert (begun["project"], begun["planned_on"]) == (project, days(10))


def test_missing_material_is_asked_for_until_content_is_entered(studio: Studio, project: Ref) -> None:
    record = studio.planned(project)
    (task,) = studio.asked(record)
    assert "空间服务器" in task.title["zh"]
    assert studio.held(task) == {"project_manager"}
    assert task.due_at is not None
    assert task.due_at.astimezone().date() in (days(20), days(19), days(21))


def test_what_the_customer_sends_back_is_the_next_version(studio: Studio, project: Ref) -> None:
    record = reviewed(studio, project)
    studio.sign(record, phases=studio.phases())
    studio.sign(record)
    studio.refuse(record)
    assert record.state == "returned"
    form = ProjectScheme(answers={"project": project}, context={"@record_id": record.id})
    form.compute()
    assert form.scheme_version.data == 2


def test_talks_lie_behind(studio: Studio, project: Ref) -> None:
    talk = {"date": days(1), "people": "客户", "requirement": "改色", "agreed": "同意"}
    answers = studio.scheme(project, studio.drawn(project), requirement_talks=[talk])
    assert wrong_in(studio.sheet("DS-02", "designer", **answers), "requirement_talks") == {"date"}


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    assert tell(ProjectScheme, STORIES["DS-02"], seed)["scheme_version"] == 1


@pytest.mark.requirement("R48")
def test_a_draft_after_the_confirmed_one_is_the_next_version(studio: Studio, project: Ref) -> None:
    first = studio.designed(project)
    assert first.cells["draft_version"] == "1"
    for corrects in (None, first):
        sheet = studio.sheet("DS-07", "designer", corrects=corrects, **studio.draft(project))
        assert (sheet.errors, sheet.draft_version.data) == ({}, 2)


def test_a_corrected_scheme_asks_once(studio: Studio, project: Ref) -> None:
    first = studio.planned(project)
    (draft,), (asked,) = studio.drafts(first, "DS-07"), studio.asked(first)
    answers = load(fields(ProjectScheme()), history.content(first).answers)
    record = studio.submit("DS-02", "designer", corrects=first, **answers)
    assert history.content(record).answers["scheme_version"] == 2
    studio.sign(record, **studio.review())
    phases = studio.phases()
    phases[0]["finish"] = days(8)
    studio.sign(record, phases=phases)
    studio.sign(record)
    studio.sign(record, confirmed_on=TODAY)
    assert [one.id for one in studio.drafts(record, "DS-07")] == [draft.id]
    assert studio.drafted(record, "DS-07")["planned_on"] == days(8)
    assert [one.id for one in studio.asked(record)] == [asked.id]
    assert studio.asked(first) == []
