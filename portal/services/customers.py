"""The state of customers, as their orders make it: once a night."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Customer
from portal.services import audit

STREAM = "customers"
WEEK, MONTH = timedelta(days=7), timedelta(days=30)  # without an order (R08, R10)
BY_ORDERS = ("cooperating", "quiet", "not_cooperating")


def settle(now: datetime) -> int:
    """Brings the state of every customer who orders in line with the last order; returns how many changed."""
    today, changed = day(now), 0
    query = sa.select(Customer).where(Customer.status.in_(BY_ORDERS), Customer.last_order_on.is_not(None))
    for customer in db.session.scalars(query.order_by(Customer.id).with_for_update()):
        assert customer.last_order_on is not None
        status = _status(customer.last_order_on, today)
        if status != customer.status:
            audit.note(
                "customer_state_changed", at=now, by=None, stream=STREAM, customer=customer.code, name=customer.name,
                old=customer.status, new=status,
            )  # fmt: skip
            customer.status = status
            changed += 1
    return changed


def _status(last_order_on: date, today: date) -> str:
    silence = today - last_order_on
    if silence > MONTH:
        return "not_cooperating"
    return "quiet" if silence > WEEK else "cooperating"
