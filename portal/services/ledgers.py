"""Postings: entries are only ever added, balances follow in the same write, mistakes are reversed."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

import sqlalchemy as sa

from portal.domain.effects import (
    Effect,
    FreezesStock,
    OrdersStock,
    PostsCount,
    PostsCredit,
    PostsEntry,
    PostsPrice,
    PostsReceivable,
    PostsStock,
    touched_items,
)
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import CountEntry, CreditEntry, LedgerEntry, LedgerKey, PriceEntry, Record
from portal.queries import places
from portal.queries.corrected import standing_lines, taken_back
from portal.services import once, receivables, stock

Posting = (
    PostsStock
    | PostsCount
    | OrdersStock
    | FreezesStock
    | PostsCredit
    | PostsReceivable
    | PostsPrice
    | PostsEntry
)


def prepare(wanted: Iterable[Effect], record: Record, *, by: int, now: datetime) -> None:
    """Before a record posts: locks all its items, and takes back what it corrects."""
    every = list(wanted)
    items = touched_items(every)
    if _moves_goods(every):
        stock.reverse_before(record, items, by=by, now=now)
    elif items:
        stock.lock(items)
    places.hold({effect.place for effect in every if isinstance(effect, PostsStock) and effect.quantity > 0})
    if any(isinstance(effect, PostsCredit) for effect in every):
        _reverse_credit(record, by=by, now=now)
    if any(isinstance(effect, PostsReceivable) for effect in every):
        receivables.reverse_corrected(record, by=by, now=now)


def complete(wanted: Iterable[Effect], record: Record, *, by: int, now: datetime) -> None:
    """After a record has posted: takes back what could not be taken back before."""
    if _moves_goods(wanted):
        stock.reverse_moves(record, by=by, now=now)


def _moves_goods(wanted: Iterable[Effect]) -> bool:
    return any(isinstance(effect, PostsStock | OrdersStock) for effect in wanted)


def reverse_corrected(record: Record, *, by: int, now: datetime) -> None:
    """At the end of a record: takes back what is left of the postings that it corrects."""
    stock.reverse_corrected(record, by=by, now=now)
    _reverse_credit(record, by=by, now=now)
    receivables.reverse_corrected(record, by=by, now=now)


def restore_corrected(record: Record, *, by: int, now: datetime) -> None:
    """At the end of a correction that is refused or given up: what it had taken back stands again."""
    stock.restore_corrected(record, by=by, now=now)
    _restore_credit(record, by=by, now=now)
    receivables.restore_corrected(record, by=by, now=now)
    _give_keys_back(record)


def post(effect: Posting, record: Record, *, by: int, now: datetime) -> None:
    """Posts one effect of a record."""
    match effect:
        case PostsStock():
            stock.move(effect, record, by=by, now=now)
        case OrdersStock():
            stock.order(effect, record, by=by, now=now)
        case FreezesStock():
            stock.freeze(effect, record)
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
            stock.balance_of(effect.item_id, effect.place).counted_at = now
        case PostsCredit():
            _credit(effect, record, by=by, now=now)
        case PostsReceivable():
            receivables.post(effect, record, by=by, now=now)
        case PostsPrice():
            db.session.add(
                PriceEntry(
                    product_id=effect.product_id,
                    price=effect.price,
                    valid_from=effect.valid_from,
                    record_id=record.id,
                    posted_by_id=by,
                    posted_at=now,
                )
            )
        case PostsEntry():
            if effect.key:
                _keep_once(effect, record)
            db.session.add(
                LedgerEntry(
                    ledger=effect.ledger,
                    facts=dict(effect.facts),
                    customer_id=effect.customer_id,
                    about_id=effect.about,
                    record_id=record.id,
                    posted_by_id=by,
                    posted_at=now,
                )
            )


def _reverse_credit(record: Record, *, by: int, now: datetime) -> None:
    """Brings back the limit and term of before, unless somebody has changed them since."""
    for line in standing_lines(CreditEntry, record.corrects_id):
        customer = receivables.customer(line.customer_id)
        limit = line.old_limit if customer.credit_limit == line.new_limit else None
        days = line.old_days if customer.credit_days == line.new_days else None
        back = PostsCredit(customer.id, limit, days, line.effective_on)
        _credit(back, record, by=by, now=now, reverses=line)
    db.session.flush()


def _restore_credit(record: Record, *, by: int, now: datetime) -> None:
    """Gives the limit and term of the record that this one was to correct, unless somebody has changed them since."""
    for line in taken_back(CreditEntry, record):
        customer = receivables.customer(line.customer_id)
        limit = line.new_limit if customer.credit_limit == line.old_limit else None
        days = line.new_days if customer.credit_days == line.old_days else None
        former = db.session.get_one(Record, line.record_id)
        _credit(PostsCredit(customer.id, limit, days, line.effective_on), former, by=by, now=now)
    db.session.flush()


def _credit(
    effect: PostsCredit, record: Record, *, by: int, now: datetime, reverses: CreditEntry | None = None
) -> None:
    customer = receivables.customer(effect.customer_id)
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
            reverses_id=reverses.id if reverses else None,
        )
    )
    customer.credit_limit, customer.credit_days = limit, days


def _keep_once(effect: PostsEntry, record: Record) -> None:
    """Takes the key for this record; what the record corrects hands it on.

    Raises:
        Refusal: it stands in the ledger already.
    """

    def find() -> LedgerKey | None:
        return db.session.get(LedgerKey, (effect.ledger, effect.key))

    wanted = LedgerKey(ledger=effect.ledger, key=effect.key, record_id=record.id)
    held: LedgerKey = find() or once.add(wanted, find)
    if held.record_id not in (record.id, record.corrects_id):
        raise Refusal(_l("“%(key)s”已登记过，请换一个编号。"), key=effect.key)
    if held.record_id != record.id:
        held.former_id, held.record_id = held.record_id, record.id


def _give_keys_back(record: Record) -> None:
    """The keys of a record that is given up: back to the one that it was to correct, or free again."""
    for held in db.session.scalars(sa.select(LedgerKey).where(LedgerKey.record_id == record.id)):
        if held.former_id is None:
            db.session.delete(held)
        else:
            held.record_id, held.former_id = held.former_id, None
