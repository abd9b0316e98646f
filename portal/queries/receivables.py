"""What customers owe: instalments of a contract or order, what is paid on them, what is late."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Customer, Person, ReceivableEntry, Record
from portal.queries.corrected import reversed_by, standing
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

NOTHING = Decimal(0)


@dataclass(slots=True)
class Instalment:
    """A claim of a contract, order or voucher, and how much of it is paid."""

    of_id: int
    row: str
    due_on: date | None
    amount: Decimal
    paid: Decimal = NOTHING

    @property
    def open(self) -> Decimal:
        """What is left to pay."""
        return self.amount - self.paid


def instalments(
    *, of: int | None = None, customer: int | None = None, but: Collection[int] = ()
) -> list[Instalment]:
    """The claims of one contract (`of`) or of a customer, by due date, with what was paid on each.

    A payment goes to the instalment that it names, what is left of it to the oldest of its contract. What
    these records (`but`) have posted does not count.
    """
    query = sa.select(ReceivableEntry).order_by(ReceivableEntry.id)
    if of is not None:
        query = query.where(ReceivableEntry.of_id == of)
    if customer is not None:
        query = query.where(ReceivableEntry.customer_id == customer)
    if but:
        query = query.where(~standing(ReceivableEntry, but))
    return _settled(db.session.scalars(query).all())


def claimed(record_id: int) -> dict[tuple[int, str, date | None], Decimal]:
    """What a record has claimed and what still stands, by customer, instalment and due date."""
    query = (
        sa.select(
            ReceivableEntry.customer_id,
            ReceivableEntry.row,
            ReceivableEntry.due_on,
            sa.func.sum(ReceivableEntry.amount),
        )
        .where(ReceivableEntry.record_id == record_id, ReceivableEntry.paid_on.is_(None))
        .where(standing(ReceivableEntry, {record_id}))
        .group_by(ReceivableEntry.customer_id, ReceivableEntry.row, ReceivableEntry.due_on)
        .order_by(ReceivableEntry.due_on, ReceivableEntry.row)
    )
    rows = db.session.execute(query)
    return {(customer, row, due_on): amount for customer, row, due_on, amount in rows}


def paid(of: int) -> Decimal:
    """What was paid on a contract, order or voucher."""
    query = sa.select(sa.func.sum(ReceivableEntry.amount)).where(
        ReceivableEntry.of_id == of, ReceivableEntry.paid_on.is_not(None)
    )
    return -(db.session.scalar(query) or NOTHING)


def overdue(customer: int, today: date, but: Collection[int] = ()) -> Decimal:
    """What a customer should have paid before today and has not, without what these records have posted."""
    found = instalments(customer=customer, but=but)
    return sum((one.open for one in found if one.due_on is not None and one.due_on < today), NOTHING)


def posted_by(record_ids: Collection[int], customer: int) -> Decimal:
    """What these records have added to a customer's debt and still stands."""
    query = sa.select(sa.func.sum(ReceivableEntry.amount)).where(
        standing(ReceivableEntry, record_ids), ReceivableEntry.customer_id == customer
    )
    return db.session.scalar(query) or NOTHING


def _settled(lines: Iterable[ReceivableEntry]) -> list[Instalment]:
    claims: dict[tuple[int, str], Instalment] = {}
    payments: dict[tuple[int, str], Decimal] = {}
    for line in lines:
        key = (line.of_id, line.row)
        if line.paid_on is not None:
            payments[key] = payments.get(key, NOTHING) - line.amount
        elif key in claims:
            claims[key].amount += line.amount
            if line.amount > 0:  # claimed anew, perhaps for another day
                claims[key].due_on = line.due_on
        else:
            claims[key] = Instalment(line.of_id, line.row, line.due_on, line.amount)
    found = sorted(claims.values(), key=lambda one: (one.due_on or date.max, one.row))
    for (of, row), amount in payments.items():
        named = [one for one in found if (one.of_id, one.row) == (of, row)]
        for one in (*named, *(one for one in found if one.of_id == of and one not in named)):
            part = min(amount, one.open)
            one.paid, amount = one.paid + part, amount - part
    return [one for one in found if one.amount]


def book() -> Source:
    """应收及回款台帐: every claim and payment, newest first."""
    of = aliased(Record)
    query = (
        sa.select(
            ReceivableEntry.id,
            ReceivableEntry.posted_at,
            Customer.code,
            Customer.name,
            of.number.label("of"),
            ReceivableEntry.row,
            ReceivableEntry.amount,
            ReceivableEntry.due_on,
            ReceivableEntry.paid_on,
            ReceivableEntry.way,
            ReceivableEntry.account,
            ReceivableEntry.handler,
            ReceivableEntry.balance,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(ReceivableEntry.record_id).label("reversed_by"),
        )
        .join(Customer, Customer.id == ReceivableEntry.customer_id)
        .join(of, of.id == ReceivableEntry.of_id)
        .join(Record, Record.id == ReceivableEntry.record_id)
        .join(Person, Person.id == ReceivableEntry.posted_by_id)
    )

    def line(row: Any) -> dict[str, Any]:
        payment = row.paid_on is not None
        sides = {"debit": None if payment else row.amount, "credit": -row.amount if payment else None}
        return {**row._mapping, **sides}

    return Source(
        query=query,
        order=Order((ReceivableEntry.id,), (int,), descending=True),
        lines=lambda row: [line(row)],
        text=(Customer.search_key, Record.number, of.number),
        at=ReceivableEntry.posted_at,
    )


def sums(of: Collection[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """What is claimed and what is paid on each of these contracts, orders or vouchers that has a line."""
    found: dict[int, tuple[Decimal, Decimal]] = {}
    for id, payment, amount in db.session.execute(_SUMS, {"of": sorted(of)}):
        claimed, paid_so_far = found.get(id, (NOTHING, NOTHING))
        found[id] = (claimed, paid_so_far - amount) if payment else (claimed + amount, paid_so_far)
    return found


_IS_PAYMENT = ReceivableEntry.paid_on.is_not(None)
_SUMS = (
    sa.select(ReceivableEntry.of_id, _IS_PAYMENT, sa.func.sum(ReceivableEntry.amount))
    .where(ReceivableEntry.of_id.in_(sa.bindparam("of", expanding=True)))
    .group_by(ReceivableEntry.of_id, _IS_PAYMENT)
)
