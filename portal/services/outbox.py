"""Work to do after the commit: leased by a worker, tried again when it fails, done once.

A row is written together with what causes it. A worker takes a lease on it in a write of its own;
if the worker dies, the lease runs out and another takes the row up. What fails for good, or too often,
stops until an administrator lets it go on or gives it up.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.refusal import NotFound, ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import OutboxRow
from portal.queries.actors import Actor
from portal.services import audit

LEASE = timedelta(minutes=5)
LONG = dict.fromkeys(("print", "record_print"), timedelta(minutes=20))  # work that may take longer than that
FIRST_PAUSE, LONGEST_PAUSE = timedelta(seconds=30), timedelta(hours=6)
FURTHEST = timedelta(hours=7)  # no try lies further ahead, unless the clock has gone back since
KEPT = timedelta(days=30)
TRIES = 14  # some 27 hours after the first


def add(kind: str, *, now: datetime, **facts: object) -> OutboxRow:
    """Asks for work to be done after the commit."""
    row = OutboxRow(kind=kind, facts=facts, created_at=now, next_try_at=now)
    db.session.add(row)
    return row


def waiting(now: datetime) -> bool:
    """Whether there is work to do now; a cheap look at the index."""
    return db.session.scalar(_due(now).limit(1)) is not None


def asked(kind: str, since: datetime) -> bool:
    """Whether work of this kind was asked for since a moment."""
    query = sa.select(OutboxRow.id).where(OutboxRow.kind == kind, OutboxRow.created_at >= since)
    return db.session.scalar(query.limit(1)) is not None


def lease(now: datetime, *, limit: int = 20) -> list[OutboxRow]:
    """Takes the rows that have waited longest; nobody else gets them before the lease runs out."""
    rows = list(db.session.scalars(_due(now).limit(limit).with_for_update(skip_locked=True)))
    for row in rows:
        row.attempts += 1
        row.next_try_at, row.failed_at = now + LONG.get(row.kind, LEASE), None
    return rows


def done(id: int, *, now: datetime) -> bool:
    """Notes in the work's own write that it is done; False if somebody else was first."""
    row = db.session.get(OutboxRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.done_at is not None:
        return False
    row.done_at, row.error = now, ""
    return True


def failed(id: int, error: str, *, now: datetime, for_good: bool = False, tries: int = TRIES) -> None:
    """Notes why it failed and when to try again: later each time, and in the end not any more."""
    row = db.session.get(OutboxRow, id, with_for_update=True, populate_existing=True)
    if row is None or row.done_at is not None:
        return
    row.error, row.failed_at = error[:2000], now
    row.next_try_at = now + min(LONGEST_PAUSE, FIRST_PAUSE * 2 ** min(row.attempts - 1, 12))
    if for_good or row.attempts >= tries:
        row.stopped_at = now


def hold_back(kinds: Iterable[str], until: datetime) -> None:
    """Lets rows of these kinds wait, as what they need is away: each would find that out by itself, slowly."""
    waiting = OutboxRow.done_at.is_(None), OutboxRow.stopped_at.is_(None), OutboxRow.next_try_at < until
    held = sa.update(OutboxRow).where(*waiting, OutboxRow.kind.in_(list(kinds))).values(next_try_at=until)
    db.session.execute(held.execution_options(synchronize_session=False))


def try_again(id: int, *, by: Actor, now: datetime) -> None:
    """Lets a row that has failed be tried now, from the beginning."""
    row = _failed(id)
    _wake(row, now)
    audit.note("outbox_tried_again", at=now, by=by.id, stream="settings", row=row.id, what=row.kind)


def try_all_again(*, by: Actor, now: datetime) -> int:
    """Lets all rows that have stopped be tried now; returns how many."""
    stopped = sa.select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.stopped_at.is_not(None))
    rows = list(db.session.scalars(stopped.with_for_update(skip_locked=True)))
    for row in rows:
        _wake(row, now)
    if rows:
        audit.note("outbox_all_tried_again", at=now, by=by.id, stream="settings", count=len(rows))
    return len(rows)


def give_up(id: int, *, by: Actor, reason: str, now: datetime) -> None:
    """Ends a row that has failed without its work being done.

    Raises:
        ReasonMissing: nobody would know why.
    """
    row = _failed(id)
    if not reason:
        raise ReasonMissing
    row.done_at = now
    audit.note(
        "outbox_given_up", at=now, by=by.id, stream="settings", row=row.id, what=row.kind, error=row.error,
        reason=reason,
    )  # fmt: skip


def forget(now: datetime) -> int:
    """Removes rows that were done long ago; returns how many."""
    query = sa.delete(OutboxRow).where(OutboxRow.done_at < now - KEPT)
    return db.session.execute(query).rowcount  # type: ignore[attr-defined,no-any-return]


def _due(now: datetime) -> sa.Select[OutboxRow]:
    turn = sa.or_(OutboxRow.next_try_at <= now, OutboxRow.next_try_at > now + FURTHEST)
    open = sa.select(OutboxRow).where(OutboxRow.done_at.is_(None), OutboxRow.stopped_at.is_(None), turn)
    return open.order_by(OutboxRow.next_try_at, OutboxRow.id)


def _failed(id: int) -> OutboxRow:
    """The row, locked; one that is being worked at cannot be touched, or its work might be done twice."""
    row = db.session.get(OutboxRow, id, with_for_update=True, populate_existing=True) if id < 2**31 else None
    if row is None or row.done_at is not None:
        raise NotFound
    if row.failed_at is None:
        raise Refusal(_l("这一件正在处理，请稍后刷新页面再看。"))
    return row


def _wake(row: OutboxRow, now: datetime) -> None:
    row.attempts, row.stopped_at, row.next_try_at = 0, None, now
