"""The lines of the ledgers: what is selected, in which order, and what may be searched."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record
from portal.queries.keyset import Order, Page, Query
from portal.queries.visible import visible_to

Cells = dict[str, Any]


@dataclass(frozen=True)
class Source:
    """Where a ledger's lines come from. `lines` makes its cells of one row; most rows are one line."""

    query: Query
    order: Order
    lines: Callable[[Any], list[Cells]]
    text: tuple[sa.SQLColumnExpression[Any], ...]  # searched by words
    item: sa.SQLColumnExpression[Any] | None = None  # searched by the item's name, code or pinyin
    at: sa.SQLColumnExpression[Any] | None = None  # the moment that a range of dates speaks of
    record: str = "record"  # cell that holds the number of the source record
    picked: Mapping[str, sa.SQLColumnExpression[Any]] = field(default_factory=dict)  # cells with a few values


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked for: words, an item (as a search key), from and until a moment, values of cells."""

    words: tuple[str, ...] = ()
    item: str = ""
    since: datetime | None = None
    until: datetime | None = None
    picked: tuple[tuple[str, str], ...] = ()


def page(source: Source, wanted: Wanted, cursor: str, size: int) -> Page:
    """One page of a ledger; its rows are lines."""
    found = source.order.page(_narrowed(source, wanted), cursor, size)
    return replace(found, rows=[line for row in found.rows for line in source.lines(row)])


def every(source: Source, wanted: Wanted, limit: int) -> Iterator[Cells]:
    """All lines up to a limit of rows, read bit by bit."""
    query = source.order.sorted(_narrowed(source, wanted)).limit(limit).execution_options(yield_per=500)
    for row in db.session.execute(query):
        yield from source.lines(row)


def count(source: Source, wanted: Wanted, most: int) -> int:
    """How many rows fit, counted up to `most`."""
    some = _narrowed(source, wanted).limit(most).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def readable(numbers: set[str], actor: Any) -> Mapping[str, str]:
    """Those of these records that the person may open, with the code of their form."""
    if not numbers:
        return {}
    query = visible_to(sa.select(Record.number, Record.form_code).where(Record.number.in_(numbers)), actor)
    return {number: code for number, code in db.session.execute(query)}  # noqa: C416 -- rows are not pairs to mypy


def _narrowed(source: Source, wanted: Wanted) -> Query:
    query = source.query
    for word in wanted.words:
        query = query.where(sa.or_(*(one.icontains(word, autoescape=True) for one in source.text)))
    if wanted.item and source.item is not None:
        query = query.where(source.item.contains(wanted.item, autoescape=True))
    if wanted.since is not None and source.at is not None:
        query = query.where(source.at >= wanted.since)
    if wanted.until is not None and source.at is not None:
        query = query.where(source.at < wanted.until)
    for name, value in wanted.picked:
        query = query.where(source.picked[name] == value)
    return query
