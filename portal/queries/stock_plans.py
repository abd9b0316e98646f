"""What the stock plans (WH-18) in force have arranged, and what was done about it."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Record, RecordSubject
from portal.queries import goods
from portal.queries.corrected import is_corrected
from portal.queries.owed import ALIVE
from portal.queries.pick import record_label


@dataclass(frozen=True, slots=True)
class Arranged:
    """A day that a plan has arranged; `place` is its row."""

    plan_id: int
    plan: str
    place: int
    on: date
    row: dict[str, Any]


def arranged(table: str, first: date) -> list[Arranged]:
    """The days of a table of all agreed plans that do not end before a day, in the order of the plans."""
    query = (
        sa.select(Record, Content.answers)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == "WH-18", Record.state == "finished", ~is_corrected(Record.id)),
            Content.answers["period_end"].as_string() >= first.isoformat(),
        )
        .order_by(Record.id)
    )
    return [
        Arranged(record.id, record_label(record), place, date.fromisoformat(row["on"]), row)
        for record, answers in db.session.execute(query)
        for place, row in enumerate(answers.get(table) or ())
    ]


def done(code: str, field: str, plan_id: int) -> Iterator[tuple[date, dict[str, Any]]]:
    """The records of a form that name a plan: the day that each gives in a field, and its answers."""
    for answers in goods.naming(code, "stock_plan", plan_id, states=ALIVE).values():
        if answers.get(field):
            yield date.fromisoformat(answers[field]), answers


def setting(item_ids: Collection[int]) -> dict[int, tuple[int, str]]:
    """The newest agreed plan that sets the limits of each of these items, by item: its id and label."""
    query = (
        sa.select(RecordSubject.row_id, Record)
        .join(Record, Record.id == RecordSubject.record_id)
        .where(
            *(RecordSubject.kind == "stock_item", RecordSubject.row_id.in_(item_ids)),
            *(Record.form_code == "WH-18", Record.state == "finished", ~is_corrected(Record.id)),
        )
        .order_by(Record.id)
    )
    return {item: (record.id, record_label(record)) for item, record in db.session.execute(query)}
