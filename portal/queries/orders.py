"""How far contracts (CS-34) and orders (CR-17) are: what was ordered, delivered and paid."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, LedgerEntry, Record, RecordLink
from portal.queries import receivables
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


@dataclass(frozen=True, slots=True)
class Progress:
    """How far one contract or order is: `delivery` as `delivery_status` says it, and what is claimed and paid."""

    delivery: str
    claimed: Decimal
    paid: Decimal

    @property
    def is_paid(self) -> bool:
        """Whether something is claimed, and all of it is paid."""
        return self.claimed > 0 and self.paid >= self.claimed

    @property
    def is_closed(self) -> bool:
        """Whether it is delivered and paid."""
        return self.delivery == "delivered" and self.is_paid


def lines(record_id: int) -> list[Line]:
    """The products of a contract or order, each once; deliveries on orders under a contract count for it too."""
    return lines_of({record_id})[record_id]


def lines_of(record_ids: Collection[int]) -> dict[int, list[Line]]:
    """The lines of many contracts and orders, read in three queries."""
    received = _delivered(record_ids)
    opening = _opening_answers(record_ids)
    return {id: _lines(opening.get(id, {}), received.get(id, {})) for id in record_ids}


def progress(record_ids: Collection[int]) -> dict[int, Progress]:
    """How far many contracts and orders are, read in four queries."""
    if not record_ids:
        return {}
    claims = receivables.sums(record_ids)
    return {
        id: Progress(_status(every), *claims.get(id, (NOTHING, NOTHING)))
        for id, every in lines_of(record_ids).items()
    }


def delivery_status(record_id: int) -> str:
    """`not_delivered`, `partly_delivered` or `delivered`."""
    return _status(lines(record_id))


def is_paid(record_id: int) -> bool:
    """Whether every claim of the contract or order is paid; not while there is none."""
    claims = receivables.instalments(of=record_id)
    return bool(claims) and all(one.open <= 0 for one in claims)


def is_closed(record_id: int) -> bool:
    """Whether the contract or order is delivered and paid."""
    return delivery_status(record_id) == "delivered" and is_paid(record_id)


def _status(every: list[Line]) -> str:
    if every and all(not line.open for line in every):
        return "delivered"
    return "partly_delivered" if any(line.delivered for line in every) else "not_delivered"


def _lines(answers: Mapping[str, Any], received: Mapping[int, Decimal]) -> list[Line]:
    wanted: dict[int, tuple[str, Decimal]] = {}
    for row in answers.get("products") or answers.get("lines") or ():
        product = row["product"]
        before = wanted.get(product["id"], ("", NOTHING))[1]
        wanted[product["id"]] = (product["text"], before + Decimal(row["quantity"]))
    return [Line(id, text, quantity, received.get(id, NOTHING)) for id, (text, quantity) in wanted.items()]


def _opening_answers(record_ids: Collection[int]) -> dict[int, dict[str, Any]]:
    query = (
        sa.select(Content.record_id, Content.answers)
        .join(Record, sa.and_(Record.id == Content.record_id, Record.version == Content.version))
        .where(Record.id.in_(record_ids))
    )
    return {id: answers for id, answers in db.session.execute(query)}  # noqa: C416 -- rows are not pairs to mypy


def _delivered(record_ids: Collection[int]) -> dict[int, dict[int, Decimal]]:
    """What customers have received by record and product; what came on an order counts for its contract too."""
    named = (
        sa.select(RecordLink.source_id, RecordLink.target_id)
        .join(Record, Record.id == RecordLink.source_id)
        .where(RecordLink.target_id.in_(record_ids), RecordLink.kind == "named", Record.form_code == "CR-17")
    )
    counts_for: dict[int, set[int]] = {id: {id} for id in record_ids}
    for order, contract in db.session.execute(named):
        counts_for.setdefault(order, set()).add(contract)
    query = sa.select(LedgerEntry.about_id, LedgerEntry.facts).where(
        LedgerEntry.ledger == DELIVERIES,
        LedgerEntry.about_id.in_(counts_for),
        ~is_corrected(LedgerEntry.record_id),
    )
    found: dict[int, dict[int, Decimal]] = {}
    for about_id, facts in db.session.execute(query):
        product: dict[str, Any] = facts["product"]
        for id in counts_for[about_id or 0]:
            of_record = found.setdefault(id, {})
            of_record[product["id"]] = of_record.get(product["id"], NOTHING) + Decimal(facts["quantity"])
    return found
