"""What waits in the outbox, and what has failed there, for administrators."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OutboxRow, Person, Record

_OPEN = OutboxRow.done_at.is_(None)
_STOPPED, _GOING = OutboxRow.stopped_at.is_not(None), OutboxRow.stopped_at.is_(None)


def stopped(*, limit: int) -> list[OutboxRow]:
    """What is not tried any more, the latest first."""
    query = sa.select(OutboxRow).where(_OPEN, _STOPPED)
    return list(db.session.scalars(query.order_by(OutboxRow.stopped_at.desc(), OutboxRow.id).limit(limit)))


def waiting(*, limit: int) -> list[OutboxRow]:
    """What will be tried, the next one first."""
    query = sa.select(OutboxRow).where(_OPEN, _GOING)
    return list(db.session.scalars(query.order_by(OutboxRow.next_try_at, OutboxRow.id).limit(limit)))


def counts() -> tuple[int, int]:
    """How many rows have stopped, and how many will be tried."""
    query = sa.select(sa.func.count(OutboxRow.stopped_at), sa.func.count()).where(_OPEN)
    found, open_ = db.session.execute(query).one()
    return found, open_ - found


@dataclass(frozen=True, slots=True)
class Figures:
    """How much is not done: what waits, what of it has failed before, what has stopped; when the oldest to be tried began."""

    waiting: int
    failed: int
    stopped: int
    oldest: datetime | None


def figures() -> Figures:
    """The outbox in numbers."""
    query = sa.select(
        sa.func.count().filter(_GOING),
        sa.func.count().filter(_GOING, OutboxRow.failed_at.is_not(None)),
        sa.func.count().filter(_STOPPED),
        sa.type_coerce(sa.func.min(sa.case((_GOING, OutboxRow.created_at))), OutboxRow.created_at.type),
    ).where(_OPEN)
    return Figures(*db.session.execute(query).one())


def waits_for(kind: str, error: str) -> bool:
    """Whether work of a kind has not been done for an error of this name."""
    query = sa.select(OutboxRow.id).where(
        _OPEN, OutboxRow.kind == kind, OutboxRow.error.startswith(f"{error}:")
    )
    return db.session.scalar(query.limit(1)) is not None


def stopped_prints(record_id: int, ids: Collection[int]) -> bool:
    """Whether an original of this record, or one of these prints of it, is not tried any more."""
    query = sa.select(OutboxRow.facts).where(_OPEN, _STOPPED, OutboxRow.kind.in_(("print", "record_print")))
    return any(
        facts.get("record") == record_id or facts.get("print") in ids for facts in db.session.scalars(query)
    )


def names(rows: Sequence[OutboxRow]) -> tuple[dict[int, str], dict[int, str]]:
    """The people and the records that rows are about: names by id, numbers by id."""
    people = {row.facts["person"] for row in rows if row.facts.get("person")}
    records = {row.facts["record"] for row in rows if row.facts.get("record")}
    of_people = sa.select(Person.id, Person.name).where(Person.id.in_(people))
    of_records = sa.select(Record.id, Record.number).where(Record.id.in_(records))
    return (
        {row.id: row.name for row in db.session.execute(of_people)} if people else {},
        {row.id: row.number for row in db.session.execute(of_records)} if records else {},
    )
