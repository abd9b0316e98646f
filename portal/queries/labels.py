"""What labels are printed for: items of the warehouse, and the places where they lie."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.pinyin import needle
from portal.models import StockItem, StoragePlace

MOST = 200  # items that the page offers at once


def items(typed: str) -> list[StockItem]:
    """Items that fit what is typed, by code; the first ones when nothing is."""
    query = sa.select(StockItem).where(StockItem.search_key.contains(needle(typed), autoescape=True))
    return list(db.session.scalars(query.order_by(StockItem.code).limit(MOST)))


def chosen(ids: Collection[int]) -> list[StockItem]:
    """These items, by code."""
    return list(
        db.session.scalars(sa.select(StockItem).where(StockItem.id.in_(ids)).order_by(StockItem.code))
    )


def places() -> list[StoragePlace]:
    """The storage places in use, by code."""
    query = sa.select(StoragePlace).where(StoragePlace.active.is_(True)).order_by(StoragePlace.code)
    return list(db.session.scalars(query))
