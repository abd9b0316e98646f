"""What belongs to one supplier: master data, records, prices of its orders; and suppliers by what is typed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.pinyin import needle
from portal.models import Content, Record, Supplier
from portal.queries.corrected import is_corrected
from portal.queries.keyset import Order, Page
from portal.queries.supplier_books import NAMES, licences_until

WORDS = 6  # of what was typed that are looked at
ORDERS = 200  # newest orders of a supplier whose prices are told
ORDER = Order((Supplier.code,), (str,))


@dataclass(frozen=True, slots=True)
class Price:
    """What a supplier has charged for an item: on which day, in which order."""

    item_id: int
    item: str
    unit: str
    price: Decimal
    on: date


def search(typed: str, cursor: str, size: int) -> Page:
    """One page of the suppliers that fit all words typed, by code; all of them for nothing typed."""
    columns = (getattr(Supplier, name) for name in NAMES)
    query = sa.select(*columns, licences_until().label("licences_until"))
    return ORDER.page(query.where(*(_fits(word) for word in typed.split()[:WORDS])), cursor, size)


def _fits(word: str) -> sa.ColumnElement[bool]:
    spelt = needle(word)
    columns = (Supplier.goods, Supplier.contact, Supplier.phone, Supplier.credit_code)
    ways: list[sa.ColumnElement[bool]] = [one.icontains(word, autoescape=True) for one in columns]
    if spelt:
        ways.append(Supplier.search_key.contains(spelt, autoescape=True))
    return sa.or_(*ways)


def named(code: str) -> Supplier:
    """The supplier with this code.

    Raises:
        NotFound: there is none.
    """
    found = db.session.scalar(sa.select(Supplier).where(Supplier.code == code))
    if found is None:
        raise NotFound
    return found


def prices(supplier_id: int) -> list[Price]:
    """The prices of the supplier's newest orders that it has accepted, the newest first."""
    query = (
        sa.select(Record.submitted_at, Content.answers)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == "PU-04", Record.state == "finished", ~is_corrected(Record.id)),
            Content.answers["supplier"]["id"].as_integer() == supplier_id,
        )
        .order_by(Record.id.desc())
        .limit(ORDERS)
    )
    return [
        Price(
            line["item"]["id"],
            line["item"]["text"],
            line.get("unit") or "",
            Decimal(line["unit_price"]),
            day(at),
        )
        for at, answers in db.session.execute(query)
        for line in answers.get("lines") or ()
        if line.get("item") and line.get("unit_price")
    ]
