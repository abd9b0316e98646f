"""Paging by the last row seen: every page costs the same, however far down it lies."""

from __future__ import annotations

import base64
import binascii
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db

Query = sa.Select[*tuple[Any, ...]]
LARGEST = 2**31 - 1  # id that a database takes
FAR = datetime(9999, 1, 1, tzinfo=UTC)  # stands for “no date” in an order
BACK = "~"  # begins a cursor that leads to the page before its row


@dataclass(frozen=True)
class Page:
    """The rows of a page, and the cursors of its neighbours (empty where there is none)."""

    rows: list[Any]
    previous: str
    following: str


@dataclass(frozen=True)
class Order:
    """An order over expressions that are never NULL and unique together; `types` are those of their values."""

    by: tuple[Any, ...]
    types: tuple[type, ...]
    descending: bool = False

    def page(self, query: Query, cursor: str, size: int) -> Page:
        """The rows next to the one that the cursor names; of a cursor that is not ours, the first ones."""
        seen, back = self.read(cursor), cursor.startswith(BACK)
        rows = db.session.execute(self.sorted(query, seen, back).limit(size + 1))
        return self.cut(list(rows), size, seen is not None, back)

    def cut(self, rows: list[Any], size: int, moved: bool = False, back: bool = False) -> Page:
        """A page of rows, read with one more than it holds; `moved` when it is not the first."""
        more = len(rows) > size
        rows = rows[:size][:: -1 if back else 1]
        if not rows:
            return Page([], "", "")
        before = more if back else moved
        after = back or more
        return Page(
            rows, BACK + self.cursor(rows[0]) if before else "", self.cursor(rows[-1]) if after else ""
        )

    def sorted(self, query: Query, seen: list[Any] | None = None, back: bool = False) -> Query:
        """The query in this order (or against it), from behind a row; its values come as `o0`, `o1` ..."""
        down = self.descending is not back
        for at, one in enumerate(self.by):
            query = query.add_columns(one.label(f"o{at}")).order_by(one.desc() if down else one.asc())
        if seen is None:
            return query
        here = sa.tuple_(*self.by)
        there = sa.tuple_(*(sa.literal(value, one.type) for value, one in zip(seen, self.by, strict=True)))
        return query.where(here < there if down else here > there)

    def cursor(self, row: Any) -> str:
        """The place of a row, for an address."""
        values = [_plain(getattr(row, f"o{at}")) for at in range(len(self.by))]
        return base64.urlsafe_b64encode(json.dumps(values).encode()).decode().rstrip("=")

    def read(self, cursor: str) -> list[Any] | None:
        """The values in a cursor; None for one that is empty or not ours."""
        packed = cursor.removeprefix(BACK)
        try:
            values = json.loads(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4)))
            return [_typed(value, kind) for value, kind in zip(values, self.types, strict=True)]
        except (ValueError, TypeError, ArithmeticError, RecursionError, binascii.Error):
            return None


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return str(value) if isinstance(value, Decimal) else value


def _typed(value: Any, kind: type) -> Any:
    """The value in the type of its column.

    Raises:
        ValueError, TypeError, OverflowError: it cannot be.
    """
    if kind is datetime:
        moment = datetime.fromisoformat(value)
        return moment.astimezone(UTC) if moment.tzinfo else moment.replace(tzinfo=UTC)
    if kind is int and (not isinstance(value, int) or abs(value) >= LARGEST):
        raise ValueError
    if kind is str and (not isinstance(value, str) or b"\0" in value.encode()):  # fails for half a character
        raise TypeError
    return kind(value)
