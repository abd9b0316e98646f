"""Figures of goods for charts: inspections, deliveries, purchases, stock-takes, write-offs, and what lies in the warehouse."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, Record, RecordLink, StockBalance, StockItem
from portal.queries import opening_answers
from portal.queries.actors import Actor
from portal.queries.chart_figures import Source
from portal.queries.corrected import is_corrected
from portal.queries.deliveries import COMING, PROMISED
from portal.queries.months import between, month_of
from portal.queries.owed import ALIVE
from portal.queries.visible import visible_to

IN_TIME, LATE, OVERDUE = "in_time", "late", "overdue"
SURPLUS, SHORTAGE = "surplus", "shortage"
LINES = 30  # of a list of write-offs whose causes are looked at


def inspections(since: datetime) -> Source:
    """Finished incoming inspections by supplier."""
    return _finished("PU-06", since, opening_answers.text("supplier", "text"))


def deliveries(since: datetime, today: date) -> Source:
    """Orders whose promised day has come, by whether goods came by then, came late, or did not come."""
    came = _arrived()
    part = sa.case((came.is_(None), OVERDUE), (came > PROMISED, LATE), else_=IN_TIME)
    promised = PROMISED.between(day(since).isoformat(), today.isoformat())
    due = sa.or_(came.is_not(None), today.isoformat() > PROMISED)
    return _records("PU-04", part).where(promised, due)


def purchases(since: datetime, now: datetime) -> Source:
    """Orders that suppliers have accepted, by month, with their amounts."""
    amount = opening_answers.number("total_amount").label("value")
    return _finished("PU-04", since, _month(since, now), amount)


def stocktakes(since: datetime, now: datetime) -> Source:
    """Finished stock-takes by month, with what their differences are worth: too much, or too little."""
    value = opening_answers.number("difference_value")
    series = sa.case((value < 0, SHORTAGE), else_=SURPLUS).label("series")
    return _finished("WH-06", since, _month(since, now), series, sa.func.abs(value).label("value"))


def write_offs(since: datetime, causes: Iterable[str]) -> Source:
    """Finished write-offs, once for each cause that their lines name."""
    every = [
        _finished("WH-17", since, sa.literal(cause)).where(
            sa.or_(*(opening_answers.text("lines", at, "cause") == cause for at in range(LINES)))
        )
        for cause in causes
    ]
    rows = sa.union_all(*every).subquery()
    return sa.select(Record.id.label("record_id"), rows.c.part).join(rows, rows.c.record_id == Record.id)


def lines(source: Source, seen_by: Actor | None) -> list[tuple[str, dict[str, Any]]]:
    """The lines of the tables `lines` of the records behind a chart, each with the part of its record."""
    query = source if seen_by is None else visible_to(source, seen_by)
    rows = query.subquery()
    found = sa.select(rows.c.part, Content.answers).join(Record, Record.id == rows.c.record_id)
    newest = sa.and_(Content.record_id == Record.id, Content.version == Record.version)
    return [
        (part, line)
        for part, answers in db.session.execute(found.join(Content, newest))
        for line in answers.get("lines") or ()
    ]


def stock_worth() -> dict[str, Decimal]:
    """What all that lies in the warehouse is worth, by category."""
    query = (
        sa.select(StockItem.category, StockItem.unit_cost, sa.func.sum(StockBalance.quantity).label("there"))
        .join(StockItem, StockItem.id == StockBalance.item_id)
        .group_by(StockItem.id)
    )
    found: dict[str, Decimal] = {}
    for row in db.session.execute(query):
        found[row.category] = found.get(row.category, Decimal(0)) + row.there * row.unit_cost
    return found


def low_items() -> dict[str, tuple[int, int]]:
    """How many items are below their minimum, and how many more below their reorder point, by category."""
    there = sa.func.coalesce(sa.func.sum(StockBalance.quantity), 0)
    query = (
        sa.select(
            *(StockItem.category, StockItem.minimum, StockItem.reorder_point, StockItem.on_order),
            there.label("there"),
        )
        .outerjoin(StockBalance, StockBalance.item_id == StockItem.id)
        .group_by(StockItem.id)
        .having(sa.or_(there < StockItem.minimum, there + StockItem.on_order < StockItem.reorder_point))
    )
    found: dict[str, tuple[int, int]] = {}
    for row in db.session.execute(query):
        minimum, reorder = found.get(row.category, (0, 0))
        below = row.there < row.minimum
        found[row.category] = (minimum + below, reorder + (not below))
    return found


def _arrived() -> sa.ScalarSelect[str | None]:
    """The day of the first goods received note or bookseller's list that names the order, or the one that it corrects.

    Asked beside `Record`.
    """
    note, content = aliased(Record), aliased(Content)
    came = (content.answers[name].as_string() for name in ("received_at", "arrived_on"))
    return (
        sa.select(sa.func.substr(sa.func.min(sa.func.coalesce(*came)), 1, 10))
        .select_from(RecordLink)
        .join(note, note.id == RecordLink.source_id)
        .join(content, (content.record_id == note.id) & (content.version == note.version))
        .where(
            sa.or_(RecordLink.target_id == Record.id, RecordLink.target_id == Record.corrects_id),
            *(RecordLink.kind == "named", note.form_code.in_(COMING)),
            *(note.state.in_(ALIVE), ~is_corrected(note.id)),
        )
        .correlate(Record)
        .scalar_subquery()
    )


def _month(since: datetime, now: datetime) -> Any:
    return month_of(Record.submitted_at, between(day(since), day(now)))


def _finished(code: str, since: datetime, part: Any, *more: Any) -> Source:
    return _records(code, part, *more).where(Record.submitted_at >= since)


def _records(code: str, part: Any, *more: Any) -> Source:
    """Finished records of a form that still count."""
    return sa.select(Record.id.label("record_id"), part.label("part"), *more).where(
        Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id)
    )
