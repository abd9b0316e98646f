"""What quotations (CR-16), orders (CR-17) and contracts (CS-34) share: lines of products with prices and amounts."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.lib.i18n import _l
from portal.queries import products

CENT = Decimal("0.01")
LARGEST = Decimal("999999999999.99")


def reckon(rows: Iterable[Any], price_field: str = "price") -> Decimal:
    """Fills the amount of each row of products; gives their total."""
    total = Decimal("0.00")
    for row in rows:
        quantity, price = row.quantity.data, row[price_field].data
        complete = quantity is not None and price is not None
        row.amount.data = (quantity * price).quantize(CENT, ROUND_HALF_UP) if complete else None
        total += row.amount.data or 0
    return total


def refuse_total(sheet: Any, table: str, total: Decimal | None) -> None:
    """A total is more than nothing, and no more than an account can hold."""
    rows = sheet[table].rows
    if total is None or not rows or any(row.amount.data is None for row in rows):
        return
    if total > LARGEST:
        sheet.refuse(table, _l("金额合计不能超过 %(most)s，请核对数量和单价"), most=f"{LARGEST:,.2f}")
    elif not total:
        sheet.refuse(table, _l("金额合计须大于零，请核对数量和单价"))


def refuse_discontinued(rows: Iterable[Any]) -> None:
    """A product whose sale has ended is neither quoted nor ordered."""
    found = list(rows)
    known = products.by_id(row.product.data.id for row in found if row.product.data)
    for row in found:
        product = known.get(row.product.data.id) if row.product.data else None
        if product is not None and product.state == "discontinued":
            row.refuse("product", _l("该产品已经停售，请改选在售的产品"))
