"""The obligations of the permits: planned procedures, and papers that come to their end."""

from __future__ import annotations

from typing import Any

import pytest
from flask import Flask

from portal.domain import projects as kinds
from portal.domain.effects import PostsEntry
from portal.extensions import db
from portal.forms.design import external_papers
from portal.forms.filed import Filed
from portal.models import Project, Record
from portal.services import ledgers
from tests.forms.customer_service.test_customer_obligations import at
from tests.forms.design.permit_office import NOW, OFFICER, TODAY, Office, days, paper, ref


@pytest.fixture
def office(context: Flask) -> Office:
    found = Office()
    for key in ("OS-20", "OS-07-P"):
        found.since(key, TODAY)
    return found


# OS-20


def test_a_procedure_is_asked_for_before_its_planned_day_with_its_form(office: Office) -> None:
    _tracker, project = office.opened(planned={"land": days(40), "report": days(200)})
    assert office.run("OS-20", at(days(19))).made == 0
    office.run("OS-20", at(days(20)))
    task = office.only("OS-20")
    assert (task.form_code, office.held(task)) == ("PL-02", {OFFICER})
    assert office.answers(task)["project"] == ref(project)
    assert office.run("OS-20", at(days(41))).missed == 1
    assert "planning_manager" in office.told()


def test_a_procedure_that_has_passed_is_kept(office: Office) -> None:
    _tracker, project = office.opened(planned={"land": days(10)})
    office.run("OS-20", at(TODAY))
    task = office.only("OS-20")
    office.passed(project, "land")
    office.run("OS-20", at(days(1)))
    assert office.state(task) == "done"


def test_what_does_not_apply_any_more_is_called_off(office: Office) -> None:
    tracker, _project = office.opened(planned={"seismic": days(10)})
    office.run("OS-20", at(TODAY))
    task = office.only("OS-20")
    office.change(tracker, new_project_kind="other_municipal")
    office.run("OS-20", at(days(1)))
    assert office.state(task) == "cancelled"


# OS-07 for permits


def registered(office: Office, project: Project, holds: int) -> Record:
    """A land permit in the ledger that holds for so many days."""
    answers = {"project": ref(project)}
    record = office.record("PL-17", answers, NOW, OFFICER)
    told: dict[str, Any] = {**answers, **paper("land_permit", holds=holds)}
    told["land_permit_no"] = f"地字第{record.id}号"
    filed = Filed(record.id, record.number, "PL-17", told, 1, 1, 1, {}, NOW)
    for effect in external_papers.registered(filed, "land_permit", "建设工程用地规划许可证"):
        assert isinstance(effect, PostsEntry)
        ledgers.post(effect, record, by=record.applicant_id, now=NOW)
    db.session.flush()
    return record


def test_a_paper_is_renewed_sixty_days_before_it_ends(office: Office) -> None:
    _tracker, project = office.opened()
    registered(office, project, 100)
    assert office.run("OS-07-P", at(days(39))).made == 0
    office.run("OS-07-P", at(days(40)))
    task = office.only("OS-07-P")
    assert (task.form_code, office.held(task)) == ("PL-17", {OFFICER})
    assert office.answers(task)["project"] == ref(project)
    registered(office, project, 400)
    office.run("OS-07-P", at(days(41)))
    assert office.state(task) == "done"


def test_a_paper_that_has_ended_is_told(office: Office) -> None:
    _tracker, project = office.opened()
    registered(office, project, 30)
    office.run("OS-07-P", at(TODAY))
    assert office.run("OS-07-P", at(days(31))).missed == 1
    assert "planning_manager" in office.told()


@pytest.mark.parametrize("state", kinds.OVER)
def test_papers_of_projects_that_are_over_are_left_alone(office: Office, state: str) -> None:
    _tracker, project = office.opened()
    registered(office, project, 30)
    project.state = state
    assert office.run("OS-07-P", at(TODAY)).made == 0


def test_a_paper_of_a_procedure_that_applies_no_more_is_left_alone(office: Office) -> None:
    """Its form would not be taken any more, so nobody is asked to fill it in."""
    _tracker, project = office.opened()
    registered(office, project, 30)
    row = office.stages(project)["land_permit"].row
    row.applies = False
    assert office.run("OS-07-P", at(TODAY)).made == 0
    row.applies = True
    assert office.run("OS-07-P", at(TODAY)).made == 1


def test_a_paper_without_end_is_never_asked_for(office: Office) -> None:
    _tracker, project = office.opened()
    registered(office, project, 0)
    assert office.run("OS-07-P", at(days(100))).made == 0
