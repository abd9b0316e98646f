"""What the page of a stock item says of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Person, Record, StockBalance, StockEntry, StockItem
from portal.queries import batches, promised
from portal.queries.promised import Promise

MOVES = 30


@dataclass(frozen=True, slots=True)
class Lot:
    """What lies of a batch at a place; `record` is the stock-take that holds the place."""

    place: str
    batch: str
    quantity: Decimal
    record: str


@dataclass(frozen=True, slots=True)
class Move:
    """A line of the journal."""

    at: datetime
    kind: str
    place: str
    batch: str
    quantity: Decimal
    balance: Decimal
    unit_cost: Decimal
    record: str
    posted_by: str


@dataclass(frozen=True, slots=True)
class Stock:
    """An item with its batches, promises and last movements."""

    item: StockItem
    lots: list[Lot]
    promises: list[Promise]
    moves: list[Move]

    @property
    def records(self) -> set[str]:
        """The numbers of all records that it speaks of."""
        counting = {lot.record for lot in self.lots}
        return ({move.record for move in self.moves} | {one.record for one in self.promises} | counting) - {
            ""
        }

    @property
    def on_hand(self) -> Decimal:
        """What lies at all places together."""
        return sum((lot.quantity for lot in self.lots), Decimal(0))

    @property
    def reserved(self) -> Decimal:
        """What is promised and not handed out."""
        return sum((promise.quantity for promise in self.promises), Decimal(0))

    @property
    def free(self) -> Decimal:
        """What may still be promised."""
        return self.on_hand - self.reserved

    @property
    def value(self) -> Decimal:
        """What it is worth at its cost."""
        return self.on_hand * self.item.unit_cost

    @property
    def to_order(self) -> bool:
        """Whether what is there and on order is below the reorder point."""
        return self.on_hand + self.item.on_order < self.item.reorder_point


def named(code: str) -> Stock:
    """The item with this code.

    Raises:
        NotFound: there is none.
    """
    item = db.session.scalar(sa.select(StockItem).where(StockItem.code == code))
    if item is None:
        raise NotFound
    return Stock(item, _lots(item.id), promised.of_item(item.id), _moves(item.id))


def _lots(item_id: int) -> list[Lot]:
    held = (
        sa.select(StockBalance.place, Record.number)
        .join(Record, Record.id == StockBalance.frozen_by_id)
        .where(StockBalance.item_id == item_id)
    )
    counting = dict(iter(db.session.execute(held)))
    return [
        Lot(place, batch, quantity, counting.get(place, ""))
        for place, batch, quantity in batches.everywhere(item_id)
    ]


def _moves(item_id: int) -> list[Move]:
    query = (
        sa.select(
            StockEntry.posted_at,
            StockEntry.kind,
            StockEntry.place,
            StockEntry.batch,
            StockEntry.quantity,
            StockEntry.balance,
            StockEntry.unit_cost,
            Record.number,
            Person.name,
        )
        .join(Record, Record.id == StockEntry.record_id)
        .join(Person, Person.id == StockEntry.posted_by_id)
        .where(StockEntry.item_id == item_id)
        .order_by(StockEntry.id.desc())
        .limit(MOVES)
    )
    return [Move(*row) for row in db.session.execute(query)]
