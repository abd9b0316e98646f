"""OS-15: each acceptance is asked for before its planned day, kept by passing, missed without."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from flask import Flask
from projects import begun

from portal.extensions import db
from portal.forms.kinds import Ref
from portal.models import ProjectStage
from tests.forms.customer_service.shop import NOW, TODAY
from tests.forms.customer_service.test_customer_obligations import Duties, at

CONCEALED = TODAY + timedelta(days=3)


@pytest.fixture
def duties(context: Flask) -> Duties:
    found = Duties()
    found.since("OS-15", TODAY - timedelta(days=30))
    return found


@pytest.fixture
def site(duties: Duties) -> Ref:
    """A project whose concealed works are planned in three days."""
    foreman = duties.actor("foreman").id
    project = begun("works", "concealed", people={"foreman": foreman})
    plan(project, CONCEALED)
    return project


def stage(project: Ref) -> ProjectStage:
    return db.session.query(ProjectStage).filter_by(project_id=project.id, key="concealed").one()


def plan(project: Ref, on: date) -> None:
    stage(project).planned_on = on
    db.session.flush()


def test_the_foreman_is_asked_three_days_before(duties: Duties, site: Ref) -> None:
    assert duties.run("OS-15", NOW - timedelta(days=1)).total == 0
    duties.run("OS-15", NOW)
    task = duties.only("OS-15")
    assert duties.held(task) == {"foreman"}
    assert task.form_code == "EN-21"
    assert task.due_at is not None
    assert task.due_at.astimezone(at(TODAY).tzinfo).date() == CONCEALED
    assert duties.answers(task)["project"] == site


def test_it_is_kept_by_passing(duties: Duties, site: Ref) -> None:
    duties.run("OS-15", NOW)
    task = duties.only("OS-15")
    stage(site).state = "passed"
    db.session.flush()
    duties.run("OS-15", NOW + timedelta(hours=1))
    assert duties.state(task) == "done"


def test_a_new_schedule_calls_it_off(duties: Duties, site: Ref) -> None:
    duties.run("OS-15", NOW)
    task = duties.only("OS-15")
    plan(site, CONCEALED + timedelta(days=20))
    duties.run("OS-15", NOW + timedelta(hours=1))
    assert duties.state(task) == "cancelled"
    assert duties.waiting("OS-15") == []


def test_the_manager_hears_of_one_that_was_missed(duties: Duties, site: Ref) -> None:
    duties.run("OS-15", NOW)
    assert duties.told() == set()
    duties.run("OS-15", at(CONCEALED + timedelta(days=1)))
    assert duties.told() == {"engineering_manager"}
