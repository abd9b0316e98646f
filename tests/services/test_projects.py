"""Projects and their stages: opened, changed and passed by records, given back by those that are given up, adjusted by hand."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest
import sqlalchemy as sa

from portal.demo import rows
from portal.domain import projects as kinds
from portal.domain.effects import ChangesProject, Made, OpensProject, SetsStage
from portal.domain.refusal import ReasonMissing, Refusal
from portal.extensions import db
from portal.models import AuditEvent, Project, ProjectStage, Record, RecordSubject
from portal.queries import projects as books
from portal.services import effects, projects, route
from tests.services.engine_forms import OneRole
from tests.services.office import NOW, Office

DAY = date(2026, 5, 12)
ROAD = {"project_kind": "municipal_road"}
HOUSES = {"project_kind": "not_municipal", "air_defence_kind": "on_site"}

pytestmark = pytest.mark.both_databases


def do(record: Record, *wanted: Any) -> None:
    """Carries out effects for a record."""
    effects.carry_out(wanted, record, by=record.applicant_id, now=NOW)


def permit(facts: dict[str, str]) -> Project:
    """A permit project with these facts."""
    row: Project = rows.add("project", name="人才公寓", kind="permit", facts=facts)
    return row


def applying(project: Project) -> set[str]:
    """The stages that the project goes through."""
    return {one.row.key for one in books.stages(project) if one.row.applies}


def stood(project: Project, key: str) -> ProjectStage:
    """A stage as it stands."""
    found = books.stage(project.id, key)
    assert found is not None
    return found.row


@pytest.fixture
def record(office: Office) -> Record:
    """A record that waits for its only step."""
    return office.submit(OneRole)


@pytest.mark.parametrize("kind", kinds.KINDS)
def test_every_wait_is_for_an_earlier_stage(kind: str) -> None:
    earlier: set[str] = set()
    for stage in kinds.KINDS[kind].stages:
        assert {wait.key for wait in stage.after} <= earlier, stage.key
        earlier.add(stage.key)


def test_a_record_opens_a_project_with_the_stages_of_its_kind(office: Office, record: Record) -> None:
    team = {"planning_officer": office.id("planning_officer")}
    opens = OpensProject("permit", {"name": "滨河公园", "people": team}, ROAD)
    do(record, opens, SetsStage(Made("project"), "land", {"planned_on": DAY}))
    project = db.session.scalars(sa.select(Project).where(Project.record_id == record.id)).one()
    assert (project.name, project.facts, project.people) == ("滨河公园", ROAD, team)
    assert [one.row.key for one in books.stages(project)] == [one.key for one in kinds.PERMIT.stages]
    assert stood(project, "land").planned_on == DAY
    subjects = sa.select(RecordSubject.row_id).where(
        RecordSubject.kind == "project", RecordSubject.record_id == record.id
    )
    assert db.session.scalars(subjects).all() == [project.id]


def test_a_later_round_changes_the_project_that_the_record_has_opened(record: Record) -> None:
    do(record, OpensProject("permit", {"name": "滨河公园"}, ROAD))
    do(record, OpensProject("permit", {"name": "滨河公园二期"}, HOUSES))
    project = db.session.scalars(sa.select(Project).where(Project.record_id == record.id)).one()
    assert (project.name, project.facts) == ("滨河公园二期", HOUSES)
    assert "scheme_review" in applying(project)


def test_websites_are_numbered_by_the_year(office: Office) -> None:
    codes = []
    for name in ("官网", "商城"):
        record = office.submit(OneRole)
        do(record, OpensProject("web", {"name": name}))
        codes.append(db.session.scalars(sa.select(Project.code).where(Project.record_id == record.id)).one())
    assert codes == ["2026-001", "2026-002"]


@pytest.mark.requirement("R32")
@pytest.mark.requirement("R33")
def test_the_kind_of_a_permit_decides_what_applies(context: Any) -> None:
    every = {one.key for one in kinds.PERMIT.stages}
    assert applying(permit(ROAD)) == every - {"scheme_review", "air_defence", "seismic"}
    assert applying(permit({"project_kind": "other_municipal"})) == every - {
        "scheme_review", "air_defence", "seismic", "site_opinion",
    }  # fmt: skip
    assert applying(permit(HOUSES)) == every - {"site_opinion"}


def test_on_site_air_defence_waits_for_the_project_approval_too(context: Any) -> None:
    assert stood(permit(HOUSES), "air_defence").after == ["scheme_review", "approval"]
    off_site = permit({**HOUSES, "air_defence_kind": "off_site"})
    assert stood(off_site, "air_defence").after == ["scheme_review"]


def test_a_change_of_kind_decides_anew_and_keeps_what_was_done(office: Office, record: Record) -> None:
    project = permit(HOUSES)
    do(record, SetsStage(project.id, "scheme_review", {"state": kinds.PASSED, "paper_no": "审〔2026〕1号"}))
    by = office.actor("planning_manager")
    values = {"applies": False, "after": [], "starts_on": None, "planned_on": None, "owner_id": None}
    projects.adjust(project.id, "environment", values, "豁免", by=by, now=NOW)
    do(record, ChangesProject(project.id, {}, ROAD))
    assert "scheme_review" not in applying(project)
    assert (stood(project, "scheme_review").state, stood(project, "scheme_review").paper_no) == (
        "passed", "审〔2026〕1号",
    )  # fmt: skip
    assert "site_opinion" in applying(project)
    assert "environment" not in applying(project)  # adjusted by hand
    do(record, ChangesProject(project.id, {}, HOUSES))
    assert "scheme_review" in applying(project)


def test_a_stage_waits_until_all_before_it_have_passed(record: Record) -> None:
    project = permit(HOUSES)
    found = books.stage(project.id, "approval")
    assert found is not None
    assert [one.key for one in found.waits_for] == ["report", "conditions"]
    assert not found.ready
    for key in ("report", "conditions"):
        do(record, SetsStage(project.id, key, {"state": kinds.PASSED, "passed_on": DAY}))
    found = books.stage(project.id, "approval")
    assert found is not None
    assert found.waits_for == ()
    assert found.ready


def test_what_does_not_apply_is_not_waited_for(record: Record) -> None:
    project = permit(ROAD)
    for key in ("land", "land_permit", "environment"):
        do(record, SetsStage(project.id, key, {"state": kinds.PASSED}))
    found = books.stage(project.id, "project_permit")
    assert found is not None
    assert found.waits_for == ()


def test_a_record_that_is_given_up_gives_its_stage_back(office: Office) -> None:
    project, first, second = permit(HOUSES), office.submit(OneRole), office.submit(OneRole)
    do(first, SetsStage(project.id, "land", {"state": kinds.PASSED, "passed_on": DAY, "paper_no": "1"}))
    do(second, SetsStage(project.id, "land", {"state": kinds.REFUSED, "paper_no": ""}))
    assert stood(project, "land").state == "refused"
    route.finish(second, "voided", by=second.applicant_id, now=NOW)
    row = stood(project, "land")
    assert (row.state, row.passed_on, row.paper_no, row.record_id) == ("passed", DAY, "1", first.id)
    route.finish(first, "refused", by=first.applicant_id, now=NOW)
    row = stood(project, "land")
    assert (row.state, row.passed_on, row.paper_no, row.record_id) == ("open", None, "", None)


def test_a_finished_record_keeps_its_stage(office: Office, record: Record) -> None:
    project = permit(HOUSES)
    do(record, SetsStage(project.id, "land", {"state": kinds.PASSED}))
    for login in ("quality_manager", "general_manager"):
        office.sign(record, login)
    assert record.state == "finished"
    assert stood(project, "land").state == "passed"


def test_a_plan_alone_does_not_take_a_stage_over(record: Record) -> None:
    project = permit(HOUSES)
    do(record, SetsStage(project.id, "land", {"planned_on": DAY}))
    assert stood(project, "land").record_id is None
    route.finish(record, "voided", by=record.applicant_id, now=NOW)
    assert stood(project, "land").planned_on == DAY


def test_an_adjustment_says_why_and_is_told(office: Office) -> None:
    project, by = permit(HOUSES), office.actor("planning_manager")
    values = {"applies": True, "after": ["land"], "starts_on": None, "planned_on": DAY, "owner_id": by.id}
    for reason in ("", "  "):
        with pytest.raises(ReasonMissing):
            projects.adjust(project.id, "environment", values, reason, by=by, now=NOW)
    projects.adjust(project.id, "environment", values, "环保局要求", by=by, now=NOW)
    row = stood(project, "environment")
    assert (row.after, row.planned_on, row.owner_id, row.adjusted) == (["land"], DAY, by.id, True)
    event = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "stage_adjusted")).one()
    assert (event.facts["reason"], event.person_id) == ("环保局要求", by.id)


@pytest.mark.parametrize(("key", "after"), [("land", ["land"]), ("conditions", ["approval"])])
def test_no_stage_waits_for_itself(office: Office, key: str, after: list[str]) -> None:
    project, by = permit(HOUSES), office.actor("planning_manager")
    values = {"applies": True, "after": after, "starts_on": None, "planned_on": None, "owner_id": None}
    with pytest.raises(Refusal):
        projects.adjust(project.id, key, values, "试", by=by, now=NOW)
    assert stood(project, key).adjusted is False


def test_what_has_passed_is_not_left_out(office: Office, record: Record) -> None:
    project, by = permit(HOUSES), office.actor("planning_manager")
    do(record, SetsStage(project.id, "land", {"state": kinds.PASSED}))
    values = {"applies": False, "after": [], "starts_on": None, "planned_on": None, "owner_id": None}
    with pytest.raises(Refusal):
        projects.adjust(project.id, "land", values, "试", by=by, now=NOW)


def test_a_stage_that_the_kind_has_not_is_refused(record: Record) -> None:
    project = permit(HOUSES)
    with pytest.raises(Refusal):
        do(record, SetsStage(project.id, "concealed", {"state": kinds.PASSED}))
