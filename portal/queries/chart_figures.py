"""Figures for charts: records by what they are or say, counted in the database; who may read them decides the caller.

Each source selects `record_id` and `part` of `Record`, some also `series` or `value`, so that the same source gives the
figures and the records behind them.
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Person, Record, Task
from portal.models.records import OPEN
from portal.queries import stage_answers
from portal.queries.actors import Actor
from portal.queries.keyset import LARGEST
from portal.queries.months import Month, month_of, within
from portal.queries.visible import visible_to

Source = sa.Select[*tuple[Any, ...]]
SAMPLE = 4_000  # newest turns that median times are taken from


def open_records(codes: Sequence[str], now: datetime) -> Source:
    """Open records by form; the series says whether they are late."""
    late = sa.and_(Record.state == "running", Record.due_at < now)
    return _records(Record.form_code, sa.case((late, "late"), else_="in_time").label("series")).where(
        Record.form_code.in_(codes), Record.state.in_(OPEN)
    )


def turns(codes: Sequence[str], since: datetime) -> Source:
    """Turns done since a moment, by form and step, with their begin and end."""
    part = (Record.form_code + sa.literal("/") + Task.step).label("part")
    return (
        sa.select(Record.id.label("record_id"), part, Task.created_at, Task.done_at)
        .join(Task, Task.record_id == Record.id)
        .where(
            Record.form_code.in_(codes),
            Record.submitted_at >= since,
            Task.kind == "sign",
            Task.state == "done",
            Task.done_at.is_not(None),
        )
    )


def submitted(code: str, since: datetime, part: Any) -> Source:
    """Records of a form submitted since a moment, by an answer or another expression; those without it left out."""
    return _records(part).where(Record.form_code == code, Record.submitted_at >= since, part.is_not(None))


def ratings(code: str, since: datetime, step: str, names: Sequence[str]) -> Source:
    """Ratings given in a stage of records submitted since a moment: a row for each name and record."""
    every = []
    for name in names:
        value = sa.cast(stage_answers.text(step, name), sa.Float)
        every.append(
            _records(sa.literal(name), value.label("value")).where(
                Record.form_code == code, Record.submitted_at >= since, value.is_not(None)
            )
        )
    rows = sa.union_all(*every).subquery()
    return sa.select(Record.id.label("record_id"), rows.c.part, rows.c.value).join(
        rows, rows.c.record_id == Record.id
    )


def by_answer(code: str, name: str, months: Sequence[Month]) -> Source:
    """Records of a form by the month of their submission; the series is what the opening section answers."""
    series = Content.answers[name].as_string().label("series")
    return (
        _records(month_of(Record.submitted_at, months), series)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == code,
            *within(Record.submitted_at, months),
        )
    )


def of_months(source: Source, months: Sequence[Month]) -> Source:
    """The records of a source with `at` and `value` (see `queries/kpi.py`) by month."""
    rows = source.subquery()
    return (
        sa.select(Record.id.label("record_id"), month_of(rows.c.at, months).label("part"), rows.c.value)
        .join(rows, rows.c.record_id == Record.id)
        .where(*within(rows.c.at, months))
    )


def counts(source: Source, seen_by: Actor | None) -> list[Any]:
    """How many rows of each part, and of each series where there is one."""
    rows = _seen(source, seen_by).subquery()
    by = [rows.c[name] for name in ("part", "series") if name in rows.c]
    return list(db.session.execute(sa.select(*by, sa.func.count().label("n")).group_by(*by)))


def averages(source: Source, seen_by: Actor | None) -> list[Any]:
    """The average value of each part."""
    rows = _seen(source, seen_by).subquery()
    average = sa.func.avg(rows.c.value).label("n")
    return list(db.session.execute(sa.select(rows.c.part, average).group_by(rows.c.part)))


def sums(source: Source, seen_by: Actor | None) -> list[Any]:
    """The values of each part, and of each series where there is one, added up."""
    rows = _seen(source, seen_by).subquery()
    by = [rows.c[name] for name in ("part", "series") if name in rows.c]
    total = sa.func.sum(rows.c.value).label("n")
    return list(db.session.execute(sa.select(*by, total).group_by(*by)))


def medians(source: Source, seen_by: Actor | None) -> dict[str, float]:
    """The median hours of each part, of its newest turns; the middle is found by the database."""
    newest = _seen(source, seen_by).order_by(Record.id.desc()).limit(SAMPLE).subquery()
    hours = _hours(newest.c.created_at, newest.c.done_at).label("hours")
    place = sa.func.row_number().over(partition_by=newest.c.part, order_by=hours).label("place")
    many = sa.func.count().over(partition_by=newest.c.part).label("many")
    rows = sa.select(newest.c.part, hours, place, many).subquery()
    middle = rows.c.place.between(
        rows.c.many / 2.0, rows.c.many / 2.0 + 1
    )  # one row, or two of an even number
    query = sa.select(rows.c.part, sa.func.avg(rows.c.hours).label("n")).where(middle).group_by(rows.c.part)
    return {row.part: float(row.n) for row in db.session.execute(query)}


def _hours(begin: Any, end: Any) -> Any:
    """The hours between two moments."""
    if db.engine.dialect.name == "sqlite":
        return (sa.func.julianday(end) - sa.func.julianday(begin)) * 24
    return sa.extract("epoch", end - begin) / 3600


def behind(source: Source, part: str, actor: Actor, *, limit: int, before: int | None = None) -> list[Any]:
    """The records behind a part of a chart (or all of it), newest first, among those that the person may see."""
    rows = source.subquery()
    ids = sa.select(rows.c.record_id)
    if part:
        ids = ids.where(rows.c.part == part)
    query = (
        sa.select(
            *(Record.id, Record.number, Record.form_code, Record.title, Record.state, Record.step),
            *(Record.due_at, Record.submitted_at.label("at"), Person.name.label("who")),
        )
        .join(Person, Person.id == Record.applicant_id)
        .where(Record.id.in_(ids), Record.id < min(before or LARGEST, LARGEST))
    )
    return list(db.session.execute(visible_to(query, actor).order_by(Record.id.desc()).limit(limit)))


def _records(part: Any, *more: Any) -> Source:
    return sa.select(Record.id.label("record_id"), part.label("part"), *more)


def _seen(source: Source, seen_by: Actor | None) -> Source:
    return source if seen_by is None else visible_to(source, seen_by)
