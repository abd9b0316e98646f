"""Marks notices as read."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Notice
from portal.queries.actors import Actor


def mark_read(by: Actor, *, now: datetime, only: Iterable[int] = ()) -> None:
    """Marks the person's unread notices as read: those named, or all."""
    ids = list(only)
    update = sa.update(Notice).where(Notice.person_id == by.id, Notice.read_at.is_(None)).values(read_at=now)
    db.session.execute(update.where(Notice.id.in_(ids)) if ids else update)
