"""What is left of a customer's credit."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Record
from portal.queries import customers, receivables

WAITING = ("running", "returned", "withdrawn", "stuck")
NOTHING = Decimal(0)


def left(customer_id: int, but: Collection[int] = ()) -> Decimal:
    """The limit without what is owed and what open orders will add to it; `but` are orders
    that do not count."""
    found = customers.standing(customer_id)
    if found is None:
        return NOTHING
    owed = found.arrears - receivables.posted_by(but, customer_id)
    return found.limit - owed - open_orders(customer_id, but)


def open_orders(customer_id: int, but: Collection[int] = ()) -> Decimal:
    """The total of the customer's orders (CR-17) that nobody has confirmed yet; those under a contract are owed by it."""
    query = (
        sa.select(Content.answers)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .where(
            Record.form_code == "CR-17",
            Record.state.in_(WAITING),
            Record.id.not_in(but),
            Content.answers["customer"]["id"].as_integer() == customer_id,
        )
    )
    waiting = [one for one in db.session.scalars(query) if not one.get("contract")]
    return sum((Decimal(one["total_amount"]) for one in waiting), NOTHING)
