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


def stands(table: Any) -> sa.ColumnElement[bool]:
    """Whether a line takes no other back and was not taken back itself."""
    reversal = aliased(table)
    taken_back: sa.Exists = sa.exists().where(reversal.reverses_id == table.id)
    return sa.and_(table.reverses_id.is_(None), ~taken_back)


def standing(table: Any, record_ids: Collection[int]) -> sa.ColumnElement[bool]:
    """The lines of these records that stand."""
    mine: sa.ColumnElement[bool] = table.record_id.in_(record_ids)
    return sa.and_(mine, stands(table))


def standing_lines(table: type[Entry], record_id: int | None) -> list[Entry]:
    """The lines of a record that stand, last first."""
    if record_id is None:
        return []
    query = sa.select(table).where(standing(table, {record_id})).order_by(table.id.desc())
    return list(db.session.scalars(query))


def taken_back(table: type[Entry], record: Record) -> list[Entry]:
    """The lines of the record that this one corrects which this one has taken back, in the order of the journal."""
    reversal = aliased(table)
    query = (
        sa.select(table)
        .join(reversal, reversal.reverses_id == table.id)
        .where(reversal.record_id == record.id, table.record_id == record.corrects_id)
        .order_by(table.id)
    )
    return list(db.session.scalars(query))


def lineage(record_id: int) -> frozenset[int]:
    """This record and all that it corrects, one after the other: what names one of them counts for it."""
    found = {record_id}
    while (earlier := db.session.scalar(_CORRECTS, {"record": record_id})) is not None:
        found.add(earlier)
        record_id = earlier
    return frozenset(found)


def standing_one(record_id: int) -> int:
    """The record that stands for this one: itself, or the last of the finished ones that correct it."""
    while (later := db.session.scalar(_CORRECTED_BY, {"record": record_id})) is not None:
        record_id = later
    return record_id


_CORRECTS = sa.select(Record.corrects_id).where(Record.id == sa.bindparam("record"))
_CORRECTED_BY = sa.select(Record.id).where(
    Record.corrects_id == sa.bindparam("record"), Record.state == "finished"
)
