"""What was corrected: a finished record that another finished one corrects counts no longer."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, TypeVar

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import CreditEntry, OrderEntry, ReceivableEntry, Record, StockEntry

Entry = TypeVar("Entry", StockEntry, OrderEntry, CreditEntry, ReceivableEntry)


def reversed_by(record_id: Any) -> sa.ScalarSelect[str]:
    """The number of the finished record that corrects the one with this id."""
    later = aliased(Record)
    query = sa.select(later.number).where(later.corrects_id == record_id, later.state == "finished")
    return query.scalar_subquery()


def is_corrected(record_id: Any) -> sa.Exists:
    """Whether a finished record corrects the one with this id."""
    later = aliased(Record)
    return sa.exists().where(later.corrects_id == record_id, later.state == "finished")


def standing(table: Any, record_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """The lines of these records that take no other back and were not taken back themselves."""
    reversal = aliased(table)
    taken_back: sa.Exists = sa.exists().where(reversal.reverses_id == table.id)
    mine: sa.ColumnElement[bool] = table.record_id.in_(record_ids)
    return sa.and_(mine, table.reverses_id.is_(None), ~taken_back)


def standing_lines(table: type[Entry], record_id: int | None) -> list[Entry]:
    """The lines of a record that stand, last first."""
    if record_id is None:
        return []
    query = sa.select(table).where(standing(table, {record_id})).order_by(table.id.desc())
    return list(db.session.scalars(query))
