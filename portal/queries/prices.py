"""The uniform price of a product on a day."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Person, PriceEntry, Product, Record
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Source


def on(product_id: int, day: date, but: Collection[int] = ()) -> Decimal | None:
    """The price in force on a day, without what these records posted; None while there is none."""
    return db.session.scalar(sa.select(in_force(product_id, day, but)))


def in_force(product_id: Any, day: Any, but: Collection[int] = ()) -> sa.ScalarSelect[Decimal]:
    """The price of a product on a day. Of two from the same day the later posted counts, a corrected one never."""
    query = (
        sa.select(PriceEntry.price)
        .where(
            PriceEntry.product_id == product_id,
            PriceEntry.valid_from <= day,
            PriceEntry.record_id.not_in(but),
            ~is_corrected(PriceEntry.record_id),
        )
        .order_by(PriceEntry.valid_from.desc(), PriceEntry.id.desc())
        .limit(1)
    )
    return query.scalar_subquery()


def first_day(record_ids: Collection[int]) -> date | None:
    """The first day of the prices that these records posted; None if they posted none."""
    query = sa.select(sa.func.min(PriceEntry.valid_from)).where(PriceEntry.record_id.in_(record_ids))
    return db.session.scalar(query)


def book() -> Source:
    """统一定价表: every price with the last day on which it counts, newest first."""
    following = sa.func.lead(PriceEntry.valid_from, type_=sa.Date).over(
        partition_by=PriceEntry.product_id, order_by=(PriceEntry.valid_from, PriceEntry.id)
    )
    standing = sa.select(PriceEntry.id, following.label("following"))
    lines = standing.where(~is_corrected(PriceEntry.record_id)).subquery()
    query = (
        sa.select(
            PriceEntry.id,
            PriceEntry.posted_at,
            Product.code,
            Product.name,
            PriceEntry.price,
            PriceEntry.valid_from,
            lines.c.following,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(PriceEntry.record_id).label("reversed_by"),
        )
        .outerjoin(lines, lines.c.id == PriceEntry.id)
        .join(Product, Product.id == PriceEntry.product_id)
        .join(Record, Record.id == PriceEntry.record_id)
        .join(Person, Person.id == PriceEntry.posted_by_id)
    )
    return Source(
        query=query,
        order=Order((PriceEntry.id,), (int,), descending=True),
        lines=lambda row: [{**row._mapping, "valid_to": _before(row.following)}],
        text=(Product.search_key, Record.number),
        at=PriceEntry.posted_at,
    )


def _before(following: date | None) -> date | None:
    return date.fromordinal(following.toordinal() - 1) if following else None
