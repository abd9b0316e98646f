"""What belongs to one project: papers, tasks, and everything that happened, newest first."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import AuditEvent, LedgerEntry, Person, Record, Task
from portal.queries import about
from portal.queries.actors import Actor
from portal.queries.corrected import is_corrected
from portal.queries.keyset import Order, Page
from portal.queries.visible import visible_to

RECORD, EVENT = "record", "event"
TOLD = ("stage_changed", "stage_adjusted")  # kinds of events that the line of time tells besides records
MOST = 100  # papers


def records(project_id: int) -> sa.Select[Any]:
    """Ids of the records about the project."""
    return about.subject("project", project_id)


def tasks(project_id: int, actor: Actor, limit: int) -> list[Any]:
    """Open tasks about the project or its records, those due first."""
    return about.tasks(records(project_id), Task.project_id == project_id, actor, limit)


def papers(ledger: str, project_id: int) -> list[Any]:
    """The project's lines in a ledger of papers, newest first, those of corrected records left out."""
    query = (
        sa.select(LedgerEntry.id, LedgerEntry.facts, Record.number.label("record"))
        .join(Record, Record.id == LedgerEntry.record_id)
        .where(
            LedgerEntry.ledger == ledger,
            LedgerEntry.record_id.in_(records(project_id)),
            LedgerEntry.facts["project_id"].as_integer() == project_id,
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id.desc())
        .limit(MOST)
    )
    return list(db.session.execute(query))


def time_line(project_id: int, actor: Actor, cursor: str, size: int) -> Page:
    """A page of what happened; its rows are triples of moment, source and the record's row or the event."""
    seen = visible_to(sa.select(Record.id).where(Record.id.in_(records(project_id))), actor)
    line = sa.union_all(
        sa.select(
            sa.literal(RECORD).label("source"), Record.id.label("id"), Record.submitted_at.label("at")
        ).where(Record.id.in_(seen)),
        sa.select(sa.literal(EVENT), AuditEvent.id, AuditEvent.at).where(
            AuditEvent.record_id.in_(seen), AuditEvent.kind.in_(TOLD)
        ),
    ).subquery()
    order = Order((line.c.at, line.c.source, line.c.id), (datetime, str, int), descending=True)
    found = order.page(sa.select(line.c.source, line.c.id, line.c.at), cursor, size)
    ids = {source: [row.id for row in found.rows if row.source == source] for source in (RECORD, EVENT)}
    told: dict[str, dict[int, Any]] = {RECORD: _records(ids[RECORD]), EVENT: _events(ids[EVENT])}
    rows = [(row.at, row.source, told[row.source][row.id]) for row in found.rows]
    return Page(rows, found.previous, found.following)


def _records(ids: list[int]) -> dict[int, Any]:
    query = sa.select(*about.COLUMNS).join(Person, Person.id == Record.applicant_id)
    return {row.id: row for row in db.session.execute(query.where(Record.id.in_(ids)))}


def _events(ids: list[int]) -> dict[int, AuditEvent]:
    query = sa.select(AuditEvent).where(AuditEvent.id.in_(ids))
    return {event.id: event for event in db.session.scalars(query)}
