"""The storage places of the warehouse, and what lies in them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import StockBalance, StoragePlace
from portal.queries.keyset import LARGEST


@dataclass(frozen=True, slots=True)
class Kept:
    """A place, how many different items lie there, and how many of them are being counted."""

    place: StoragePlace
    items: int
    counted: int


def every() -> list[Kept]:
    """All places by their codes, those in use before those closed."""
    lies = sa.func.count(StockBalance.item_id).filter(StockBalance.quantity > 0)
    counted = sa.func.count(StockBalance.frozen_by_id)
    query = (
        sa.select(StoragePlace, lies, counted)
        .outerjoin(StockBalance, StockBalance.place == StoragePlace.code)
        .group_by(StoragePlace.id)
        .order_by(StoragePlace.active.desc(), StoragePlace.code)
    )
    return [Kept(place, items, held) for place, items, held in db.session.execute(query)]


def one(id: int) -> StoragePlace:
    """The place with this id.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(StoragePlace, id) if id <= LARGEST else None
    if found is None:
        raise NotFound
    return found


def with_code(code: str) -> StoragePlace | None:
    """The place with this code, in use or closed."""
    return db.session.scalar(sa.select(StoragePlace).where(StoragePlace.code == code))


def hold(codes: Collection[str]) -> dict[str, StoragePlace]:
    """The places with these codes, kept as they are until the write ends; in one order for all."""
    query = sa.select(StoragePlace).where(StoragePlace.code.in_(codes)).order_by(StoragePlace.id)
    locked = query.with_for_update(key_share=True).execution_options(populate_existing=True)
    return {row.code: row for row in db.session.scalars(locked)} if codes else {}


def in_use(codes: set[str]) -> set[str]:
    """Those of these codes that are places in use."""
    query = sa.select(StoragePlace.code).where(StoragePlace.code.in_(codes), StoragePlace.active.is_(True))
    return set(db.session.scalars(query))


def is_empty(code: str) -> bool:
    """Whether nothing lies at a place and nothing there is being counted."""
    query = sa.select(StockBalance.item_id).where(
        StockBalance.place == code,
        sa.or_(StockBalance.quantity > 0, StockBalance.frozen_by_id.is_not(None)),
    )
    return db.session.scalar(query.limit(1)) is None
