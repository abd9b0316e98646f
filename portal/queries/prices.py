"""The uniform price of a product on a day."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Person, PriceEntry, Product, Record
from portal.queries.keyset import Order
from portal.queries.ledgers import Source


def on(product_id: int, day: date) -> Decimal | None:
    """The price in force on a day; None while there is none. Of two from the same day the later posted counts."""
    query = (
        sa.select(PriceEntry.price)
        .where(PriceEntry.product_id == product_id, PriceEntry.valid_from <= day)
        .order_by(PriceEntry.valid_from.desc(), PriceEntry.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def book() -> Source:
    """统一定价表: every price with the last day on which it counts, newest first."""
    following = sa.func.lead(PriceEntry.valid_from).over(
        partition_by=PriceEntry.product_id, order_by=(PriceEntry.valid_from, PriceEntry.id)
    )
    lines = sa.select(PriceEntry.id, following.label("following")).subquery()
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
        )
        .join(lines, lines.c.id == PriceEntry.id)
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
