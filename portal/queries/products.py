"""What the company sells: products by id, and by what is kept of them in stock."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Product


def find(product_id: int) -> Product | None:
    """A product; None if there is none."""
    return db.session.get(Product, product_id)


def kept_as(item_id: int) -> Product | None:
    """The product that the warehouse keeps as this stock item; None if there is none."""
    query = sa.select(Product).where(Product.item_id == item_id).order_by(Product.id).limit(1)
    return db.session.scalar(query)
