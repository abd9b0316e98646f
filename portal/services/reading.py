"""Marks notices as read."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.database import among
from portal.domain.notices import DONE_WITH_TASK
from portal.extensions import db
from portal.models import Notice
from portal.queries.actors import Actor


def mark_read(by: Actor, *, now: datetime, only: int | None = None) -> None:
    """Marks the person's unread notices as read: the one named, or all."""
    update = _MINE if only is None else _MINE.where(_NOTICES.id == only)
    db.session.connection().execute(update, {"person": by.id, "now": now})


def settle(record_id: int, person_id: int, *, now: datetime) -> None:
    """Somebody has done their turn: what asked them to is no news any more."""
    db.session.connection().execute(_ASKED, {"person": person_id, "now": now, "record": record_id})


# Past the session, which holds no notices that wait to be written.
_NOTICES = Notice.__table__.c
_MINE = (
    sa.update(Notice.__table__)  # type: ignore[arg-type]
    .where(_NOTICES.person_id == sa.bindparam("person"), _NOTICES.read_at.is_(None))
    .values(read_at=sa.bindparam("now"), for_digest=False)
)
_ASKED = _MINE.where(_NOTICES.record_id == sa.bindparam("record"), among(_NOTICES.kind, DONE_WITH_TASK))
