"""Which officer looks after how many customers."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Customer
from portal.queries import orders

OFFICER = "customer_service_officer"


def owned(person_ids: Collection[int]) -> dict[int, int]:
    """How many customers each of these people looks after; customers with whom all is over do not count."""
    query = (
        sa.select(Customer.owner_id, sa.func.count(Customer.id))
        .where(Customer.owner_id.in_(person_ids), Customer.status != "ended")
        .group_by(Customer.owner_id)
    )
    found = {owner: number for owner, number in db.session.execute(query) if owner is not None}
    return {id: found.get(id, 0) for id in person_ids}


def open_orders(customer_id: int) -> list[str]:
    """The numbers of a customer's contracts and orders that are not yet delivered and paid."""
    every = orders.of_customer(customer_id)
    progress = orders.progress({id for id, _number in every})
    return [number for id, number in every if not progress[id].is_closed]
