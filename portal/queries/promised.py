"""What is promised and has not left the warehouse: the reserved quantities.

They are counted from the records that promise, not kept in a journal of their own: a promise is there as long as its
record waits at one of these steps, so that the two cannot disagree, and there are few such records at a time.
Promised is what a requisition (PU-03) that the stock meets still has to get, what a delivery application (CS-31) asks
for until it is issued, and what a service voucher (CS-78) has used until the parts are taken off the books. What the
record, or the one that it corrects, has already posted is handed out and no longer promised.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Record, StockEntry
from portal.queries.corrected import standing

UNDER_WAY = ("running", "stuck")
# form -> steps at which it promises, its table, the column that names the item
PROMISING = {
    "PU-03": (("issue",), "lines", "item"),
    "CS-31": (("sales_check", "warehouse_issue"), "goods", "item"),
    "CS-78": (("customer_sign", "hand_in"), "parts_used", "part"),
}


@dataclass(frozen=True, slots=True)
class Promise:
    """So much of an item that a record has been promised."""

    record: str  # its number
    form: str
    item_id: int
    quantity: Decimal


def reserved(item_ids: Collection[int], but: Collection[int] = ()) -> dict[int, Decimal]:
    """What is promised of these items, by item id, without what these records have been promised."""
    found = dict.fromkeys(item_ids, Decimal(0))
    for promise in _promises(but):
        if promise.item_id in found:
            found[promise.item_id] += promise.quantity
    return found


def of_item(item_id: int) -> list[Promise]:
    """The promises of an item, oldest first."""
    return [promise for promise in _promises() if promise.item_id == item_id]


def _promises(but: Collection[int] = ()) -> Iterator[Promise]:
    open_ones = [record for record in db.session.execute(_open()).all() if record.id not in but]
    handed = _handed({id for record in open_ones for id in (record.id, record.corrects_id) if id is not None})
    for record in open_ones:
        _steps, table, column = PROMISING[record.form_code]
        for item, quantity in _asked(record.answers.get(table) or (), column).items():
            gone = sum(
                (handed.get((id, item), Decimal(0)) for id in (record.id, record.corrects_id)), Decimal(0)
            )
            if quantity > gone:
                yield Promise(record.number, record.form_code, item, quantity - gone)


def _open() -> sa.Select[Any]:
    """The records that promise something now, with the answers of their opening section."""
    waiting = (
        sa.and_(Record.form_code == code, Record.step.in_(steps))
        for code, (steps, _table, _column) in PROMISING.items()
    )
    return (
        sa.select(Record.id, Record.number, Record.form_code, Record.corrects_id, Content.answers)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.state.in_(UNDER_WAY), sa.or_(*waiting))
        .order_by(Record.id)
    )


def _asked(rows: Iterable[dict[str, Any]], column: str) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in rows:
        item = (row.get(column) or {}).get("id")
        if item is not None and row.get("quantity"):
            found[item] = found.get(item, Decimal(0)) + Decimal(row["quantity"])
    return found


def _handed(record_ids: Collection[int]) -> dict[tuple[int, int], Decimal]:
    """What these records have taken off the books and what still stands, by record and item."""
    if not record_ids:
        return {}
    query = (
        sa.select(StockEntry.record_id, StockEntry.item_id, -sa.func.sum(StockEntry.quantity))
        .where(standing(StockEntry, record_ids))
        .group_by(StockEntry.record_id, StockEntry.item_id)
    )
    return {(record, item): quantity for record, item, quantity in db.session.execute(query)}
