"""People at work on trial records: short words for the acts, and what can be seen of their effect."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime
from itertools import count
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.kinds import Ref
from portal.models import Department, Person, Project, Record, Signature, StoredFile, Substitution, Task
from portal.models.base import Base
from portal.queries import history
from portal.queries.actors import Actor, actor, people_with
from portal.services import corrections, records, route, signing, tasks
from portal.services.signatures import Hand

NOW = datetime(2026, 5, 12, 1, 30, tzinfo=UTC)  # a Tuesday morning
TODAY = date(2026, 5, 12)
_keys = count(1)


class Office:
    """Acts in the session at hand; nothing here commits."""

    now = NOW
    _drawing = 0

    def person(self, login: str) -> Person:
        """The person with this login."""
        return db.session.scalars(sa.select(Person).where(Person.login == login)).unique().one()

    def actor(self, login: str) -> Actor:
        """The person with today's rights."""
        return actor(self.person(login), TODAY)

    def id(self, login: str) -> int:
        """The person's id."""
        return self.person(login).id

    def ref(self, login: str) -> Ref:
        """The person as an answer."""
        person = self.person(login)
        return Ref(person.id, person.label)

    def department(self, key: str) -> Ref:
        """The department as an answer."""
        found = db.session.scalars(sa.select(Department).where(Department.key == key)).one()
        return Ref(found.id, found.name)

    def project(self, **people: str) -> Ref:
        """A new project with people in roles."""
        number = next(_keys)
        row = Project(
            code=f"TP{number}",
            name=f"Project {number}",
            people={key: self.id(login) for key, login in people.items()},
        )
        db.session.add(row)
        db.session.flush()
        return Ref(row.id, row.label)

    def drawing(self) -> int:
        """The id of a drawn signature, one for all."""
        if not self._drawing:
            facts = {"name": "signature.png", "type": "image/png", "size": 7}
            file = StoredFile(sha256=hashlib.sha256(b"drawing").hexdigest(), uploaded_at=NOW, **facts)
            db.session.add(file)
            db.session.flush()
            self._drawing = file.id
        return self._drawing

    def substitute(self, away: str, acting: str, *forms: str, ended: bool = False) -> Substitution:
        """Somebody acts for another today."""
        made = Substitution(
            person_id=self.id(away),
            substitute_id=self.id(acting),
            starts_on=TODAY,
            ends_on=TODAY,
            forms=list(forms),
            reason="leave",
            created_by_id=self.id(away),
            ended_at=NOW if ended else None,
        )
        db.session.add(made)
        db.session.flush()
        return made

    def submit(self, form: type[CompanyForm], login: str = "buyer", **answers: Any) -> Record:
        """A new record of a trial form."""
        by = self.actor(login)
        sheet = form(answers={"subject": "Trial", **answers}, person=by.person)
        return records.submit(sheet, by, key=f"trial-{next(_keys)}", now=self.now)

    def correct(self, record: Record, login: str = "buyer", **answers: Any) -> Record:
        """The record's next content version."""
        by = self.actor(login)
        known = {name: value for name, value in route.known(record).items() if not name.startswith("@")}
        form = route.form_of(record)
        names = {field.short_name for field in form()}
        given = {name: value for name, value in {**known, **answers}.items() if name in names}
        sheet = form(answers=given, person=by.person)
        return corrections.correct(
            record.id, sheet, by, reason="put right", seen=record.version, now=self.now
        )

    def seen(self, record: Record) -> str:
        """The hash of what the page shows now."""
        return history.shown_hash(history.content(record), history.signatures(record))

    def standing(self, record: Record) -> str:
        """Where the record stands, as a list shows it."""
        signed = history.signatures(record)
        return history.standing(record.version, signed[-1].id if signed else None)

    def hand(self, record: Record, **values: Any) -> Hand:
        """What comes with a signature."""
        return Hand(**{"seen": self.seen(record), "opinion": "because", **values})

    def turn(self, record: Record, login: str) -> Task:
        """The open task that the person may do; else any that they hold."""
        by = self.actor(login)
        held = [task for task in history.open_tasks(record) if tasks.authority_for(task, by) is not None]
        held.sort(key=lambda task: (task.state != "open", task.id))
        assert held, f"{login} holds no task of {record.number}"
        return held[0]

    def sign(
        self, record: Record, login: str, stage: dict[str, Any] | None = None, **values: Any
    ) -> Signature:
        """The person signs their turn."""
        task = self.turn(record, login)
        fills = route.form_of(record).signoff.step(task.step).fills
        sheet = fills(answers=stage, context=route.known(record)) if fills and stage is not None else None
        if task.outside:
            values = {
                "outside_name": "王五",
                "outside_way": "device",
                "drawn_id": self.drawing(),
                **values,
            }
        hand = self.hand(record, **values)
        return signing.sign(task.id, self.actor(login), hand, sheet, now=self.now)

    def send_back(self, record: Record, login: str, to: str = "applicant", **values: Any) -> Signature:
        """The person returns the record."""
        hand = self.hand(record, **values)
        task = self.turn(record, login)
        return signing.send_back(task.id, self.actor(login), hand, to, now=self.now)

    def refuse(self, record: Record, login: str, **values: Any) -> Signature:
        """The person refuses."""
        hand = self.hand(record, **values)
        return signing.refuse(self.turn(record, login).id, self.actor(login), hand, now=self.now)

    def waiting(self, record: Record) -> list[str]:
        """The tasks that are not over, as `kind step state`."""
        found = [(task.kind, task.step, task.state) for task in history.open_tasks(record)]
        return sorted(" ".join(part for part in one if part) for one in found)

    def able(self, record: Record) -> set[str]:
        """Logins of all who can take up an open task of the record by rights of their own."""
        found: set[str] = set()
        for task in history.open_tasks(record):
            barred = {one.person_id for one in task.exclusions}
            people = people_with((holder.key for holder in task.holders), TODAY) - barred
            if task.state == "open":
                found |= {db.session.get_one(Person, id).login for id in people}
        return found


def may_do(task: Task, by: Actor) -> bool:
    """Whether the engine would let this person do the task."""
    authority = tasks.authority_for(task, by)
    barred = {one.person_id for one in task.exclusions}
    return authority is not None and by.id not in barred and authority.lender not in barred


def everything() -> str:
    """A fingerprint of every row of every table, what is not flushed yet included."""
    db.session.flush()
    connection, digest = db.session.connection(), hashlib.sha256()
    for table in Base.metadata.sorted_tables:
        keys = ", ".join(f'"{column.name}"' for column in table.primary_key)
        rows = connection.exec_driver_sql(f"SELECT * FROM {table.name} ORDER BY {keys}")
        digest.update(repr([table.name, *map(tuple, rows)]).encode())
    return digest.hexdigest()
