"""The warehouse's books: movements, goods on order, frozen places; lines are added, balances follow, mistakes are reversed."""

from __future__ import annotations

from collections.abc import Set
from datetime import datetime
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa

from portal.domain.effects import FreezesStock, OrdersStock, PostsStock
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import OrderEntry, Record, StockBalance, StockEntry, StockItem
from portal.queries import places
from portal.queries.corrected import standing_lines, taken_back
from portal.services import stock_batches

LOCK = {"key_share": True}  # kept from other writers, not from those who only name the row


def move(
    effect: PostsStock,
    record: Record,
    *,
    by: int,
    now: datetime,
    reverses: StockEntry | None = None,
    exact: bool = False,
) -> None:
    """Adds to the warehouse journal, a line for each batch, and changes the balance of item and place by it.

    What goes out without naming a batch takes the oldest batches first, what is put back returns to those that
    the record took from; an `exact` line moves the batch that it names, even if that is the one without a number.

    Raises:
        Refusal: the balance or a batch would fall below zero, the place is frozen by a stock-take, or it was closed.
    """
    item = _item(effect.item_id)
    balance = balance_of(item.id, effect.place)
    _refuse_frozen(balance, record)
    if effect.quantity > 0:
        _refuse_closed(effect.place)
    if balance.quantity + effect.quantity < 0:
        raise Refusal(
            _l("“%(item)s”在库位%(place)s的库存只有 %(there)s，不足以出库 %(wanted)s。"),
            item=item.name,
            place=effect.place,
            there=f"{balance.quantity:f}",
            wanted=f"{-effect.quantity:f}",
        )
    shares = (
        [(effect.batch, effect.quantity)]
        if exact or reverses
        else stock_batches.shares(effect, item.id, record)
    )
    stock_batches.refuse_lacking(item, effect.place, shares)
    if effect.kind in ("in", "reversal") and effect.unit_cost is not None:
        _average(item, effect.quantity, effect.unit_cost)
    for batch, quantity in shares:
        balance.quantity += quantity
        entry = StockEntry(
            kind=effect.kind,
            item_id=item.id,
            place=effect.place,
            quantity=quantity,
            unit_cost=effect.unit_cost if effect.unit_cost is not None else item.unit_cost,
            batch=batch,
            balance=balance.quantity,
            record_id=record.id,
            posted_by_id=by,
            posted_at=now,
            reverses_id=reverses.id if reverses else None,
        )
        db.session.add(entry)
    balance.moved_at = now


def order(
    effect: OrdersStock, record: Record, *, by: int, now: datetime, reverses: OrderEntry | None = None
) -> None:
    """Adds a line to the journal of goods on order; what comes beyond the order takes off only what is on order."""
    item = _item(effect.item_id)
    quantity = max(effect.quantity, -item.on_order)
    item.on_order += quantity
    kind = "order" if quantity > 0 else "received"
    entry = OrderEntry(
        kind="reversal" if reverses or effect.put_back else kind,
        item_id=item.id,
        quantity=quantity,
        balance=item.on_order,
        record_id=record.id,
        posted_by_id=by,
        posted_at=now,
        reverses_id=reverses.id if reverses else None,
    )
    db.session.add(entry)


def freeze(effect: FreezesStock, record: Record) -> None:
    """Stops, or lets go on, the movements of an item at a place.

    Raises:
        Refusal: another record has stopped them.
    """
    balance = balance_of(effect.item_id, effect.place)
    _refuse_frozen(balance, record)
    balance.frozen_by_id = record.id if effect.frozen else None


def reverse_before(record: Record, items: frozenset[int], *, by: int, now: datetime) -> None:
    """Before a record posts: takes back, line by line, what the record that it corrects has posted; once.

    `items` are those that the record is about to post. What came in and has left since waits until the new
    lines stand (`reverse_moves`): only what is missing after both is missing. So does an order: what has come
    in on it since is then taken off the new one.
    """
    moves = standing_lines(StockEntry, record.corrects_id)
    orders = [line for line in standing_lines(OrderEntry, record.corrects_id) if line.quantity < 0]
    lock({line.item_id for line in moves} | {line.item_id for line in orders} | items)
    for line in moves:
        if stock_batches.holds(line):
            _take_back(line, record, by=by, now=now)
    for ordered in orders:
        _take_back_order(ordered, record, by=by, now=now)
    db.session.flush()


def reverse_moves(record: Record, *, by: int, now: datetime) -> None:
    """Takes back the movements of the record that this one corrects which still stand."""
    moves = standing_lines(StockEntry, record.corrects_id)
    lock({line.item_id for line in moves})
    for line in moves:
        _take_back(line, record, by=by, now=now)
    db.session.flush()


def reverse_corrected(record: Record, *, by: int, now: datetime) -> None:
    """At the end of a record: takes back whatever is left of what the record that it corrects has posted."""
    moves = standing_lines(StockEntry, record.corrects_id)
    orders = standing_lines(OrderEntry, record.corrects_id)
    lock({line.item_id for line in moves} | {line.item_id for line in orders})
    reverse_moves(record, by=by, now=now)
    for ordered in orders:
        _take_back_order(ordered, record, by=by, now=now)
    db.session.flush()


def _take_back(line: StockEntry, record: Record, *, by: int, now: datetime) -> None:
    """Reverses a line.

    Raises:
        Refusal: too much of it has left.
    """
    if not stock_batches.holds(line):
        raise Refusal(
            _l(
                "原记录记入库存的“%(item)s”（库位%(place)s，批号“%(batch)s”，%(quantity)s）已有一部分出库，不能冲销："
                "更正后的数量不能少于已出库的数量，批号和库位须与原记录一致；否则请先冲销其后的出库记录。"
            ),
            item=line.item.name,
            place=line.place,
            batch=line.batch or str(_l("无批号")),
            quantity=f"{line.quantity.normalize():f}",
        )
    back = PostsStock("reversal", line.item_id, line.place, -line.quantity, line.unit_cost, line.batch)
    move(back, record, by=by, now=now, reverses=line)


def _take_back_order(line: OrderEntry, record: Record, *, by: int, now: datetime) -> None:
    order(OrdersStock(line.item_id, -line.quantity), record, by=by, now=now, reverses=line)


def restore_corrected(record: Record, *, by: int, now: datetime) -> None:
    """Posts again, for the record that this one was to correct, what this one had taken back of it.

    A correction that is refused or given up has corrected nothing.

    Raises:
        Refusal: what is to go out again has left meanwhile, or is being counted.
    """
    if record.corrects_id is None:
        return
    moves, orders = taken_back(StockEntry, record), taken_back(OrderEntry, record)
    if not (moves or orders):
        return
    lock({line.item_id for line in moves} | {line.item_id for line in orders})
    former = db.session.get_one(Record, record.corrects_id)
    for line in moves:
        anew = PostsStock(line.kind, line.item_id, line.place, line.quantity, line.unit_cost, line.batch)
        move(anew, former, by=by, now=now, exact=True)
    for ordered in orders:
        order(OrdersStock(ordered.item_id, ordered.quantity), former, by=by, now=now)
    db.session.flush()


def lock(item_ids: Set[int]) -> None:
    """Locks these items, in one order for all, so that two records with the same items wait for each other."""
    query = sa.select(StockItem).where(StockItem.id.in_(item_ids)).order_by(StockItem.id)
    if item_ids:
        locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
        db.session.scalars(locked).all()


def balance_of(item_id: int, place: str) -> StockBalance:
    """The balance of an item at a place, locked; made on first use."""
    found = db.session.get(StockBalance, (item_id, place), with_for_update=LOCK, populate_existing=True)
    if found is None:
        found = StockBalance(item_id=item_id, place=place, quantity=Decimal(0))
        db.session.add(found)
        db.session.flush()
    return found


def _item(item_id: Any) -> StockItem:
    return db.session.get_one(StockItem, item_id, with_for_update=LOCK, populate_existing=True)


def _refuse_frozen(balance: StockBalance, record: Record) -> None:
    if balance.frozen_by_id not in (None, record.id):
        counting = db.session.get_one(Record, balance.frozen_by_id)
        raise Refusal(
            _l("库位%(place)s正在盘存（%(number)s），盘存结束前不能出入库。"),
            place=balance.place,
            number=counting.number,
        )


def _refuse_closed(place: str) -> None:
    """Nothing is put where no form could take it from."""
    row = places.hold([place]).get(place)  # nobody closes it as long as this is not written
    if row is not None and not row.active:
        raise Refusal(_l("库位%(place)s已停用，货品不能放入；请仓库主管先在“库位”页重新启用。"), place=place)


def _average(item: StockItem, quantity: Decimal, cost: Decimal) -> None:
    """Moving average cost over all places; what is reversed leaves it at the cost it came in with."""
    query = sa.select(sa.func.sum(StockBalance.quantity)).where(StockBalance.item_id == item.id)
    there = db.session.scalar(query) or Decimal(0)
    total = there + quantity
    worth = there * item.unit_cost + quantity * cost
    if total > 0 and worth >= 0:
        item.unit_cost = (worth / total).quantize(Decimal("0.0001"), ROUND_HALF_UP)
