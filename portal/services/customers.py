"""The state of customers, as their orders and their word make it: once a night."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Customer
from portal.queries import follow_ups
from portal.services import audit

STREAM = "customers"
WEEK, MONTH = timedelta(days=7), timedelta(days=30)  # without an order (R08, R10)
BY_ORDERS = ("cooperating", "quiet", "not_cooperating")


def settle(now: datetime) -> int:
    """Brings the state of every customer who orders in line with the last order; returns how many changed.

    A customer who has said so (CS-27) is given the same time to order again, from that day on.
    """
    query = sa.select(Customer).where(Customer.status.in_(BY_ORDERS), Customer.last_order_on.is_not(None))
    held = db.session.scalars(query.order_by(Customer.id).with_for_update()).all()
    today, changed, word = day(now), 0, follow_ups.came_back()  # who says so now waits for these rows
    for customer in held:
        assert customer.last_order_on is not None
        status = _status(max(customer.last_order_on, word.get(customer.id, date.min)), today)
        if status != customer.status:
            audit.note(
                "customer_state_changed", at=now, by=None, stream=STREAM, customer=customer.code, name=customer.name,
                old=customer.status, new=status,
            )  # fmt: skip
            customer.status = status
            changed += 1
    return changed


def _status(since: date, today: date) -> str:
    silence = today - since
    if silence > MONTH:
        return "not_cooperating"
    return "quiet" if silence > WEEK else "cooperating"
