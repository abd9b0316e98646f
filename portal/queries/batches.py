"""What lies at a place, batch by batch, as the warehouse journal has it: its lines add up to the batches, so that the
batches of a place always add up to its balance. What came without a batch number is a batch of its own, named "".
"""

from __future__ import annotations

from collections.abc import Collection
from decimal import Decimal

import sqlalchemy as sa

from portal.extensions import db
from portal.models import StockEntry
from portal.queries.corrected import standing


def at(item_id: int, place: str) -> dict[str, Decimal]:
    """The batches of an item at a place with what is left of each, the one that came first before the others."""
    left = sa.func.sum(StockEntry.quantity)
    query = (
        sa.select(StockEntry.batch, left)
        .where(StockEntry.item_id == item_id, StockEntry.place == place)
        .group_by(StockEntry.batch)
        .having(left != 0)
        .order_by(sa.func.min(StockEntry.id))
    )
    return dict(iter(db.session.execute(query)))


def everywhere(item_id: int) -> list[tuple[str, str, Decimal]]:
    """Place, batch and what is left of it, the oldest batch of each place first."""
    left = sa.func.sum(StockEntry.quantity)
    query = (
        sa.select(StockEntry.place, StockEntry.batch, left)
        .where(StockEntry.item_id == item_id)
        .group_by(StockEntry.place, StockEntry.batch)
        .having(left != 0)
        .order_by(StockEntry.place, sa.func.min(StockEntry.id))
    )
    return [(place, batch, quantity) for place, batch, quantity in db.session.execute(query)]


def moved_by(record_ids: Collection[int], item_id: int, place: str) -> dict[str, Decimal]:
    """What these records have moved of an item at a place and what still stands, by batch, the last one first."""
    moved = sa.func.sum(StockEntry.quantity)
    query = (
        sa.select(StockEntry.batch, moved)
        .where(standing(StockEntry, record_ids), StockEntry.item_id == item_id, StockEntry.place == place)
        .group_by(StockEntry.batch)
        .having(moved != 0)
        .order_by(sa.func.max(StockEntry.id).desc())
    )
    return dict(iter(db.session.execute(query)))
