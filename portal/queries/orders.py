"""How far contracts (CS-34) and orders (CR-17) are: what was ordered, delivered and paid."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import LedgerEntry, Record, RecordLink
from portal.queries import goods, receivables
from portal.queries.corrected import is_corrected

DELIVERIES = "deliveries"  # ledger of what customers have received: product, quantity, serial_no ...
NOTHING = Decimal(0)


@dataclass(frozen=True, slots=True)
class Line:
    """One product of a contract or order, with what the customer has of it."""

    product_id: int
    product: str
    quantity: Decimal
    delivered: Decimal

    @property
    def open(self) -> Decimal:
        """What is still to come."""
        return max(self.quantity - self.delivered, NOTHING)


def lines(record_id: int) -> list[Line]:
    """The products of a contract or order, each once; deliveries on orders under a contract count for it too."""
    answers = goods.opening_answers(record_id)
    wanted: dict[int, tuple[str, Decimal]] = {}
    for row in answers.get("products") or answers.get("lines") or ():
        product = row["product"]
        before = wanted.get(product["id"], ("", NOTHING))[1]
        wanted[product["id"]] = (product["text"], before + Decimal(row["quantity"]))
    received = _delivered(record_id)
    return [Line(id, text, quantity, received.get(id, NOTHING)) for id, (text, quantity) in wanted.items()]


def delivery_status(record_id: int) -> str:
    """`not_delivered`, `partly_delivered` or `delivered`."""
    every = lines(record_id)
    if every and all(not line.open for line in every):
        return "delivered"
    return "partly_delivered" if any(line.delivered for line in every) else "not_delivered"


def is_paid(record_id: int) -> bool:
    """Whether every claim of the contract or order is paid; not while there is none."""
    claims = receivables.instalments(of=record_id)
    return bool(claims) and all(one.open <= 0 for one in claims)


def is_closed(record_id: int) -> bool:
    """Whether the contract or order is delivered and paid."""
    return delivery_status(record_id) == "delivered" and is_paid(record_id)


def _delivered(record_id: int) -> dict[int, Decimal]:
    under = (
        sa.select(RecordLink.source_id)
        .join(Record, Record.id == RecordLink.source_id)
        .where(RecordLink.target_id == record_id, RecordLink.kind == "named", Record.form_code == "CR-17")
    )
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == DELIVERIES,
        sa.or_(LedgerEntry.about_id == record_id, LedgerEntry.about_id.in_(under)),
        ~is_corrected(LedgerEntry.record_id),
    )
    found: dict[int, Decimal] = {}
    for facts in db.session.scalars(query):
        product: dict[str, Any] = facts["product"]
        found[product["id"]] = found.get(product["id"], NOTHING) + Decimal(facts["quantity"])
    return found
