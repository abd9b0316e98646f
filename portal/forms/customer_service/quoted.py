"""What quotations (CR-16) and orders (CR-17) share: lines of products with prices and amounts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.lib.i18n import _l
from portal.queries import products

CENT = Decimal("0.01")


def reckon(rows: Iterable[Any]) -> Decimal:
    """Fills the amount of each row of products; gives their total."""
    total = Decimal(0)
    for row in rows:
        quantity, price = row.quantity.data, row.price.data
        complete = quantity is not None and price is not None
        row.amount.data = (quantity * price).quantize(CENT, ROUND_HALF_UP) if complete else None
        total += row.amount.data or 0
    return total


def refuse_discontinued(rows: Iterable[Any]) -> None:
    """A product whose sale has ended is neither quoted nor ordered."""
    found = list(rows)
    known = products.by_id(row.product.data.id for row in found if row.product.data)
    for row in found:
        product = known.get(row.product.data.id) if row.product.data else None
        if product is not None and product.state == "discontinued":
            row.refuse("product", _l("该产品已经停售，请改选在售的产品"))
