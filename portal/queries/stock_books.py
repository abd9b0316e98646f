"""Lines of the warehouse's books: journal, balances, stock-takes."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import (
    CountEntry,
    OrderEntry,
    Person,
    Record,
    Signature,
    StockBalance,
    StockEntry,
    StockItem,
)
from portal.queries.corrected import reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source


def journal() -> Source:
    """流水帐: every movement, newest first."""
    query = (
        sa.select(
            StockEntry.id,
            StockEntry.posted_at,
            StockEntry.kind,
            StockItem.code,
            StockItem.name,
            StockItem.unit,
            StockEntry.place,
            StockEntry.quantity,
            StockEntry.balance,
            StockEntry.unit_cost,
            StockEntry.batch,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            StockEntry.reverses_id,
        )
        .join(StockItem, StockItem.id == StockEntry.item_id)
        .join(Record, Record.id == StockEntry.record_id)
        .join(Person, Person.id == StockEntry.posted_by_id)
    )
    return Source(
        query=query,
        order=Order((StockEntry.id,), (int,), descending=True),
        lines=lambda row: [{**row._mapping, "value": row.quantity * row.unit_cost}],
        text=(StockItem.name, StockItem.code, StockEntry.place, StockEntry.batch, Record.number),
        item=StockItem.search_key,
        at=StockEntry.posted_at,
    )


def orders() -> Source:
    """在途流水帐: what was ordered and what has come, newest first."""
    query = (
        sa.select(
            OrderEntry.id,
            OrderEntry.posted_at,
            OrderEntry.kind,
            StockItem.code,
            StockItem.name,
            StockItem.unit,
            OrderEntry.quantity,
            OrderEntry.balance,
            Record.number.label("record"),
            Person.name.label("posted_by"),
        )
        .join(StockItem, StockItem.id == OrderEntry.item_id)
        .join(Record, Record.id == OrderEntry.record_id)
        .join(Person, Person.id == OrderEntry.posted_by_id)
    )
    return Source(
        query=query,
        order=Order((OrderEntry.id,), (int,), descending=True),
        lines=lambda row: [dict(row._mapping)],
        text=(StockItem.name, StockItem.code, Record.number),
        item=StockItem.search_key,
        at=OrderEntry.posted_at,
    )


def balances() -> Source:
    """库存台帐 and 库存清单: what lies where, by item and place."""
    counted_by = (
        sa.select(Person.name)
        .join(CountEntry, CountEntry.posted_by_id == Person.id)
        .where(CountEntry.item_id == StockBalance.item_id, CountEntry.place == StockBalance.place)
        .order_by(CountEntry.id.desc())
        .limit(1)
        .correlate(StockBalance)
        .scalar_subquery()
    )
    query = (
        sa.select(
            StockItem.code,
            StockItem.name,
            StockItem.category,
            StockItem.unit,
            StockBalance.place,
            StockBalance.quantity,
            StockItem.on_order,
            StockItem.minimum,
            StockItem.maximum,
            StockItem.reorder_point,
            _everywhere().label("everywhere"),
            StockItem.unit_cost,
            StockBalance.moved_at,
            StockBalance.counted_at,
            counted_by.label("counted_by"),
            Record.number.label("record"),
        )
        .join(StockItem, StockItem.id == StockBalance.item_id)
        .outerjoin(Record, Record.id == StockBalance.frozen_by_id)
    )
    return Source(
        query=query,
        order=Order((StockItem.code, StockBalance.place), (str, str)),
        lines=lambda row: [{**row._mapping, "value": row.quantity * row.unit_cost, "level": level(row)}],
        text=(StockItem.name, StockItem.code, StockItem.category, StockBalance.place),
        item=StockItem.search_key,
        at=StockBalance.moved_at,
    )


def level(row: Any) -> str:
    """Whether there is, at all places together, less of an item than there should be; nothing while there is enough."""
    if row.everywhere < row.minimum:
        return "below_minimum"
    return "below_reorder" if row.everywhere + row.on_order < row.reorder_point else ""


def _everywhere() -> sa.ScalarSelect[Decimal]:
    """How much of an item there is at all places. Asked beside `StockItem`."""
    place = aliased(StockBalance)
    query = sa.select(sa.func.sum(place.quantity)).where(place.item_id == StockItem.id)
    return query.correlate(StockItem).scalar_subquery()


def counts() -> Source:
    """盘点流水账: each count of an item at a place, newest first."""
    cost = (
        sa.select(StockEntry.unit_cost)
        .where(
            StockEntry.record_id == CountEntry.record_id,
            StockEntry.item_id == CountEntry.item_id,
            StockEntry.place == CountEntry.place,
        )
        .limit(1)
        .correlate(CountEntry)
        .scalar_subquery()
    )
    reviewer = aliased(Person)
    approver = (
        sa.select(reviewer.name)
        .join(Signature, Signature.person_id == reviewer.id)
        .where(
            *(Signature.record_id == CountEntry.record_id, Signature.step == "supervisor_review"),
            Signature.act == "signed",
        )
        .order_by(Signature.id.desc())
        .limit(1)
        .correlate(CountEntry)
        .scalar_subquery()
    )
    query = (
        sa.select(
            CountEntry.id,
            CountEntry.posted_at,
            StockItem.code,
            StockItem.name,
            StockItem.unit,
            CountEntry.place,
            CountEntry.before,
            CountEntry.counted,
            CountEntry.reason,
            cost.label("unit_cost"),
            Record.number.label("record"),
            Record.cells,
            approver.label("approved_by"),
            Person.name.label("posted_by"),
            reversed_by(CountEntry.record_id).label("reversed_by"),
        )
        .join(StockItem, StockItem.id == CountEntry.item_id)
        .join(Record, Record.id == CountEntry.record_id)
        .join(Person, Person.id == CountEntry.posted_by_id)
    )
    return Source(
        query=query,
        order=Order((CountEntry.id,), (int,), descending=True),
        lines=lambda row: [_counted(row)],
        text=(StockItem.name, StockItem.code, CountEntry.place, CountEntry.reason, Record.number),
        item=StockItem.search_key,
        at=CountEntry.posted_at,
    )


def _counted(row: Any) -> Cells:
    difference = row.counted - row.before
    return {
        **row._mapping,
        "round": row.cells.get("count_round"),
        "count_date": row.cells.get("count_date"),
        "difference": difference,
        "value": difference * row.unit_cost if row.unit_cost is not None else None,
    }
