"""A site from its task order to the start: what each paper leaves for the next, and what the start waits for."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
from flask import Flask

from portal.demo import carried_over
from portal.extensions import db
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.models import Draft, Person, Project, Record, RecordSubject, Task
from portal.queries import projects, receivables, service, settlement
from tests.walk import Walker, problems


@pytest.fixture
def walker(app: Flask) -> Walker:
    """People who fill in and sign."""
    return Walker(app)


def finish(walker: Walker, number: str, **answers: str) -> None:
    """Signs the record to its end."""
    while walker.sign(number, **answers):
        pass
    assert walker.state(number) == "finished"


def opened_by(walker: Walker, number: str) -> Project:
    """The project of a task order."""
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        found = db.session.scalars(sa.select(Project).where(Project.record_id == record.id)).one()
        db.session.expunge(found)
        return found


def about(walker: Walker, project: Project, code: str) -> str:
    """A record of the form about this very project."""
    walker.hints["project"] = Ref(project.id, project.label)
    try:
        return walker.open(code)
    finally:
        del walker.hints["project"]


class Site(Walker):
    """A walker who stays with one project."""

    def _world(self, login: str):  # type: ignore[no-untyped-def]
        project = self.hints.pop("project", None)
        world = super()._world(login)
        if project is not None:
            self.hints["project"] = project
            world.hints["project"] = project
        return world


@pytest.mark.requirement("R31")
def test_a_site_comes_from_its_order_to_its_start(app: Flask) -> None:
    walker = Site(app)
    order = walker.open("EN-01")
    project = opened_by(walker, order)
    assert (project.kind, project.state) == ("works", "preparing")
    with app.app_context():
        assert settlement.contract_of(project.id) is not None  # what is paid for the site is paid on it
    finish(walker, order, documents_ok="yes")
    with app.app_context():
        tasks = sa.select(Task.form_code).join(Draft, Draft.id == Task.draft_id).where(Task.state == "open")
        left = set(db.session.scalars(tasks))
        assert {"EN-05", "EN-18"} <= left
    finish(walker, about(walker, project, "EN-05"))
    finish(walker, about(walker, project, "EN-18"))
    with app.app_context():
        row = db.session.get_one(Project, project.id)
        stages = {one.row.key: one for one in projects.stages(row)}
        assert stages["schedule"].passed
        assert stages["briefing"].passed
        assert stages["start"].ready
        planned = [
            one.row.planned_on for one in stages.values() if one.kind.key in ("material", "completion")
        ]
        assert all(planned)
    finish(walker, about(walker, project, "EN-12"))
    with app.app_context():
        row = db.session.get_one(Project, project.id)
        assert row.state == "running"
        assert projects.passed(row.id, "start")
        named = sa.select(sa.func.count()).where(
            RecordSubject.kind == "project", RecordSubject.row_id == row.id
        )
        assert (db.session.scalar(named) or 0) >= 3


def test_a_declined_order_gets_another_foreman(walker: Walker) -> None:
    order = walker.open("EN-01")
    walker.refuse(order, "手上已有三个工地")
    assert walker.state(order) == "returned"
    assert opened_by(walker, order).state == "preparing"


def test_an_extension_moves_the_project(walker: Walker) -> None:
    number = walker.walk("EN-10")
    with walker.app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        answers = record.contents[-1].answers
        project = db.session.get_one(Project, answers["project"]["id"])
        assert project.finishes_on is not None
        assert project.finishes_on.isoformat() == answers["new_finish"] == project.facts["agreed_finish"]


def test_page_and_print_show_the_schedule(walker: Walker) -> None:
    number = walker.walk("EN-05")
    browser = walker.browser("foreman")
    page = browser.get(f"/records/{number}", follow_redirects=True)
    assert 'class="gt"' in page.text
    assert "<h2>进度图</h2>" in page.text
    walker.printed(number)
    assert browser.get(f"/engineering/schedules/{number}.pdf").mimetype == "application/pdf"


@pytest.mark.requirement("R30")
def test_a_payment_of_the_site_settles_its_contract(app: Flask) -> None:
    walker = Site(app)
    order = walker.open("EN-01")
    project = opened_by(walker, order)
    finish(walker, order, documents_ok="yes")
    with app.app_context():
        contract = db.session.get_one(Record, settlement.contract_of(project.id)).number
        carried_over.pass_until(db.session.get_one(Project, project.id), "midterm", project.starts_on)
        db.session.commit()
    finish(walker, contract)
    walker.hints["project"] = Ref(project.id, project.label)
    accepted = walker.open("EN-23")
    finish(walker, accepted, verdict="pass")
    with app.app_context():
        draft = db.session.scalars(sa.select(Draft).where(Draft.form_code == "EN-27")).one()
        key, login = draft.key, db.session.get_one(Person, project.people["site_supervisor"]).login
    told = {"customer": project_customer(walker, project), "payment_kind": "mid_term_payment"}
    told |= {"project": project.label, "amount_due": "20000", "_key": key}
    told |= {
        "source_acceptance": accepted,
        "pay_by": str(day(datetime.now(UTC)) + timedelta(days=3)),
        "_op": "submit",
    }
    answer = walker.browser(login).post("/engineering/payment-reminders/new", data=told)
    assert answer.status_code == 303, problems(answer)
    finish(walker, answer.headers["Location"].rsplit("/", 1)[-1])
    with app.app_context():
        row = db.session.get_one(Project, project.id)
        paid = [(one.amount, one.paid) for one in receivables.instalments(of=row.facts["contract_id"])]
        assert sum(amount for amount, _paid in paid) == settlement.of(row).payable
        assert sum(part for _amount, part in paid) == settlement.of(row).paid == 20_000


def project_customer(walker: Walker, project: Project) -> str:
    """The customer of a project, as pickers show it."""
    with walker.app.app_context():
        return service.customer_label(project.customer_id or 0)
