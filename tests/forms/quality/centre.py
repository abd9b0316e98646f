"""The information centre at work: its forms filled in over HTTP with answers of a test's own."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.demo.stories import STORIES
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.definition import fields
from portal.forms.kinds import Ref, load
from portal.models import (
    Department,
    Draft,
    LedgerEntry,
    Notice,
    Person,
    Posting,
    PostingDepartment,
    Record,
    Task,
    TaskHolder,
)
from portal.queries.pick import record_label
from tests.walk import Walker, multi, pairs, problems


class Centre(Walker):
    """A walker who may say what a form is filled in with."""

    def post(self, code: str, login: str = "", **answers: Any) -> TestResponse:
        """Submits the form as its story tells, with these answers over it."""
        form = FORMS[code]
        login = login or self.opener(form)
        self._prepare(form)
        with self.app.app_context():
            told = {**STORIES[code].opening(self._world(login)), **answers}
            data = pairs(form(answers=told))
            db.session.commit()
        return self.browser(login).post(f"{self.address(form)}new", data=multi([("_op", "submit"), *data]))

    def filed(self, code: str, login: str = "", **answers: Any) -> str:
        """The number of the record that comes of it."""
        answer = self.post(code, login, **answers)
        assert answer.status_code == 303, problems(answer)
        return answer.headers["Location"].rsplit("/", 1)[-1]

    def refused(self, code: str, login: str = "", **answers: Any) -> str:
        """What the form complains about."""
        answer = self.post(code, login, **answers)
        assert answer.status_code == 422, answer.headers
        return problems(answer)

    def to_end(self, number: str) -> str:
        """Signs what is left of a record."""
        while self.sign(number):
            pass
        assert self.state(number) == "finished"
        return number

    def department(self, key: str) -> Ref:
        """A department as an answer."""
        with self.app.app_context():
            one = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
            return Ref(one.id, one.name)

    def person(self, login: str) -> Ref:
        """Somebody as an answer."""
        with self.app.app_context():
            one = db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()
            return Ref(one.id, one.label)

    def named(self, number: str) -> Ref:
        """A record as an answer."""
        with self.app.app_context():
            return Ref(self.record(number).id, record_label(self.record(number)))

    @staticmethod
    def record(number: str) -> Record:
        """The record, inside an application context."""
        return db.session.scalars(sa.select(Record).where(Record.number == number)).one()

    def lines(self, ledger: str, number: str) -> list[dict[str, Any]]:
        """What the record has entered in a ledger."""
        with self.app.app_context():
            query = sa.select(LedgerEntry.facts).where(
                LedgerEntry.ledger == ledger, LedgerEntry.record_id == self.record(number).id
            )
            return list(db.session.scalars(query.order_by(LedgerEntry.id)))

    def drafts(self, number: str, code: str) -> list[dict[str, Any]]:
        """The typed answers of the drafts that the record has left."""
        with self.app.app_context():
            query = sa.select(Draft).where(Draft.source_id == self.record(number).id, Draft.form_code == code)
            defined = fields(FORMS[code]()) if code in FORMS else []
            return [load(defined, draft.answers) for draft in db.session.scalars(query)]

    def asked(self, number: str) -> list[tuple[str, str]]:
        """The things to do that the record asks for: what, and the key of who does it."""
        with self.app.app_context():
            query = (
                sa.select(Task.title, TaskHolder.key)
                .join(TaskHolder)
                .where(Task.record_id == self.record(number).id, Task.kind == "ask")
                .order_by(Task.id)
            )
            return [(title["zh"], key) for title, key in db.session.execute(query)]

    def waiting(self, number: str) -> list[str]:
        """The keys of those whose turn it is."""
        with self.app.app_context():
            query = (
                sa.select(TaskHolder.key)
                .join(Task)
                .where(*(Task.record_id == self.record(number).id, Task.kind == "sign", Task.state == "open"))
                .order_by(Task.slot)
            )
            return list(db.session.scalars(query))

    def told(self, login: str, kind: str = "told") -> list[str]:
        """The notices of a kind that somebody has got."""
        with self.app.app_context():
            query = sa.select(Notice.facts).join(Person, Person.id == Notice.person_id)
            found = db.session.scalars(query.where(Person.login == login, Notice.kind == kind))
            return [facts["text"]["zh"] for facts in found]

    def shown_to(self, number: str) -> set[int]:
        """The departments that a posting is for; none for everybody."""
        with self.app.app_context():
            id = self.record(number).id
            return set(
                db.session.scalars(
                    sa.select(PostingDepartment.department_id).where(PostingDepartment.record_id == id)
                )
            )

    @contextmanager
    def posting(self, number: str) -> Iterator[Posting]:
        """The posting, to be looked at or changed."""
        with self.app.app_context(), transaction():
            yield db.session.get_one(Posting, self.record(number).id)
