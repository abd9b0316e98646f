"""What is bought for a requisition (PU-03), over all its orders (PU-04)."""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record
from portal.queries import goods


def taken(requisition_id: int, but: Collection[int] = ()) -> dict[int, Decimal]:
    """What the other orders of a requisition take of its shortage, by item id."""
    return _sum(_orders(requisition_id, but))


def not_yet_on_order(requisition_id: int, but: Collection[int] = ()) -> dict[int, Decimal]:
    """What the orders of a requisition ask for that no supplier has accepted yet, by item id."""
    orders = _orders(requisition_id, but)
    query = sa.select(Record.id).where(Record.id.in_(orders), Record.state != "finished")
    waiting = set(db.session.scalars(query))
    return _sum({id: answers for id, answers in orders.items() if id in waiting})


def delivered(order_id: int) -> dict[int, Decimal]:
    """What has come of an order so far, by item id."""
    notes = goods.naming("PU-05", "order", order_id)
    return goods.totals(
        [line for answers in notes.values() for line in answers.get("lines") or ()], "delivered"
    )


def _orders(requisition_id: int, but: Collection[int]) -> dict[int, dict[str, Any]]:
    return goods.naming("PU-04", "requisition", requisition_id, but=but)


def _sum(orders: dict[int, dict[str, Any]]) -> dict[int, Decimal]:
    lines = [line for answers in orders.values() for line in answers.get("lines") or ()]
    return goods.totals(lines, "quantity")
