"""What a contract or order claims from its customer, brought up to date however often the sheet goes round."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import date
from decimal import Decimal
from typing import NamedTuple

from portal.domain.effects import PostsReceivable
from portal.queries import receivables


class Claim(NamedTuple):
    """One instalment that a customer owes."""

    row: str
    due_on: date
    amount: Decimal


def claim(record_id: int, customer_id: int, claims: Iterable[Claim]) -> Iterator[PostsReceivable]:
    """Brings a record's claims to these; what a former round of it claimed stands, or is taken back."""
    change = {key: -amount for key, amount in receivables.claimed(record_id).items()}
    for one in claims:
        key = (customer_id, one.row, one.due_on)
        change[key] = change.get(key, Decimal(0)) + one.amount
    for (customer, row, due_on), amount in sorted(change.items(), key=lambda one: one[1]):
        if amount:
            yield PostsReceivable(customer, record_id, amount, row, due_on)
