"""Work to do after the commit: leased by a worker, tried again when it fails, done once.

A row is written together with what causes it. A worker takes a lease on it in a write of its own;
if the worker dies, the lease runs out and another takes the row up.
"""

from __future__ import annotations

from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.models import OutboxRow

LEASE = timedelta(minutes=5)
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
KEPT = timedelta(days=30)


def add(kind: str, *, now: datetime, **facts: object) -> OutboxRow:
    """Asks for work to be done after the commit."""
    row = OutboxRow(kind=kind, facts=facts, created_at=now, next_try_at=now)
    db.session.add(row)
    return row


def waiting(now: datetime) -> bool:
    """Whether there is work to do now; a cheap look at the index."""
    return db.session.scalar(_due(now).limit(1)) is not None


def lease(now: datetime, *, limit: int = 20) -> list[OutboxRow]:
    """Takes the rows that have waited longest; nobody else gets them before the lease runs out."""
    rows = list(db.session.scalars(_due(now).limit(limit).with_for_update(skip_locked=True)))
    for row in rows:
        row.attempts += 1
        row.next_try_at = now + LEASE
    return rows


def done(id: int, *, now: datetime) -> bool:
    """Notes in the work's own write that it is done; False if somebody else was first."""
    row = db.session.get(OutboxRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.done_at is not None:
        return False
    row.done_at, row.error = now, ""
    return True


def failed(id: int, error: str, *, now: datetime) -> None:
    """Notes why it failed and when to try again: later each time."""
    row = db.session.get(OutboxRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.done_at is not None:
        return
    row.error = error[:2000]
    row.next_try_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.attempts - 1, 12))


def forget(now: datetime) -> int:
    """Removes rows that were done long ago; returns how many."""
    query = sa.delete(OutboxRow).where(OutboxRow.done_at < now - KEPT)
    return db.session.execute(query).rowcount  # type: ignore[attr-defined,no-any-return]


def _due(now: datetime) -> sa.Select[OutboxRow]:
    open = sa.select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.next_try_at <= now)
    return open.order_by(OutboxRow.next_try_at, OutboxRow.id)
