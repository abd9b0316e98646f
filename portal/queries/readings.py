"""Who must read which revision, and who has."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.domain import documents as life
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import DocumentReading, DocumentRevision, Person, RoleGrant
from portal.queries import revisions, rights
from portal.queries.actors import Actor


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who must read a revision: when they have, and when they were reminded last."""

    id: int
    name: str
    department_id: int
    department: str
    read_at: datetime | None
    reminded_at: datetime | None


def is_meant(one: Any, person: Person) -> bool:
    """Whether the person must read it."""
    return one.reading != "none" and (not one.readers or person.department_id in one.readers)


def read_at(one: DocumentRevision, person_id: int) -> datetime | None:
    """When the person has read it."""
    found = db.session.get(DocumentReading, (one.id, person_id))
    return found.read_at if found is not None else None


def audience(one: DocumentRevision, today: date) -> list[Reader]:
    """Everybody who must read it, those who have not first; auditors look, and need not."""
    if one.reading == "none":
        return []
    query = (
        _readers(today)
        .add_columns(DocumentReading.read_at, DocumentReading.reminded_at)
        .outerjoin(
            DocumentReading,
            sa.and_(DocumentReading.person_id == Person.id, DocumentReading.revision_id == one.id),
        )
        .order_by(DocumentReading.read_at.is_not(None), Person.department_id, Person.id)
    )
    if one.readers:
        query = query.where(Person.department_id.in_(one.readers))
    return [
        Reader(person.id, person.name, person.department_id, person.department.name, read, reminded)
        for person, read, reminded in db.session.execute(query).unique()
    ]


def _readers(today: date) -> sa.Select[Person]:
    """Who may have to read: everybody here but auditors, who look and need not."""
    auditors = sa.select(RoleGrant.person_id).where(RoleGrant.role == "auditor", *rights.in_force(today))
    return sa.select(Person).where(Person.active, Person.id.not_in(auditors))


def owed(actor: Actor, today: date) -> list[Any]:
    """What a list says of the revisions in force that the person must read and has not, the newest first."""
    if actor.is_auditor:
        return []
    unread = db.session.execute(_unread(today), {"me": actor.id})
    found = [one for one in unread if is_meant(one, actor.person)]
    return sorted(found, key=lambda one: (one.effective_on, one.id), reverse=True)


@lru_cache(maxsize=8)
def _unread(today: date) -> Any:
    me, one = sa.bindparam("me", type_=sa.Integer), DocumentRevision
    asked = revisions.in_force(today).where(one.reading != "none", ~_has_read(me))
    named = one.id, one.document_no, one.number, one.name, one.name_en
    return asked.with_only_columns(*named, one.effective_on, one.reading, one.readers)


def stands_in_the_way(document_no: str, actor: Actor, today: date) -> DocumentRevision | None:
    """The revision in force that the person must have read before its forms are theirs to fill in; None if none is."""
    one = revisions.effective(document_no, today, reading="before_use") if document_no else None
    if one is None or not is_meant(one, actor.person):
        return None
    return one if read_at(one, actor.id) is None else None


def counts(found: Collection[DocumentRevision], today: date) -> dict[int, tuple[int, int]]:
    """How many must read each of these revisions, and how many have, by id."""
    asked = [one for one in found if one.reading != "none"]
    people = dict(
        db.session.execute(_readers(today).with_only_columns(Person.id, Person.department_id)).all()
    )
    read: dict[int, set[int]] = {}
    done = sa.select(DocumentReading.revision_id, DocumentReading.person_id).where(
        DocumentReading.revision_id.in_([one.id for one in asked]), DocumentReading.read_at.is_not(None)
    )
    for revision_id, person_id in db.session.execute(done):
        read.setdefault(revision_id, set()).add(person_id)
    counts = {}
    for one in asked:
        meant = {id for id, department in people.items() if not one.readers or department in one.readers}
        counts[one.id] = (len(meant), len(meant & read.get(one.id, set())))
    return {one.id: counts.get(one.id, (0, 0)) for one in found}


def of_named(document_no: str, today: date) -> DocumentRevision:
    """The revision of a document in force.

    Raises:
        NotFound: there is none.
    """
    found = revisions.effective(document_no, today)
    if found is None:
        raise NotFound
    return found


def _has_read(person_id: Any) -> Any:
    return sa.exists().where(
        DocumentReading.revision_id == DocumentRevision.id,
        DocumentReading.person_id == person_id,
        DocumentReading.read_at.is_not(None),
    )


def last_read(one: DocumentRevision, person_id: int) -> DocumentRevision | None:
    """The newest revision before this one that the person has confirmed; None if there is none."""
    query = (
        sa.select(DocumentRevision)
        .join(DocumentReading, DocumentReading.revision_id == DocumentRevision.id)
        .where(
            DocumentRevision.document_no == one.document_no,
            DocumentReading.person_id == person_id,
            DocumentReading.read_at.is_not(None),
        )
    )
    before = [
        other for other in db.session.scalars(query) if life.order(other.number) < life.order(one.number)
    ]
    return max(before, key=lambda other: life.order(other.number), default=None)
