"""Walks records through the portal's public door: fills forms over HTTP as their stories tell, signs as those whose turn it is."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from random import Random

import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.demo.staff import HEADS
from portal.demo.stories import STORIES
from portal.demo.world import DemoWorld
from portal.domain import projects as kinds
from portal.domain.demo import DEMO_PASSWORD
from portal.domain.permissions import person_key
from portal.extensions import db
from portal.forms.base import CompanyForm, Sheet
from portal.forms.catalogue import FORMS
from portal.forms.fields import Rows
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Reference
from portal.jobs import prints
from portal.lib.clock import now
from portal.models import Person, Record, StoredFile, Task
from portal.queries import history
from portal.queries.pick import record_label
from portal.services import route, tasks
from portal.storage import files

DRAWING = "data:image/png;base64,iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJggg=="


def pairs(sheet: Sheet) -> list[tuple[str, str]]:
    """A filled sheet as a browser would post it."""
    found: list[tuple[str, str]] = []
    for field in sheet:
        if isinstance(field, Rows):
            found += [pair for row in field.rows for pair in pairs(row)]
        elif field.computed or field.blank:
            continue
        elif isinstance(field, Attachments):
            files = field.data if isinstance(field.data, list) else [field.data]
            found += [(field.name, str(file["id"])) for file in files]
        elif isinstance(field, Reference) and isinstance(field.data, Ref):
            found.append((field.name, field.data.text))
        elif field.kind == "multi_choice":
            found += [(field.name, value) for value in field.data]
        elif field.kind in ("choice", "checklist_item"):
            found.append((field.name, field.data))
        else:
            found.append((field.name, field._value()))
    return found


class Walker:
    """The people of the small company, each with a signed-in browser when first needed."""

    def __init__(self, app: Flask, seed: int = 1) -> None:
        self.app, self.rng = app, Random(seed)
        self.browsers: dict[str, FlaskClient] = {}
        self.hints: dict[str, Ref] = {}
        self.ordered: Ref | None = None

    def browser(self, login: str) -> FlaskClient:
        """The signed-in browser of a person."""
        if login not in self.browsers:
            client = self.app.test_client()
            answer = client.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD})
            assert answer.status_code == 303, answer.text
            self.browsers[login] = client
        return self.browsers[login]

    def opener(self, form: type[CompanyForm]) -> str:
        """The login of somebody who may start the form."""
        return HEADS["customer_service"] if form.opened_by == ("department_head",) else form.opened_by[0]

    def open(self, code: str) -> str:
        """Fills the form as its story tells and submits it; gives the record's number."""
        form = FORMS[code]
        login = self.opener(form)
        if code == "PU-04" and self.hints.get("PU-03") == self.ordered:
            self.hints.pop("PU-03", None)  # what that requisition found short is ordered already
        self._prepare(form)
        with self.app.app_context():
            data = pairs(form(answers=STORIES[code].opening(self._world(login))))
            db.session.commit()
        answer = self.browser(login).post(self.address(form) + "new", data=multi([("_op", "submit"), *data]))
        assert answer.status_code == 303, problems(answer)
        if code == "PU-04":
            self.ordered = self.hints["PU-03"]
        return answer.headers["Location"].rsplit("/", 1)[-1]

    def requisition(self) -> str:
        """The number of a requisition by which anything may be ordered, short or not."""
        number = self.open("PU-03")
        while self.sign(number, stock_meets_demand="no", buy_reason="按供方最小起订量采购"):
            pass
        return number

    def sign(self, number: str, *, outside: bool = True, **other: str) -> bool:
        """Takes the record's next open turn as its story tells; False when none is left (but outside ones).

        `other` answers go over the story's.
        """
        form, stage = self._stage(number, outside=outside)
        if stage is not None:
            self._remember(number)
            self._prepare(stage)
        with self.app.app_context():
            record, task = self._turn(number, outside=outside)
            if task is None:
                return False
            login = self._signer(task)
            fields: list[tuple[str, str]] = []
            if stage is not None:
                known = route.known(record, now=datetime.now(UTC))
                told = STORIES[form.code].stages[task.step](self._world(login), known)
                fields = pairs(stage(answers=told, context=known))
                fields = [pair for pair in fields if pair[0] not in other] + list(other.items())
            seen = history.shown_hash(history.content(record), history.signatures(record))
            outside = [("_outside_name", "钱外宾"), ("_hand-drawn", DRAWING)] if task.outside else []
            controls = [
                ("_task", str(task.id)),
                ("_seen", seen),
                ("_op", "sign"),
                ("_opinion", "同意"),
                ("_password", DEMO_PASSWORD),
                *outside,
            ]
            db.session.commit()
        answer = self.browser(login).post(
            f"{self.address(form)}{number}/signatures", data=multi([*controls, *fields])
        )
        assert answer.status_code == 303, problems(answer)
        return True

    def refuse(self, number: str, reason: str = "请再核对") -> None:
        """Whose turn it is refuses the record."""
        with self.app.app_context():
            record, task = self._turn(number)
            assert task is not None
            login, address = self._signer(task), self.address(FORMS[record.form_code])
            seen = history.shown_hash(history.content(record), history.signatures(record))
            data = {"_task": str(task.id), "_seen": seen, "_op": "refuse", "_opinion": reason}
            db.session.commit()
        answer = self.browser(login).post(
            f"{address}{number}/signatures", data={**data, "_password": DEMO_PASSWORD}
        )
        assert answer.status_code == 303, problems(answer)

    def walk(self, code: str) -> str:
        """Fills in a form and signs it to its end."""
        number = self.open(code)
        for _turn in range(30):
            if not self.sign(number):
                return number
        raise AssertionError(f"{number} does not come to an end")

    def printed(self, number: str) -> bytes:
        """The original of a finished record, made as the job makes it."""
        with self.app.app_context():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            keep = prints.make({"record": record.id}, now())
            if keep is not None:
                with transaction():
                    keep()
            db.session.refresh(record)
            assert record.pdf_id is not None
            data = files.get(db.session.get_one(StoredFile, record.pdf_id).sha256)
            db.session.remove()
        return data

    @staticmethod
    def address(form: type[CompanyForm]) -> str:
        """The register's path."""
        return f"/{form.department_key.replace('_', '-')}/{form.slug}/"

    def state(self, number: str) -> str:
        """The record's state."""
        with self.app.app_context():
            return db.session.scalars(sa.select(Record.state).where(Record.number == number)).one()

    def step(self, number: str) -> str:
        """The step that the record waits at; nothing when it is over."""
        with self.app.app_context():
            return db.session.scalars(sa.select(Record.step).where(Record.number == number)).one()

    def _world(self, login: str) -> DemoWorld:
        world = DemoWorld(self.rng, datetime.now(UTC))
        person = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
        world.sees(person)
        world.hints = dict(self.hints)
        for kind, ref in self.hints.items():  # whoever must name a record has got a copy of it
            if kind != "project":
                tasks.let_read(db.session.get_one(Record, ref.id), [person_key(person.id)])
        return world

    def _prepare(self, sheet: type[Sheet]) -> None:
        """Sees to it that the records which the sheet must name exist, all of the permit project that it is about."""
        self._choose_project(sheet)
        opened = []
        for code in self._missing(sheet):
            opened.append(self.open(code))
            self._remember(opened[-1])
            for number in reversed(opened):  # an earlier one may have waited for this one
                while not self._blocked(number) and self.sign(number):
                    pass

    def _choose_project(self, sheet: type[Sheet]) -> None:
        """The papers of a permit project belong together: the first form asked for says how far the project must be."""
        code = getattr(sheet, "code", "")
        stages = [stage.key for stage in kinds.PERMIT.stages if code in stage.forms]
        if stages and "project" not in self.hints:
            with self.app.app_context():
                self.hints["project"] = self._world(self.opener(FORMS[code])).project("permit", stages[0])
                db.session.commit()

    def _missing(self, sheet: type[Sheet]) -> list[str]:
        """Forms of which the sheet must name a record, where there is none yet."""
        with self.app.app_context():
            asked = list(sheet())
            tables = [field for field in asked if isinstance(field, Rows) and field.required]
            asked += [column for table in tables for column in table.row() if not column.computed]
            links = [field for field in asked if field.kind == "record_link" and field.required]
        served = [[target for target in field.targets if target in FORMS] for field in links]
        return list(dict.fromkeys(codes[0] for codes in served if codes and not self.hints.keys() & codes))

    def _blocked(self, number: str) -> bool:
        """Whether the next turn needs a record that is only now being made."""
        _form, stage = self._stage(number)
        return stage is not None and bool(self._missing(stage))

    def _stage(self, number: str, *, outside: bool = True) -> tuple[type[CompanyForm], type[Sheet] | None]:
        """The record's form, and the stage of its next turn."""
        with self.app.app_context():
            record, task = self._turn(number, outside=outside)
            form = FORMS[record.form_code]
            return form, form.signoff.step(task.step).fills if task else None

    def _remember(self, number: str) -> None:
        with self.app.app_context():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            self.hints[record.form_code] = Ref(record.id, record_label(record))

    def _turn(self, number: str, *, outside: bool = True) -> tuple[Record, Task | None]:
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        waiting = (
            one
            for one in history.open_tasks(record)
            if one.state == "open" and one.kind == "sign" and (outside or not one.outside)
        )
        return record, next(waiting, None)

    def _signer(self, task: Task) -> str:
        keys = [holder.key for holder in task.holders]
        able = tasks.able(keys, [one.person_id for one in task.exclusions], datetime.now(UTC))
        return db.session.get_one(Person, min(able)).login


def multi(fields: list[tuple[str, str]]) -> dict[str, list[str]]:
    """Pairs as the test client takes them."""
    found: dict[str, list[str]] = {}
    for name, value in fields:
        found.setdefault(name, []).append(value)
    return found


def problems(answer: TestResponse) -> str:
    """What a page complains about."""
    found = re.findall(r'class="(?:field-error|note note-error)"[^>]*>(.*?)</p>', answer.text, re.S)
    found += re.findall(r'<div class="error-summary".*?</div>', answer.text, re.S)
    return f"{answer.status_code} " + " | ".join(re.sub(r"<[^>]+>|\s+", " ", one).strip() for one in found)
