"""DS-01: three owners accept; the designer is the first of them; then the website begins."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import sqlalchemy as sa
from werkzeug.datastructures import MultiDict

from portal.demo.stories.websites import STORIES
from portal.extensions import db
from portal.forms.design.project_owner_appointment import ProjectOwnerAppointment
from portal.forms.kinds import Ref
from portal.models import Record, Task
from portal.queries import visible
from tests.forms.customer_service.shop import SCHOOL, TODAY, days, wrong
from tests.forms.design.studio import Studio


@pytest.mark.requirement("R47")
def test_the_designer_is_the_first_responsible_whatever_is_typed(app_context: Any) -> None:
    answers = {"design_owner": Ref(4, "叶梓涵"), "first_responsible": Ref(5, "别人")}
    form = ProjectOwnerAppointment(answers=answers)
    form.validate()
    assert form.first_responsible.data == Ref(4, "叶梓涵")
    posted = ProjectOwnerAppointment(MultiDict({"first_responsible": "别人"}))
    posted.validate()
    assert posted.first_responsible.data is None


def test_all_three_accept_and_the_project_begins(studio: Studio) -> None:
    record = studio.appointed()
    assert record.state == "finished"
    project = studio.project(studio.drafted(record, "DS-03")["project"])
    assert (project.code, project.kind, project.name) == ("2026-001", "web", "湖州白茶商城")
    assert project.people == {
        "designer": studio.person("designer").id,
        "programmer": studio.person("programmer").id,
        "project_manager": studio.person("project_manager").id,
        "design_manager": studio.person("design_manager").id,
    }
    assert (project.starts_on, project.finishes_on) == (TODAY, days(60))
    assert project.facts["site_kind"] == "shop"
    named = Ref(project.id, project.label)
    assert studio.drafted(record, "DS-02")["project"] == named
    begun = studio.drafted(record, "DS-18")
    assert (begun["project"], begun["started_on"]) == (named, TODAY)


@pytest.mark.requirement("R52")
def test_projects_are_numbered_by_the_year(studio: Studio) -> None:
    studio.appointed()
    second = studio.appointed(project_name="莫干山文旅门户")
    assert studio.project(studio.drafted(second, "DS-03")["project"]).code == "2026-002"


def test_nothing_begins_before_the_last_has_accepted(studio: Studio) -> None:
    record = studio.submit("DS-01", "design_manager", **studio.appointment())
    studio.sign(record)
    studio.sign(record)
    assert record.state == "running"
    assert studio.drafts(record, "DS-03") == []


def test_who_declines_is_replaced(studio: Studio) -> None:
    record = studio.submit("DS-01", "design_manager", **studio.appointment())
    studio.refuse(record)
    assert record.state == "returned"
    studio.correct(record, "design_manager", design_owner=studio.person("designer_2"))
    for _owner in range(3):
        studio.sign(record)
    project = studio.project(studio.drafted(record, "DS-03")["project"])
    assert project.people["designer"] == studio.person("designer_2").id


def reappointed(studio: Studio, first: Record) -> Record:
    """The appointment corrected: another designer."""
    answers = studio.appointment(design_owner=studio.person("designer_2"))
    record = studio.submit("DS-01", "design_manager", corrects=first, **answers)
    for _owner in range(3):
        studio.sign(record)
    return record


def test_another_designer_takes_over_the_drafts_of_the_first(studio: Studio) -> None:
    first = studio.appointed()
    project = studio.project(studio.drafted(first, "DS-03")["project"])
    begun = project.starts_on
    studio.now += timedelta(days=3)
    record = reappointed(studio, first)
    assert project.people["designer"] == studio.person("designer_2").id
    assert (project.starts_on, project.record_id) == (begun, record.id)
    for code in ("DS-02", "DS-03", "DS-18"):
        assert studio.drafts(first, code) == []
        (draft,) = studio.drafts(record, code)
        task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
        assert (studio.held(task), task.record_id) == ({"designer_2"}, record.id)
    assert studio.drafted(record, "DS-18")["started_on"] == begun


def test_another_designer_is_left_no_draft_of_what_is_there(studio: Studio) -> None:
    first = studio.appointed()
    named = studio.drafted(first, "DS-03")["project"]
    sheets = {"DS-03": studio.topology(named), "DS-18": {"project": named, "started_on": TODAY}}
    for code, answers in sheets.items():
        studio.take_up(studio.drafts(first, code)[0], "designer", **answers)
    record = reappointed(studio, first)
    assert [code for code in ("DS-02", "DS-03", "DS-18") if studio.drafts(record, code)] == ["DS-02"]


def test_another_designer_reads_what_the_first_has_left(studio: Studio) -> None:
    first = studio.appointed()
    topology = studio.drawn(studio.drafted(first, "DS-03")["project"])
    assert visible.record(topology.number, studio.actor("designer_2")).id == topology.id


def test_what_comes_after_a_designer_who_has_left_goes_to_the_others(studio: Studio) -> None:
    project = studio.opened()
    studio.programmed(project)
    record = studio.submit("DS-11", "programmer", **studio.tested(project))
    studio.sign(record, content_lines=studio.content())
    studio.actor("designer").person.active = False
    db.session.flush()
    studio.sign(record, **studio.deployment())
    studio.sign(record)
    (draft,) = studio.drafts(record, "DS-19")
    task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
    assert studio.held(task) == {"designer"}
    assert [holder.key for holder in task.holders] == ["role:designer"]


@pytest.mark.parametrize("name", ["design_owner", "program_owner", "project_manager"])
def test_an_owner_does_this_work_in_the_company(studio: Studio, name: str) -> None:
    sheet = studio.sheet("DS-01", "design_manager", **studio.appointment(**{name: studio.person("cashier")}))
    assert wrong(sheet) == {name}


def test_a_finish_lies_ahead(studio: Studio) -> None:
    sheet = studio.sheet("DS-01", "design_manager", **studio.appointment(planned_finish=days(-1)))
    assert wrong(sheet) == {"planned_finish"}


def test_the_same_website_is_not_begun_twice(studio: Studio) -> None:
    first = studio.appointed()
    again = studio.appointment()
    assert wrong(studio.sheet("DS-01", "design_manager", **again)) == {"project_name"}
    others = {**again, "customer": studio.ref(studio.customer(SCHOOL))}
    assert not wrong(studio.sheet("DS-01", "design_manager", **others))
    assert not wrong(studio.sheet("DS-01", "design_manager", corrects=first, **again))


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, story_time: None, seed: int) -> None:
    told = tell(ProjectOwnerAppointment, STORIES["DS-01"], seed)
    assert told["first_responsible"] == told["design_owner"]
