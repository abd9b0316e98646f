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


def lines(record_id: int, but: Collection[int] = ()) -> list[Line]:
    """The products of a contract or order, each once; deliveries on orders under a contract count for it too.

    `but` are deliveries that do not count.
    """
    return lines_of(goods.opening_answers(record_id), record_id, but)


def lines_of(answers: Mapping[str, Any], record_id: int, but: Collection[int] = ()) -> list[Line]:
    """The same, of a contract or order whose stored answers are at hand."""
    return _lines(answers, _delivered({record_id}, but).get(record_id, {}))


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


def progress(record_ids: Collection[int]) -> dict[int, Progress]:
    """How far many contracts and orders are, read in four queries."""
    if not record_ids:
        return {}
    claims, received = receivables.sums(record_ids), _delivered(record_ids)
    opening = _opening_answers(record_ids)
    return {
        id: Progress(
            _status(_lines(opening.get(id, {}), received.get(id, {}))), *claims.get(id, (NOTHING, NOTHING))
        )
        for id in record_ids
    }


def delivery_status(record_id: int) -> str:
    """`not_delivered`, `partly_delivered` or `delivered`."""
    return _status(lines(record_id))


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


def _delivered(record_ids: Collection[int], but: Collection[int] = ()) -> dict[int, dict[int, Decimal]]:
    """What customers have received by record and product; what came on an order counts for its contract too."""
    named = (
        sa.select(RecordLink.source_id, RecordLink.target_id)
        .join(Record, Record.id == RecordLink.source_id)
        .where(RecordLink.target_id.in_(record_ids), RecordLink.kind == "named", Record.form_code == ORDER)
    )
    counts_for: dict[int, set[int]] = {id: {id} for id in record_ids}
    for order, contract in db.session.execute(named):
        counts_for.setdefault(order, set()).add(contract)
    query = sa.select(LedgerEntry.about_id, LedgerEntry.facts).where(
        LedgerEntry.ledger == DELIVERIES,
        LedgerEntry.about_id.in_(counts_for),
        LedgerEntry.record_id.not_in(list(but)),
        ~is_corrected(LedgerEntry.record_id),
    )
    found: dict[int, dict[int, Decimal]] = {}
    for about_id, facts in db.session.execute(query):
        product: dict[str, Any] = facts["product"]
        for id in counts_for[about_id or 0]:
            of_record = found.setdefault(id, {})
            of_record[product["id"]] = of_record.get(product["id"], NOTHING) + Decimal(facts["quantity"])
    return found


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
