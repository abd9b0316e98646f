"""DS-18: one sheet for a project, each role its own part, lines that come by themselves."""

from __future__ import annotations

from typing import Any

import pytest

from portal.demo.stories.websites import STORIES
from portal.forms.catalogue import FORMS
from portal.forms.design.work_record import WorkRecord
from portal.forms.kinds import Ref
from portal.models import Record
from portal.queries import history
from portal.services import entries, route
from portal.services.signatures import Hand
from tests.forms.customer_service.shop import TODAY, days, wrong
from tests.forms.design.studio import Studio

LINE = {"phase": "设计阶段", "actual": TODAY, "work": "首页设计稿"}


@pytest.fixture
def project(studio: Studio) -> Ref:
    """A website that has begun."""
    return studio.opened()


def sheet(studio: Studio, project: Ref) -> Record:
    return studio.submit("DS-18", "designer", project=project, started_on=TODAY)


def begins_with(studio: Studio, record: Record) -> list[dict[str, Any]]:
    """The rows with which the page of the next turn begins."""
    fills: Any = FORMS["DS-18"].signoff.step(record.step).fills
    page = fills(context=route.known(record, now=studio.now))
    return list(page[fills.table].data)


def note(studio: Studio, record: Record, login: str, key: str, **answers: Any) -> None:
    """Somebody notes their work beside the route."""
    entry = WorkRecord.signoff.entry(key)
    stage = entry.fills(answers=answers, context=route.known(record, now=studio.now))
    assert stage.validate(), stage.errors
    seen = history.shown_hash(history.content(record), history.signatures(record))
    entries.enter(record.id, key, studio.actor(login), Hand(seen), stage, now=studio.now)


@pytest.mark.requirement("R52")
def test_its_number_and_its_people_are_the_projects(studio: Studio, project: Ref) -> None:
    answers = {"project": project, "started_on": TODAY, "record_no": "2011-999"}
    found = studio.sheet("DS-18", "designer", **answers)
    assert found.record_no.data == "2026-001"
    assert found.first_responsible.data == studio.person("designer")
    assert [(row["role"], row["person"]) for row in found.roles.data] == [
        ("designer", studio.person("designer")),
        ("programmer", studio.person("programmer")),
        ("project_manager", studio.person("project_manager")),
        ("department_manager", studio.person("design_manager")),
    ]


def test_a_project_has_one_sheet(studio: Studio, project: Ref) -> None:
    first = sheet(studio, project)
    again = {"project": project, "started_on": TODAY}
    assert wrong(studio.sheet("DS-18", "designer", **again)) == {"project"}
    assert not wrong(studio.sheet("DS-18", "designer", corrects=first, **again))


def test_it_begins_with_the_project_or_later(studio: Studio, project: Ref) -> None:
    early = {"project": project, "started_on": days(-1)}
    assert wrong(studio.sheet("DS-18", "designer", **early)) == {"started_on"}


@pytest.mark.requirement("R52")
def test_each_role_signs_its_own_part_and_all_parts_are_demanded(studio: Studio, project: Ref) -> None:
    record = sheet(studio, project)
    studio.delivered(project)
    parts = {
        "designer": "design_entries",
        "programmer": "program_entries",
        "project_manager": "manager_entries",
    }
    for login, table in parts.items():
        assert studio.signers(record) == {login}
        assert wrong(studio.stage(record, **{table: []})) == {table}
        studio.sign(record, **{table: [LINE]})
    assert studio.signers(record) == {"design_manager"}
    studio.sign(record)
    assert record.state == "finished"


@pytest.mark.requirement("R52")
def test_it_stays_open_while_the_work_goes_on_and_nobody_is_late(studio: Studio, project: Ref) -> None:
    record = sheet(studio, project)
    assert record.due_at is None
    studio.planned(project)
    assert wrong(studio.stage(record, design_entries=[LINE])) == {"design_entries"}


@pytest.mark.requirement("R52")
def test_signed_forms_and_notes_bring_their_lines(studio: Studio, project: Ref) -> None:
    record = sheet(studio, project)
    note(studio, record, "designer", "design_note", phase="方案", actual=days(-2), work="与客户沟通两次")
    note(studio, record, "designer", "design_note", phase="方案", actual=days(-1), work="草图")
    studio.delivered(project)
    rows = begins_with(studio, record)
    assert [row["work"].partition("-2026")[0] for row in rows] == ["与客户沟通两次", "草图", "DS-02", "DS-07"]
    assert (rows[3]["planned"], rows[3]["actual"]) == (days(10), TODAY)
    studio.sign(record, design_entries=rows)
    rows = begins_with(studio, record)
    assert [row["work"][:5] for row in rows] == ["DS-08", "DS-11"]
    assert [row["planned"] for row in rows] == [days(20), days(30)]
    studio.sign(record, program_entries=rows)
    assert [row["work"][:5] for row in begins_with(studio, record)] == ["DS-14"]


@pytest.mark.requirement("R52")
def test_nobody_notes_work_in_the_part_of_another(studio: Studio, project: Ref) -> None:
    record = sheet(studio, project)
    allowed = {
        (login, entry.key)
        for login in ("designer", "programmer", "project_manager")
        for entry in WorkRecord.signoff.entries
        if entries.authority(record, entry.key, studio.actor(login))
    }
    assert allowed == {
        ("designer", "design_note"),
        ("programmer", "program_note"),
        ("project_manager", "manager_note"),
    }


@pytest.mark.parametrize("seed", range(20))
def test_its_story_reaches_the_end(tell: Any, seed: int) -> None:
    tell(WorkRecord, STORIES["DS-18"], seed)
