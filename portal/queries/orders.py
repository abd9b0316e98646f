"""How far contracts (CS-34) and orders (CR-17) are: what was ordered, delivered and paid."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, LedgerEntry, Record, RecordLink, RecordSubject, Signature
from portal.models.records import OPEN
from portal.queries import goods, receivables
from portal.queries.corrected import is_corrected

DELIVERIES = "deliveries"  # ledger of what customers have received: product, quantity, serial_no ...
CONTRACT, ORDER, DELIVERY = "CS-34", "CR-17", "CS-31"
GIVEN_UP = ("refused", "voided")
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


def lines(record_id: int, but: Collection[int] = ()) -> list[Line]:
    """The products of a contract or order, each once; deliveries on orders under a contract count for it too.

    `but` are deliveries that do not count.
    """
    return lines_of(goods.opening_answers(record_id), record_id, but)


def lines_of(answers: Mapping[str, Any], record_id: int, but: Collection[int] = ()) -> list[Line]:
    """The same, of a contract or order whose stored answers are at hand."""
    wanted: dict[int, tuple[str, Decimal]] = {}
    for row in answers.get("products") or answers.get("lines") or ():
        product = row["product"]
        before = wanted.get(product["id"], ("", NOTHING))[1]
        wanted[product["id"]] = (product["text"], before + Decimal(row["quantity"]))
    received = _delivered(record_id, but)
    return [Line(id, text, quantity, received.get(id, NOTHING)) for id, (text, quantity) in wanted.items()]


def deliverable(record_id: int, but: Collection[int] = ()) -> dict[int, Decimal]:
    """What may still be applied for, by product: open, and in no other delivery under way."""
    under_way = _applied(record_id, but)
    return {
        line.product_id: max(line.open - under_way.get(line.product_id, NOTHING), NOTHING)
        for line in lines(record_id, but)
    }


def of_customer(customer_id: int, *codes: str, but: Collection[int] = ()) -> list[tuple[int, str]]:
    """Ids and numbers of a customer's contracts and orders that are not given up or corrected, oldest first."""
    query = (
        sa.select(Record.id, Record.number)
        .join(RecordSubject, RecordSubject.record_id == Record.id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            RecordSubject.kind == "customer",
            RecordSubject.row_id == customer_id,
            Record.form_code.in_(codes or (CONTRACT, ORDER)),
            Record.state.not_in(GIVEN_UP),
            Record.id.not_in(list(but)),
            ~is_corrected(Record.id),
            Content.answers[("customer", "id")].as_integer() == customer_id,
        )
        .order_by(Record.id)
    )
    return [(id, number) for id, number in db.session.execute(query)]


def with_contract_no(contract_no: str, but: Collection[int] = ()) -> str:
    """The number of another contract that stands with this contract number; nothing if there is none."""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == CONTRACT,
            Record.state.not_in(GIVEN_UP),
            Record.id.not_in(list(but)),
            ~is_corrected(Record.id),
            Content.answers["contract_no"].as_string() == contract_no,
        )
        .limit(1)
    )
    return db.session.scalar(query) or ""


def may_deliver(record_id: int) -> bool:
    """Whether goods may be asked for: the contract is accepted or the order confirmed, and neither was taken back."""
    query = (
        sa.select(Signature.id)
        .join(Record, Record.id == Signature.record_id)
        .where(
            Record.id == record_id,
            Record.state.not_in((*GIVEN_UP, "returned", "withdrawn")),
            ~is_corrected(Record.id),
            Signature.round == Record.round,
            Signature.act == "signed",
            Signature.step.in_(("acceptance", "customer_confirm")),
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


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


def _delivered(record_id: int, but: Collection[int] = ()) -> dict[int, Decimal]:
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == DELIVERIES,
        sa.or_(LedgerEntry.about_id == record_id, LedgerEntry.about_id.in_(_orders_under(record_id))),
        LedgerEntry.record_id.not_in(list(but)),
        ~is_corrected(LedgerEntry.record_id),
    )
    return _by_product(db.session.scalars(query))


def _applied(record_id: int, but: Collection[int]) -> dict[int, Decimal]:
    """What deliveries under way take of a contract, of the orders under it, or of an order, by product."""
    targets = sa.or_(RecordLink.target_id == record_id, RecordLink.target_id.in_(_orders_under(record_id)))
    query = (
        sa.select(Content.answers)
        .join(Record, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.id.in_(sa.select(RecordLink.source_id).where(targets, RecordLink.kind == "named")),
            Record.form_code == DELIVERY,
            Record.state.in_(OPEN),
            Record.id.not_in(list(but)),
        )
    )
    return _by_product(row for answers in db.session.scalars(query) for row in answers.get("goods") or ())


def _orders_under(record_id: int) -> sa.Select[int]:
    return (
        sa.select(RecordLink.source_id)
        .join(Record, Record.id == RecordLink.source_id)
        .where(RecordLink.target_id == record_id, RecordLink.kind == "named", Record.form_code == ORDER)
    )


def _by_product(rows: Iterable[Mapping[str, Any]]) -> dict[int, Decimal]:
    found: dict[int, Decimal] = {}
    for row in rows:
        if row.get("product"):
            id = row["product"]["id"]
            found[id] = found.get(id, NOTHING) + Decimal(row["quantity"])
    return found
