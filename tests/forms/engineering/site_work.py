"""A construction site at work: its people submit and sign real forms, day by day."""

from __future__ import annotations

from datetime import datetime, timedelta
from itertools import count
from random import Random
from typing import Any

import sqlalchemy as sa

from portal.demo import carried_over, rows
from portal.demo.stories import STORIES
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.kinds import Ref
from portal.models import Customer, Draft, Notice, Project, ProjectStage, Record, StoredFile, Task
from portal.queries import history, projects, settlement
from portal.services import records, route, tasks
from tests.services.office import NOW, Office

TEAM = ("foreman", "site_supervisor", "designer", "engineering_manager")
_serial = count(1)


class Site(Office):
    """A works project whose stage may be worked on, with its team and its customer."""

    def __init__(self, stage: str, **facts: Any) -> None:
        self.now = NOW
        customer = db.session.scalars(sa.select(Customer).order_by(Customer.id)).first()
        assert customer is not None
        self.customer = Ref(customer.id, customer.label)
        self.row: Project = rows.add(
            "project",
            name="滨江花园",
            kind="works",
            customer_id=customer.id,
            people={role: self.id(role) for role in TEAM},
            facts={**carried_over.FACTS["works"], "contract_price": "100000.00", **facts},
        )
        carried_over.pass_until(self.row, stage, self.now.date())
        self.named = Ref(self.row.id, self.row.label)

    def later(self, **time: int) -> None:
        """Some time goes by."""
        self.now += timedelta(**time)

    def file(self, kind: str = "image/jpeg") -> dict[str, Any]:
        """An uploaded file."""
        number = next(_serial)
        file = StoredFile(
            sha256=f"{number:064d}",
            name=f"{number}.jpg",
            type=kind,
            size=1,
            uploaded_at=self.now,
            uploaded_by_id=self.id("foreman"),
        )
        db.session.add(file)
        db.session.flush()
        return file.reference()

    def fill(self, form: type[CompanyForm], login: str, corrects: int | None = None, **answers: Any) -> Any:
        """The form as this person fills it in now."""
        context = {"@now": self.now, "@corrects": corrects}
        return form(answers=answers, context=context, person=self.actor(login).person)

    def file_in(
        self, form: type[CompanyForm], login: str = "foreman", corrects: Record | None = None, **answers: Any
    ) -> Record:
        """The record that comes of it."""
        sheet = self.fill(form, login, corrects.id if corrects else None, **answers)
        assert sheet.validate(), sheet.errors
        key = f"site-{next(_serial)}"
        draft = None
        if corrects is not None:
            draft = Draft(
                key=key,
                form_code=form.code,
                person_id=self.id(login),
                corrects_id=corrects.id,
                answers={},
                typed=[],
                updated_at=self.now,
            )
            db.session.add(draft)
            db.session.flush()
        return records.submit(sheet, self.actor(login), key=key, now=self.now, draft=draft)

    def accept(self, form: type[CompanyForm], verdict: str = "pass", **other: Any) -> Record:
        """An acceptance from its appointment to the supervisor's verdict."""
        opening = self.acceptance(form, **other)
        record = self.file_in(form, **opening)
        self.judge(record, verdict)
        return record

    def acceptance(self, form: type[CompanyForm], **other: Any) -> dict[str, Any]:
        """What the foreman fills in."""
        told = STORIES[form.code].opening(_Told(self))
        return {**told, "project": self.named, "acceptance_at": self.now, **other}

    def judge(self, record: Record, verdict: str) -> None:
        """The supervisor's verdict."""
        found: dict[str, Any] = {"verdict": verdict}
        if verdict != "pass":
            found |= {
                "problem_found": "空鼓",
                "on_spot_opinion": "返工",
                "responsible_person": self.ref("foreman"),
                "rectify_by": self.now + timedelta(days=2),
            }
        self.sign(record, "site_supervisor", found)

    def customer_signs(self, record: Record) -> None:
        """The customer signs on the foreman's device."""
        self.sign(record, "foreman", {"customer_signature": self.file("image/png")})

    def turn(self, record: Record, login: str) -> Task:
        """The turn of the sign-off that the person may take; drafts that wait for them are none."""
        by = self.actor(login)
        open_ = (task for task in history.open_tasks(record) if task.kind == "sign")
        return next(task for task in open_ if tasks.authority_for(task, by) is not None)

    def stage(self, key: str) -> ProjectStage:
        """A stage of the project."""
        query = sa.select(ProjectStage).where(ProjectStage.project_id == self.row.id, ProjectStage.key == key)
        return db.session.scalars(query).one()

    def left(self, record: Record) -> dict[str, Draft]:
        """The drafts that a record has left, by form."""
        found = db.session.scalars(sa.select(Draft).where(Draft.source_id == record.id).order_by(Draft.id))
        return {draft.form_code: draft for draft in found}

    def asked(self, record: Record) -> list[tuple[str, datetime | None]]:
        """What the effects of a record have left to do."""
        return [(task.title["zh"], task.due_at) for task in self.tasks_of(record, "ask")]

    def tasks_of(self, record: Record, kind: str) -> list[Task]:
        """The tasks of this kind that a record has made."""
        query = sa.select(Task).where(Task.record_id == record.id, Task.kind == kind).order_by(Task.id)
        return list(db.session.scalars(query))

    def told(self, record: Record) -> list[str]:
        """What was told of a record, once each."""
        query = sa.select(Notice).where(Notice.record_id == record.id, Notice.kind == "told")
        return list(dict.fromkeys(one.facts["text"]["zh"] for one in db.session.scalars(query)))

    @property
    def books(self) -> settlement.Settlement:
        """The settlement as the books have it."""
        return settlement.of(self.row)

    def known(self, record: Record) -> dict[str, Any]:
        """The record as its next stage sees it."""
        return route.known(record, now=self.now)


class _Told:
    """As much of a world as the stories of acceptances draw upon."""

    def __init__(self, site: Site) -> None:
        self.site, self.rng, self.now = site, Random(3), site.now
        self.today = site.now.date()

    def project(self, kind: str, stage: str = "") -> Ref:
        return self.site.named

    def project_facts(self, project: Ref) -> dict[str, Any]:
        found = projects.project(project.id)
        assert found is not None
        return found.facts

    def photo(self, name: str) -> dict[str, Any]:
        return self.site.file()
