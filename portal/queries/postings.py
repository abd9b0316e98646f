"""Bulletins, notices and issued documents on the portal: who may read them, who has, who has not."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Person, Posting, PostingDepartment, ReadReceipt, Record, RoleGrant
from portal.queries import rights
from portal.queries.actors import Actor
from portal.queries.corrected import is_corrected
from portal.queries.keyset import Order, Page, Query

CENTRE = frozenset({"information_officer", "information_centre_head"})
LATELY = timedelta(days=30)  # how long the first page shows what has no last day
STANDING = ("running", "stuck", "finished")


@dataclass(frozen=True, slots=True)
class Reader:
    """Somebody who is meant, and when they have read it."""

    id: int
    name: str
    department: str
    read_at: datetime | None


def front(actor: Actor, today: date, *, limit: int) -> list[Any]:
    """What the first page shows the person: the newest first."""
    given = {"me": actor.id, "department": actor.person.department_id, "limit": limit}
    return list(db.session.execute(_fronted(today), given))


@lru_cache(maxsize=8)
def _fronted(today: date) -> Query:
    me, department, limit = (sa.bindparam(one, type_=sa.Integer) for one in ("me", "department", "limit"))
    recent = sa.or_(Posting.until.is_not(None), Posting.since >= today - LATELY)
    query = _listed(me).where(_meant(department), _shown(today), Posting.front, recent)
    return query.order_by(Posting.since.desc(), Posting.record_id.desc()).limit(limit)


def page(actor: Actor, today: date, cursor: str, size: int, *, past: bool = False) -> Page:
    """All that the person may read, the newest first; with `past` what was taken down or is to come, too."""
    mine = sa.and_(_meant(actor.person.department_id), _shown(today))
    query = _listed(actor.id).where(sa.or_(mine, _kept_by(actor)) if past else mine)
    order = Order((Posting.posted_at, Posting.record_id), (datetime, int), descending=True)
    return order.page(query, cursor, size)


def one(number: str, actor: Actor, today: date) -> Posting:
    """The posting of the record with this number.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    may = sa.or_(sa.and_(_meant(actor.person.department_id), _shown(today)), _kept_by(actor))
    found = db.session.scalar(sa.select(Posting).join(Record).where(_stands(), Record.number == number, may))
    if found is None:
        raise NotFound
    return found


def keeps(posting: Posting, actor: Actor) -> bool:
    """Whether the person may see who has read it: who issued it, the information centre, auditors."""
    return bool(
        actor.reads_all or posting.record.applicant_id == actor.id or not actor.roles.isdisjoint(CENTRE)
    )


def is_meant(posting: Posting, actor: Actor, today: date) -> bool:
    """Whether the posting is shown to the person today."""
    query = sa.select(Posting.record_id).where(
        Posting.record_id == posting.record_id, _meant(actor.person.department_id), _shown(today)
    )
    return db.session.scalar(query) is not None


def read_at(record_id: int, person_id: int) -> datetime | None:
    """When the person has read it."""
    found = db.session.get(ReadReceipt, (record_id, person_id))
    return found.read_at if found is not None else None


def audience(posting: Posting, today: date) -> list[Reader]:
    """Everybody who is meant, those who have not read it first."""
    auditors = sa.select(RoleGrant.person_id).where(RoleGrant.role == "auditor", *rights.in_force(today))
    query = (
        sa.select(Person, ReadReceipt.read_at)
        .outerjoin(
            ReadReceipt,
            sa.and_(ReadReceipt.person_id == Person.id, ReadReceipt.record_id == posting.record_id),
        )
        .where(Person.active, Person.id.not_in(auditors))
        .order_by(ReadReceipt.read_at.is_not(None), Person.department_id, Person.id)
    )
    if not posting.everybody:
        query = query.where(Person.department_id.in_(_departments(posting.record_id)))
    return [
        Reader(person.id, person.name, person.department.name, at)
        for person, at in db.session.execute(query).unique()
    ]


def _listed(me: Any) -> Query:
    read = sa.exists().where(ReadReceipt.record_id == Posting.record_id, ReadReceipt.person_id == me)
    return (
        sa.select(
            *(Posting.record_id, Posting.posted_at, Posting.title, Posting.since, Posting.until),
            *(Posting.confirm, Record.number, Record.form_code, read.label("read")),
        )
        .join(Record, Record.id == Posting.record_id)
        .where(_stands())
    )


def _stands() -> sa.ColumnElement[bool]:
    """Signed in the round in which its record is, and not taken back by another."""
    return sa.and_(
        Posting.round == Record.round, Record.state.in_(STANDING), ~is_corrected(Posting.record_id)
    )


def _shown(today: date) -> sa.ColumnElement[bool]:
    return sa.and_(Posting.since <= today, sa.or_(Posting.until.is_(None), Posting.until >= today))


def _meant(department: Any) -> sa.ColumnElement[bool]:
    theirs = sa.exists().where(
        PostingDepartment.record_id == Posting.record_id, PostingDepartment.department_id == department
    )
    return sa.or_(Posting.everybody, theirs)


def _kept_by(actor: Actor) -> sa.ColumnElement[bool]:
    if actor.reads_all or not actor.roles.isdisjoint(CENTRE):
        return sa.true()
    return Record.applicant_id == actor.id


def _departments(record_id: int) -> Query:
    return sa.select(PostingDepartment.department_id).where(PostingDepartment.record_id == record_id)
