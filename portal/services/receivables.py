"""Customers' accounts: claims and payments are only ever added, arrears follow in the same write."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import Any

from portal.domain.effects import PostsReceivable
from portal.extensions import db
from portal.models import Customer, ReceivableEntry, Record
from portal.queries.corrected import standing_lines, taken_back
from portal.services import stock


def post(
    effect: PostsReceivable,
    record: Record,
    *,
    by: int,
    now: datetime,
    reverses: ReceivableEntry | None = None,
) -> None:
    """Adds a line to the customer's account and changes the arrears by it."""
    debtor = customer(effect.customer_id)
    debtor.arrears += effect.amount
    db.session.add(
        ReceivableEntry(
            customer_id=debtor.id,
            of_id=effect.of,
            row=effect.row,
            amount=effect.amount,
            due_on=effect.due_on,
            paid_on=effect.paid_on,
            way=effect.way,
            account=effect.account,
            handler=effect.handler,
            balance=debtor.arrears,
            record_id=record.id,
            posted_by_id=by,
            posted_at=now,
            reverses_id=reverses.id if reverses else None,
        )
    )


def reverse_corrected(record: Record, *, by: int, now: datetime) -> None:
    """Takes back, line by line, what the record that this one corrects has posted; once."""
    for line in standing_lines(ReceivableEntry, record.corrects_id):
        post(_like(line, -line.amount), record, by=by, now=now, reverses=line)
    db.session.flush()


def restore_corrected(record: Record, *, by: int, now: datetime) -> None:
    """Posts again, for the record that this one was to correct, what this one had taken back of it."""
    if record.corrects_id is None:
        return
    former = db.session.get_one(Record, record.corrects_id)
    for line in taken_back(ReceivableEntry, record):
        post(_like(line, line.amount), former, by=by, now=now)
    db.session.flush()


def _like(line: ReceivableEntry, amount: Decimal) -> PostsReceivable:
    """The posting of a line, with this amount."""
    names = ("row", "due_on", "paid_on", "way", "account", "handler")
    same: dict[str, Any] = {name: getattr(line, name) for name in names}
    return PostsReceivable(line.customer_id, line.of_id, amount, **same)


def customer(id: int) -> Customer:
    """The customer, locked, so that two postings on one account come one after the other."""
    return db.session.get_one(Customer, id, with_for_update=stock.LOCK, populate_existing=True)
