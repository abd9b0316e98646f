"""Lines of the bookshop's books: each sale, and what every cashier took in a day."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.lib.i18n import _
from portal.models import LedgerEntry
from portal.queries import books, master_books
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

LEDGER = "sales_ledger"


def sales() -> Source:
    """销售台帐: a line for each book of a slip, newest first; what was taken back stands with a minus."""
    every = master_books.entries(LEDGER, "item", "cashier", "slip_no", "date")
    return replace(every, lines=lambda row: [_sold(cells) for cells in every.lines(row)])


def takings() -> Source:
    """收银日结: what each cashier took in a day, by the way of payment; whole fen add up exactly."""
    facts = LedgerEntry.facts
    line = (
        sa.select(
            facts["date"].as_string().label("date"),
            facts["cashier"].as_string().label("cashier"),
            facts["way"].as_string().label("way"),
            facts["slip_no"].as_string().label("slip_no"),
            sa.cast(facts["quantity"].as_string(), sa.Integer).label("quantity"),
            facts["fen"].as_integer().label("fen"),
            LedgerEntry.posted_at,
        )
        .where(LedgerEntry.ledger == LEDGER)
        .subquery()
    )
    by = (line.c.date, line.c.cashier, line.c.way)
    query = sa.select(
        *by,
        sa.func.count(line.c.slip_no.distinct()).label("slips"),
        sa.func.sum(line.c.quantity).label("quantity"),
        sa.func.sum(line.c.fen).label("fen"),
    ).group_by(*by)
    return Source(
        query=query,
        order=Order(by, (str, str, str), descending=True),
        lines=lambda row: [_taken(row)],
        text=(line.c.date, line.c.cashier),
        at=line.c.posted_at,
    )


def _sold(cells: Cells) -> Cells:
    """A line with what was let off in the reader's language."""
    return {**cells, "item": _("优惠")} if cells["item"] == books.DISCOUNT else cells


def _taken(row: Any) -> dict[str, Any]:
    return {**row._mapping, "quantity": int(row.quantity), "amount": Decimal(int(row.fen)) / 100}
