"""Complaints (CS-51) and repairs (CS-76) as their follow-up sees them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record, RecordLink
from portal.queries import goods

CALL = "CS-100"


@dataclass(frozen=True, slots=True)
class Case:
    """A complaint or repair: its form, what was said at its opening, and when it was closed."""

    code: str
    state: str
    closed_at: datetime | None
    answers: dict[str, Any]  # stored opening answers

    @property
    def customer(self) -> tuple[int, str] | None:
        """The customer, id and label, as far as one is named."""
        named = self.answers.get("customer")
        return (named["id"], named["text"]) if named else None


def case(record_id: int) -> Case | None:
    """A complaint or repair; None if there is no such record."""
    record = db.session.get(Record, record_id)
    if record is None:
        return None
    return Case(record.form_code, record.state, record.closed_at, goods.opening_answers(record_id))


def calls(record_id: int, but: Collection[int] = ()) -> int:
    """How many calls (CS-100) have followed a case so far."""
    query = (
        sa.select(sa.func.count())
        .select_from(Record)
        .join(RecordLink, RecordLink.source_id == Record.id)
        .where(
            RecordLink.target_id == record_id,
            RecordLink.kind == "named",
            Record.form_code == CALL,
            Record.state.not_in(("refused", "voided")),
            Record.id.not_in(but),
        )
    )
    return db.session.scalar(query) or 0
