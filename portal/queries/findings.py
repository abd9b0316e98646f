"""What auditors have found, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib.clock import midnight
from portal.models import AuditEvent, Person, Record
from portal.queries import became
from portal.queries.actors import Actor
from portal.queries.visible import visible_to

STREAM, KIND = "findings", "finding_noted"
KEY = AuditEvent.facts["key"].as_string()


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which findings are meant; empty fields do not narrow. Days are those of noting, both included."""

    state: str = ""
    grade: str = ""
    words: str = ""
    person_id: int | None = None
    since: date | None = None
    until: date | None = None


def page(wanted: Wanted, *, before: int | None = None, size: int = 100) -> list[Any]:
    """The findings that fit, newest first, from before an event's id: event, auditor, and what became of it."""
    query = _fitting(wanted)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    return list(db.session.execute(query.order_by(AuditEvent.id.desc()).limit(size)))


def counts() -> dict[str, int]:
    """How many there are by what became of them."""
    query, _stood = became.joined(sa.select(AuditEvent.id), KEY)
    every = query.where(AuditEvent.stream == STREAM, AuditEvent.kind == KIND).subquery()
    grouped = sa.select(every.c.stood, sa.func.count().label("many")).group_by(every.c.stood)
    return {row.stood: row.many for row in db.session.execute(grouped)}


def of_page(sent: str, person_id: int) -> AuditEvent | None:
    """The finding that this person has sent from the page with this key."""
    query = sa.select(AuditEvent).where(
        AuditEvent.stream == STREAM,
        AuditEvent.person_id == person_id,
        AuditEvent.facts["sent"].as_string() == sent,
    )
    return db.session.scalar(query.limit(1))


def event(id: int) -> AuditEvent | None:
    """The event of the trail with this id."""
    return db.session.get(AuditEvent, id)


def record(id: int, actor: Actor) -> Record:
    """The record with this id.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    found = db.session.scalar(visible_to(sa.select(Record).where(Record.id == id), actor))
    if found is None:
        raise NotFound
    return found


def _fitting(wanted: Wanted) -> Any:
    auditor = sa.select(AuditEvent, Person.name.label("auditor")).join(
        Person, Person.id == AuditEvent.person_id
    )
    query, stood = became.joined(auditor, KEY)
    query = query.where(AuditEvent.stream == STREAM, AuditEvent.kind == KIND)
    if wanted.state:
        query = query.where(stood == wanted.state)
    if wanted.grade:
        query = query.where(AuditEvent.facts["grade"].as_string() == wanted.grade)
    if wanted.person_id is not None:
        query = query.where(AuditEvent.person_id == wanted.person_id)
    if wanted.since is not None:
        query = query.where(AuditEvent.at >= midnight(wanted.since))
    if wanted.until is not None:
        query = query.where(AuditEvent.at < midnight(wanted.until + timedelta(days=1)))
    if wanted.words:
        said = (AuditEvent.facts[name].as_string() for name in ("about", "text", "clause"))
        query = query.where(sa.or_(*(one.contains(wanted.words, autoescape=True) for one in said)))
    return query
