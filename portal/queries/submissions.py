"""When a matter was first submitted, whatever was corrected since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record


def first(record_ids: Collection[int]) -> datetime | None:
    """The earliest submission of these records and of those that they correct, one by one; None for none."""
    seen: set[int] = set()
    found: list[datetime] = []
    waiting = set(record_ids)
    while waiting := waiting - seen:
        rows = db.session.execute(
            sa.select(Record.submitted_at, Record.corrects_id).where(Record.id.in_(waiting))
        ).all()
        seen |= waiting
        found += [at for at, _corrects in rows]
        waiting = {corrects for _at, corrects in rows if corrects is not None}
    return min(found, default=None)
