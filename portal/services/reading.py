"""Marks notices as read."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.notices import DONE_WITH_TASK
from portal.extensions import db
from portal.models import Notice
from portal.queries.actors import Actor


def mark_read(by: Actor, *, now: datetime, only: int | None = None) -> None:
    """Marks the person's unread notices as read: the one named, or all."""
    update = _mine(by.id, now)
    db.session.execute(update if only is None else update.where(Notice.id == only))


def settle(record_id: int, person_id: int, *, now: datetime) -> None:
    """Somebody has done their turn: what asked them to is no news any more."""
    asked = Notice.record_id == record_id, Notice.kind.in_(DONE_WITH_TASK)
    db.session.execute(_mine(person_id, now).where(*asked))


def _mine(person_id: int, now: datetime) -> sa.Update:
    mine = Notice.person_id == person_id, Notice.read_at.is_(None)
    return (
        sa.update(Notice)
        .where(*mine)
        .values(read_at=now, for_digest=False)
        .execution_options(synchronize_session=False, autoflush=False)  # no notice waits to be written
    )
