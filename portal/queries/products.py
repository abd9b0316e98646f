"""What the company sells: products by code, what is kept of them in stock, the catalogue."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import today
from portal.models import PriceEntry, Product, Record
from portal.queries import goods
from portal.queries.keyset import Order
from portal.queries.ledgers import Source
from portal.queries.prices import in_force


def find(product_id: int) -> Product | None:
    """A product; None if there is none."""
    return db.session.get(Product, product_id)


def with_code(code: str) -> Product | None:
    """The product with this code; None if there is none."""
    return db.session.scalar(sa.select(Product).where(Product.code == code))


def kept_as(item_id: int) -> Product | None:
    """The product that the warehouse keeps as this stock item; None if there is none."""
    query = sa.select(Product).where(Product.item_id == item_id).order_by(Product.id).limit(1)
    return db.session.scalar(query)


def entered_by(record_ids: Collection[int]) -> Product | None:
    """The product that one of these records (CR-05) has entered as new; None if none of them has."""
    new = [id for id in record_ids if goods.opening_answers(id).get("request_kind") == "new_product"]
    query = (
        sa.select(Product)
        .join(PriceEntry, PriceEntry.product_id == Product.id)
        .where(PriceEntry.record_id.in_(new))
        .limit(1)
    )
    return db.session.scalar(query) if new else None


def by_id(ids: Iterable[int]) -> dict[int, Product]:
    """Products by id."""
    found = db.session.scalars(sa.select(Product).where(Product.id.in_(set(ids))))
    return {product.id: product for product in found}


def catalogue() -> Source:
    """产品目录: every product with its price of today, by code."""
    names = ("code", "line", "name", "model", "unit", "warranty_months", "state")
    query = sa.select(
        *(getattr(Product, name) for name in names),
        Product.item_id.is_not(None).label("stocked"),
        in_force(Product.id, sa.bindparam("today", callable_=today, type_=sa.Date)).label("price"),
        _entered_by().label("record"),
    )
    return Source(
        query=query,
        order=Order((Product.code,), (str,)),
        lines=lambda row: [dict(row._mapping)],
        text=(Product.search_key, Product.line, Product.model),
    )


def _entered_by() -> sa.ScalarSelect[str]:
    """The number of the record by which the price of a product was posted last."""
    query = (
        sa.select(Record.number)
        .join(PriceEntry, PriceEntry.record_id == Record.id)
        .where(PriceEntry.product_id == Product.id)
        .order_by(PriceEntry.id.desc())
        .limit(1)
    )
    return query.scalar_subquery()
