"""PL-01: the procedures that a project's kind calls for, its changes, and how it ends."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo.stories.permits import STORIES
from portal.domain import projects as kinds
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.design.permit_tracker import PermitTracker
from portal.forms.gates import refuse_closed
from portal.models import AuditEvent, Project
from portal.services import corrections
from portal.services import projects as services
from tests.forms.customer_service.shop import wrong, wrong_in
from tests.forms.design.permit_office import OFFICER, TODAY, Office, days, ref

NOT_MUNICIPAL = {"scheme_review", "air_defence", "seismic"}  # R33


@pytest.fixture
def office(context: Flask) -> Office:
    return Office()


def applying(office: Office, project: Project) -> set[str]:
    return {key for key, one in office.stages(project).items() if one.row.applies}


@pytest.mark.requirement("R32")
@pytest.mark.requirement("R33")
@pytest.mark.parametrize(
    ("kind", "without"),
    [
        ("municipal_road", NOT_MUNICIPAL),
        ("other_municipal", NOT_MUNICIPAL | {"site_opinion"}),
        ("not_municipal", {"site_opinion"}),
    ],
)
def test_its_kind_decides_the_procedures(office: Office, kind: str, without: set[str]) -> None:
    sheet = office.sheet("PL-01", OFFICER, **office.tracker(kind))
    shown = {
        stage.key: row.applies.data for stage, row in zip(kinds.PERMIT.stages, sheet.stages.rows, strict=True)
    }
    assert len(shown) == 13
    assert {key for key, applies in shown.items() if not applies} == without
    _record, project = office.opened(kind)
    assert {one.key for one in kinds.PERMIT.stages} - applying(office, project) == without


def test_a_row_tells_its_form_authority_and_what_it_waits_for(office: Office) -> None:
    rows = office.sheet("PL-01", OFFICER, **office.tracker()).stages.rows
    permit = rows[11]
    assert (permit.no.data, permit.form.data, permit.authority.data) == (12, "PL-35", "规划局")
    assert "抗震" in permit.prerequisites.data
    road = office.sheet("PL-01", OFFICER, **office.tracker("municipal_road")).stages.rows[11]
    assert "抗震" not in road.prerequisites.data


def test_until_the_kind_is_known_nothing_is_said_to_apply(office: Office) -> None:
    page = FORMS["PL-01"](person=office.actor(OFFICER))
    page.compute()
    assert [row.applies.data for row in page.stages.rows] == [None] * 13


def test_the_air_defence_is_asked_of_projects_that_are_not_municipal(office: Office) -> None:
    assert wrong(office.sheet("PL-01", OFFICER, **office.tracker(air_defence_kind=None))) == {
        "air_defence_kind"
    }
    road = office.sheet("PL-01", OFFICER, **office.tracker("municipal_road", air_defence_kind="on_site"))
    assert not wrong(road)
    assert road.answers()["air_defence_kind"] is None


def test_a_procedure_that_does_not_apply_is_not_planned(office: Office) -> None:
    sheet = office.sheet(
        "PL-01", OFFICER, **office.tracker(planned={"site_opinion": days(9), "land": days(9)})
    )
    assert not wrong(sheet)
    planned = {row["stage"]: row["planned_on"] for row in sheet.answers()["stages"]}
    assert planned["建设工程选址意见书"] is None
    assert planned["土地招拍挂手续或国土意见申请"] == days(9)


def test_nothing_is_planned_before_what_it_waits_for(office: Office) -> None:
    sheet = office.sheet("PL-01", OFFICER, **office.tracker(planned={"report": days(9), "approval": days(8)}))
    assert wrong_in(sheet, "stages", 3) == {"planned_on"}
    together = office.tracker(planned={"report": days(9), "approval": days(9)})
    assert not wrong(office.sheet("PL-01", OFFICER, **together))


def test_an_officer_of_the_department_sees_to_it(office: Office) -> None:
    other = office.person("buyer")
    assert wrong(office.sheet("PL-01", OFFICER, **office.tracker(officer=other))) == {"officer"}


def test_a_project_has_one_tracker(office: Office) -> None:
    office.opened()
    assert wrong(office.sheet("PL-01", OFFICER, **office.tracker())) == {"project_name"}
    assert not wrong(office.sheet("PL-01", OFFICER, **office.tracker(plot="另一地块")))


def test_it_opens_the_project_with_people_facts_and_days(office: Office) -> None:
    record, project = office.opened(planned={"land": days(30), "report": days(40)})
    assert (project.kind, project.state, project.name) == ("permit", "running", "科创园一期")
    assert project.facts["project_kind"] == "not_municipal"
    assert project.facts["plot"] == "高新区三号地块"
    assert project.people["planning_officer"] == office.person(OFFICER).id
    stages = office.stages(project)
    assert stages["land"].row.planned_on == days(30)
    assert stages["scheme"].row.planned_on is None
    assert project.finishes_on == days(40)
    office.send_back(record)
    office.correct(record, OFFICER, project_kind="municipal_road", air_defence_kind=None)
    assert projects_of(record) == [project.id]
    assert "site_opinion" in applying(office, project)


def projects_of(record: Any) -> list[int]:
    return list(db.session.scalars(sa.select(Project.id).where(Project.record_id == record.id)))


@pytest.mark.requirement("R33")
def test_a_change_of_kind_decides_anew_and_keeps_what_was_done(office: Office) -> None:
    record, project = office.opened()
    office.passed(project, "land", "report", "conditions", "scheme", "scheme_review")
    by = office.actor("planning_manager")
    values = {"applies": False, "after": [], "planned_on": None, "starts_on": None, "owner_id": None}
    services.adjust(project.id, "environment", values, "不涉及", by=by, now=office.now)
    sheet = office.change(record, new_project_kind="municipal_road")
    assert not wrong(sheet)
    stages = office.stages(project)
    assert project.facts["project_kind"] == "municipal_road"
    assert project.facts["air_defence_kind"] is None
    assert stages["site_opinion"].row.applies
    assert not stages["seismic"].row.applies
    assert stages["scheme_review"].passed
    assert not stages["scheme_review"].row.applies
    assert not stages["environment"].row.applies, "what was decided by hand stays"
    assert "site_opinion" in stages["land_permit"].row.after
    changed = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.record_id == record.id)).all()
    assert "entry_added" in [one.kind for one in changed]


@pytest.mark.requirement("R32")
@pytest.mark.requirement("R33")
def test_a_form_of_a_procedure_that_applies_no_more_is_refused(office: Office) -> None:
    record, project = office.opened()
    office.passed(project, "conditions", "scheme")
    sheet = FORMS["PL-02"](answers={"project": ref(project)})
    refuse_closed(sheet, "project", "scheme_review")
    assert not wrong(sheet)
    office.change(record, new_project_kind="other_municipal")
    refuse_closed(sheet, "project", "scheme_review")
    assert wrong(sheet) == {"project"}


def test_a_change_moves_planned_days_once_for_each_procedure(office: Office) -> None:
    record, project = office.opened(planned={"land": days(30)})
    same = {"new_project_kind": "not_municipal", "new_air_defence_kind": "off_site"}
    office.change(record, **same, new_days=[{"stage": "land", "planned_on": days(50)}])
    assert office.stages(project)["land"].row.planned_on == days(50)
    twice = [{"stage": "land", "planned_on": days(50)}, {"stage": "land", "planned_on": days(60)}]
    assert wrong_in(office.change(record, **same, new_days=twice), "new_days", 1) == {"stage"}
    stranger = [{"stage": "site_opinion", "planned_on": days(50)}]
    assert wrong_in(office.change(record, **same, new_days=stranger), "new_days") == {"stage"}
    assert wrong(office.change(record, **same, change_reason=None)) == {"change_reason"}


def test_the_change_begins_with_the_project_as_it_is(office: Office) -> None:
    record, _project = office.opened()
    office.change(record, new_project_kind="municipal_road")
    entry = PermitTracker.signoff.entry("change")
    page = entry.fills(context={"@record_id": record.id, "project_kind": "not_municipal"})
    assert page.new_project_kind.data == "municipal_road"


def at_its_end(office: Office, **changed: Any) -> tuple[Any, Project]:
    record, project = office.opened(**changed)
    office.sign(record)
    office.sign(record)
    assert record.step == "finish"
    return record, project


@pytest.mark.requirement("R32")
@pytest.mark.requirement("R33")
def test_the_end_needs_every_procedure_that_applies(office: Office) -> None:
    record, project = at_its_end(office)
    done = {"outcome": "completed", "finished_on": TODAY}
    stage = office.stage(record, **done)
    assert wrong(stage) == {"outcome"}
    assert "施工图审查合格证书" in stage.errors["outcome"][0]
    assert "选址意见书" not in stage.errors["outcome"][0]
    office.passed(project)
    assert wrong(office.stage(record, outcome="completed", finished_on=days(-1))) == {"finished_on"}
    office.sign(record, **done)
    assert (record.state, project.state, project.finished_on) == ("finished", "completed", TODAY)


def test_the_finished_tracker_shows_how_each_procedure_stood(office: Office) -> None:
    record, project = at_its_end(office)
    office.passed(project)
    results = office.stage(record, outcome="completed", finished_on=TODAY).answers()["results"]
    assert len(results) == 13
    assert {row["state"] for row in results} == {"已通过", "不办理"}
    assert results[0]["issued_on"] == TODAY


def test_a_project_that_is_given_up_ends_with_a_reason(office: Office) -> None:
    record, project = at_its_end(office)
    assert wrong(office.stage(record, outcome="ended", finished_on=TODAY)) == {"end_reason"}
    office.sign(record, outcome="ended", finished_on=TODAY, end_reason="土地竞买未中标")
    assert (record.state, project.state) == ("finished", "ended")
    assert project.facts["end_reason"] == "土地竞买未中标"
    sheet = FORMS["PL-02"](answers={"project": ref(project)})
    refuse_closed(sheet, "project", "land")
    assert wrong(sheet) == {"project"}


def test_a_tracker_that_is_given_up_leaves_no_project_under_way(office: Office) -> None:
    record, project = office.opened()
    office.send_back(record)
    corrections.void(record.id, office.actor(OFFICER), reason="重复", now=office.now)
    assert project.state == "ended"


def test_a_finished_tracker_takes_no_change(office: Office) -> None:
    record, project = at_its_end(office)
    office.passed(project)
    office.sign(record, outcome="completed", finished_on=TODAY)
    with pytest.raises(Refusal):
        office.change(record, new_project_kind="municipal_road")


def test_the_domain_waits_as_the_table_of_stages_says() -> None:
    road = {"project_kind": "municipal_road"}
    plain: dict[str, Any] = {"project_kind": "not_municipal", "air_defence_kind": "off_site"}
    stages = {stage.key: stage for stage in kinds.PERMIT.stages}
    assert stages["site_opinion"].waits_for(road) == []
    assert stages["land_permit"].waits_for(road) == ["report", "site_opinion"]
    assert stages["land_permit"].waits_for({**road, "proposal": "PL-15-2026-0001"}) == ["site_opinion"]
    assert stages["air_defence"].waits_for(plain) == ["scheme_review"]
    assert "approval" in stages["air_defence"].waits_for({**plain, "air_defence_kind": "on_site"})
    assert stages["seismic"].waits_for(plain) == ["conditions", "approval", "land_permit"]


@pytest.mark.usefixtures("app_context")
@pytest.mark.parametrize("seed", range(12))
def test_its_days_are_in_order_in_every_story(seed: int) -> None:
    from tests.forms.conftest import SmallWorld

    told = STORIES["PL-01"].opening(SmallWorld(seed))
    planned: list[date] = [row["planned_on"] for row in told["stages"] if row["planned_on"]]
    assert len(planned) >= 9
    assert min(planned) > TODAY
