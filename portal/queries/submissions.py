"""When a matter was first submitted, whatever was corrected since."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record
from portal.queries.goods import opening_answers


def first(record_ids: Collection[int]) -> datetime | None:
    """The earliest submission of these records and of those that they correct, one by one; None for none."""
    return min((at for at, _id in _every(record_ids)), default=None)


def told(record_ids: Collection[int], customer_id: int, name: str) -> Any:
    """The stored answer that the first of these records gave to a field, if it was about this customer.

    What the books said on that day is not wrong because they say something else since.
    """
    found = min(_every(record_ids), default=None)
    answers = opening_answers(found[1]) if found else {}
    about = (answers.get("customer") or {}).get("id")
    return answers.get(name) if about == customer_id else None


def _every(record_ids: Collection[int]) -> list[tuple[datetime, int]]:
    """Submission and id of these records and of those that they correct, one by one."""
    seen: set[int] = set()
    found: list[tuple[datetime, int]] = []
    waiting = set(record_ids)
    while waiting := waiting - seen:
        rows = db.session.execute(
            sa.select(Record.submitted_at, Record.id, Record.corrects_id).where(Record.id.in_(waiting))
        ).all()
        seen |= waiting
        found += [(row.submitted_at, row.id) for row in rows]
        waiting = {row.corrects_id for row in rows if row.corrects_id is not None}
    return found
