"""What auditors have looked at."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import midnight
from portal.models import AuditEvent, Person

STREAM = "looks"


def is_noted(person_id: int, number: str, what: str, day: date) -> bool:
    """Whether it is noted already that the person has looked at this on this day."""
    query = sa.select(AuditEvent.id).where(
        AuditEvent.person_id == person_id,
        AuditEvent.stream == STREAM,
        AuditEvent.at >= midnight(day),
        AuditEvent.facts["number"].as_string() == number,
        AuditEvent.facts["what"].as_string() == what,
    )
    return db.session.scalar(query.limit(1)) is not None


def of_person(person_id: int, *, before: int | None = None, size: int = 100) -> list[AuditEvent]:
    """What a person has looked at, newest first, from before an event's id."""
    query = sa.select(AuditEvent).where(AuditEvent.stream == STREAM, AuditEvent.person_id == person_id)
    if before is not None:
        query = query.where(AuditEvent.id < before)
    return list(db.session.scalars(query.order_by(AuditEvent.id.desc()).limit(size)))


def people() -> list[Any]:
    """Everybody whose looks are noted, with how many and when last: person, count, last."""
    query = (
        sa.select(
            AuditEvent.person_id, sa.func.count().label("count"), sa.func.max(AuditEvent.at).label("last")
        )
        .where(AuditEvent.stream == STREAM)
        .group_by(AuditEvent.person_id)
        .subquery()
    )
    known = sa.select(Person, query.c.count, query.c.last).join(query, query.c.person_id == Person.id)
    return list(db.session.execute(known.order_by(Person.id)).unique())
