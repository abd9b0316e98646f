"""Postings: entries are only ever added, balances follow in the same write, mistakes are reversed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.domain.effects import (
    Effect,
    FreezesStock,
    OrdersStock,
    PostsCount,
    PostsCredit,
    PostsEntry,
    PostsStock,
)
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import (
    CountEntry,
    CreditEntry,
    Customer,
    LedgerEntry,
    Record,
    RecordLink,
    StockBalance,
    StockEntry,
    StockItem,
)

LOCK = {"key_share": True}  # kept from other writers, not from those who only name the row
Posting = PostsStock | PostsCount | OrdersStock | FreezesStock | PostsCredit | PostsEntry


def prepare(wanted: Iterable[Effect], record: Record, *, by: int, now: datetime) -> None:
    """Before a record posts: locks all items, in one order for all, and takes back what it corrects.

    So two records with the same items wait for each other instead of blocking each other.
    """
    moves = [effect for effect in wanted if isinstance(effect, PostsStock)]
    places = [effect for effect in wanted if isinstance(effect, OrdersStock | FreezesStock | PostsCount)]
    lines = _to_reverse(record) if moves else []
    _lock({one.item_id for one in (*moves, *places, *lines)})
    if moves:
        reverse_corrected(record, by=by, now=now)


def post(effect: Posting, record: Record, *, by: int, now: datetime) -> None:
    """Posts one effect of a record."""
    match effect:
        case PostsStock():
            move(effect, record, by=by, now=now)
        case OrdersStock():
            item = _item(effect.item_id)
            item.on_order = max(Decimal(0), item.on_order + effect.quantity)
        case FreezesStock():
            balance = _balance(effect.item_id, effect.place)
            _refuse_frozen(balance, record)
            balance.frozen_by_id = record.id if effect.frozen else None
        case PostsCount():
            count = CountEntry(
                item_id=effect.item_id,
                place=effect.place,
                before=effect.before,
                counted=effect.counted,
                reason=effect.reason,
                record_id=record.id,
                posted_by_id=by,
                posted_at=now,
            )
            db.session.add(count)
            _balance(effect.item_id, effect.place).counted_at = now
        case PostsCredit():
            _credit(effect, record, by=by, now=now)
        case PostsEntry():
            db.session.add(
                LedgerEntry(
                    ledger=effect.ledger,
                    facts=dict(effect.facts),
                    record_id=record.id,
                    posted_by_id=by,
                    posted_at=now,
                )
            )


def move(
    effect: PostsStock, record: Record, *, by: int, now: datetime, reverses: StockEntry | None = None
) -> StockEntry:
    """Adds a line to the warehouse journal and changes the balance of item and place by it.

    Raises:
        Refusal: the balance would fall below zero, or the place is frozen by a stock-take.
    """
    item = _item(effect.item_id)
    balance = _balance(effect.item_id, effect.place)
    _refuse_frozen(balance, record)
    after = balance.quantity + effect.quantity
    if after < 0:
        raise Refusal(
            _l("“%(item)s”在库位%(place)s的库存只有 %(there)s，不足以出库 %(wanted)s。"),
            item=item.name,
            place=effect.place,
            there=f"{balance.quantity:f}",
            wanted=f"{-effect.quantity:f}",
        )
    if effect.kind in ("in", "reversal") and effect.unit_cost is not None:
        _average(item, effect.quantity, effect.unit_cost)
    cost = effect.unit_cost if effect.unit_cost is not None else item.unit_cost
    balance.quantity, balance.moved_at = after, now
    entry = StockEntry(
        kind=effect.kind,
        item_id=item.id,
        place=effect.place,
        quantity=effect.quantity,
        unit_cost=cost,
        batch=effect.batch,
        balance=after,
        record_id=record.id,
        posted_by_id=by,
        posted_at=now,
        reverses_id=reverses.id if reverses else None,
    )
    db.session.add(entry)
    return entry


def reverse_corrected(record: Record, *, by: int, now: datetime) -> None:
    """Takes back, line by line, what the record that this one corrects has posted; once."""
    lines = _to_reverse(record)
    _lock({line.item_id for line in lines})
    for line in lines:
        back = PostsStock("reversal", line.item_id, line.place, -line.quantity, line.unit_cost, line.batch)
        move(back, record, by=by, now=now, reverses=line)
    db.session.flush()


def _credit(effect: PostsCredit, record: Record, *, by: int, now: datetime) -> None:
    customer = db.session.get_one(Customer, effect.customer_id, with_for_update=LOCK, populate_existing=True)
    limit = customer.credit_limit if effect.limit is None else effect.limit
    days = customer.credit_days if effect.days is None else effect.days
    db.session.add(
        CreditEntry(
            customer_id=customer.id,
            old_limit=customer.credit_limit,
            new_limit=limit,
            old_days=customer.credit_days,
            new_days=days,
            effective_on=effect.effective_on,
            record_id=record.id,
            posted_by_id=by,
            posted_at=now,
        )
    )
    customer.credit_limit, customer.credit_days = limit, days


def _to_reverse(record: Record) -> list[StockEntry]:
    """The lines posted by the record that this one corrects and not taken back yet, last first."""
    reversal = aliased(StockEntry)
    query = (
        sa.select(StockEntry)
        .join(RecordLink, RecordLink.target_id == StockEntry.record_id)
        .outerjoin(reversal, reversal.reverses_id == StockEntry.id)
        .where(
            RecordLink.source_id == record.id,
            RecordLink.kind == "corrects",
            StockEntry.kind != "reversal",
            reversal.id.is_(None),
        )
        .order_by(StockEntry.id.desc())
    )
    return list(db.session.scalars(query))


def _lock(item_ids: set[int]) -> None:
    query = sa.select(StockItem).where(StockItem.id.in_(item_ids)).order_by(StockItem.id)
    if item_ids:
        locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
        db.session.scalars(locked).all()


def _item(item_id: int) -> StockItem:
    return db.session.get_one(StockItem, item_id, with_for_update=LOCK, populate_existing=True)


def _balance(item_id: int, place: str) -> StockBalance:
    """The balance of an item at a place, locked; made on first use."""
    found = db.session.get(StockBalance, (item_id, place), with_for_update=LOCK, populate_existing=True)
    if found is None:
        found = StockBalance(item_id=item_id, place=place, quantity=Decimal(0))
        db.session.add(found)
        db.session.flush()
    return found


def _refuse_frozen(balance: StockBalance, record: Record) -> None:
    if balance.frozen_by_id not in (None, record.id):
        counting = db.session.get_one(Record, balance.frozen_by_id)
        raise Refusal(
            _l("库位%(place)s正在盘存（%(number)s），盘存结束前不能出入库。"),
            place=balance.place,
            number=counting.number,
        )


def _average(item: StockItem, quantity: Decimal, cost: Decimal) -> None:
    """Moving average cost over all places; what is reversed leaves it at the cost it came in with."""
    query = sa.select(sa.func.sum(StockBalance.quantity)).where(StockBalance.item_id == item.id)
    there = db.session.scalar(query) or Decimal(0)
    total = there + quantity
    worth = there * item.unit_cost + quantity * cost
    if total > 0 and worth >= 0:
        item.unit_cost = (worth / total).quantize(Decimal("0.0001"))
