"""Items that want ordering anew: what is there, on order and at the warehouse's door is below their reorder point."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from decimal import Decimal

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, OrderEntry, Record, RecordSubject, StockBalance, StockEntry, StockItem
from portal.models.records import OPEN
from portal.queries import goods
from portal.queries.corrected import is_corrected
from portal.queries.owed import ALIVE

AT_ONCE = 100


@dataclass(frozen=True, slots=True)
class Low:
    """An item below its reorder point: how much there is and is to come, and with which line of the books it fell."""

    item: StockItem
    there: Decimal
    coming: Decimal
    line: str
    fell_at: datetime | None  # None: it was never above

    @property
    def lacking(self) -> Decimal:
        """How much it is below its reorder point."""
        return self.item.reorder_point - self.there - self.coming

    @property
    def wanted(self) -> Decimal:
        """How much fills it up to its maximum, or to its reorder point where it has none."""
        most = max(self.item.maximum or self.item.reorder_point, self.item.reorder_point)
        return most - self.there - self.coming


@dataclass(frozen=True, slots=True)
class Answer:
    """A requisition that asks for an item: how much, whether it still goes its way, and since when it has failed."""

    quantity: Decimal
    under_way: bool
    failed_on: date | None


def below(since: datetime) -> list[Low]:
    """The items below their reorder point; goods received since a moment and not entered yet count as coming."""
    there = sa.func.coalesce(sa.func.sum(StockBalance.quantity), 0)
    query = (
        sa.select(StockItem, there.label("there"))
        .outerjoin(StockBalance, StockBalance.item_id == StockItem.id)
        .where(StockItem.reorder_point > 0)
        .group_by(StockItem.id)
        .having(there + StockItem.on_order < StockItem.reorder_point)
        .order_by(StockItem.id)
    )
    rows = [(item, Decimal(found)) for item, found in db.session.execute(query)]
    door = at_the_door(since) if rows else {}
    found = []
    for item, quantity in rows:
        coming = item.on_order + door.get(item.id, Decimal(0))
        if quantity + coming < item.reorder_point:
            line, fell_at = _fell(item, quantity + item.on_order)
            found.append(Low(item, quantity, coming, line, fell_at))
    return found


def at_the_door(since: datetime) -> dict[int, Decimal]:
    """What was handed over to the warehouse since a moment and waits for its entry check, by item id."""
    query = sa.select(Record.id).where(
        Record.form_code == "PU-05", Record.state == "finished", Record.closed_at >= since
    )
    found: dict[int, Decimal] = {}
    for id in db.session.scalars(query.where(~is_corrected(Record.id))):
        if goods.naming("WH-02", "receipt", id, states=goods.DONE):
            continue
        lines = goods.stage_answers(id, "transfer_to_warehouse").get("transferred_lines") or []
        for item, quantity in goods.totals(lines, "quantity").items():
            found[item] = found.get(item, Decimal(0)) + quantity
    return found


def _fell(item: StockItem, level: Decimal) -> tuple[str, datetime | None]:
    """The line of the journals with which the item fell below its reorder point last, and its moment."""
    moves = sa.select(sa.literal("s").label("book"), StockEntry.id, StockEntry.quantity, StockEntry.posted_at)
    orders = sa.select(
        sa.literal("o").label("book"), OrderEntry.id, OrderEntry.quantity, OrderEntry.posted_at
    )
    lines = sa.union_all(
        moves.where(StockEntry.item_id == item.id), orders.where(OrderEntry.item_id == item.id)
    ).subquery()
    query = sa.select(lines).order_by(lines.c.posted_at.desc(), lines.c.book.desc(), lines.c.id.desc())
    with db.session.execute(query.execution_options(yield_per=AT_ONCE)) as rows:
        for row in rows:
            level -= row.quantity
            if level >= item.reorder_point:
                return f"{row.book}{row.id}", row.posted_at
    return "0", None


def answered(low: Low, patience: int) -> list[Answer]:
    """The requisitions that ask for the item since it fell, or are still open, oldest first.

    One that is approved waits so many days for its order.
    """
    query = (
        sa.select(Record, Content.answers)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "stock_item"))
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == "PU-03", RecordSubject.row_id == low.item.id, ~is_corrected(Record.id)),
            Record.state.in_((*ALIVE, "refused")),
        )
        .order_by(Record.id)
    )
    if low.fell_at is not None:
        query = query.where(sa.or_(Record.submitted_at >= low.fell_at, Record.state.in_(OPEN)))
    found = []
    for record, answers in db.session.execute(query):
        quantity = goods.totals(answers.get("lines") or [], "quantity").get(low.item.id)
        if quantity:
            found.append(Answer(quantity, *_state(record, patience)))
    return found


def _state(record: Record, patience: int) -> tuple[bool, date | None]:
    """Whether a requisition is under way, and the day from which it counts as failed."""
    if record.state in OPEN:
        return True, None
    ended = day(record.closed_at or record.submitted_at)
    if record.state == "refused":
        return False, ended + timedelta(days=patience)
    if goods.stage_answers(record.id, "stock_check").get("stock_meets_demand"):
        return False, None  # handed out from stock: it brings nothing in
    if goods.naming("PU-04", "requisition", record.id, states=goods.DONE):
        return False, None  # its order stands in the books
    if goods.naming("PU-04", "requisition", record.id, states=OPEN):
        return True, None
    return True, ended + timedelta(days=patience)
