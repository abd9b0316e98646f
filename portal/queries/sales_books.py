"""Lines of the books of sales: contracts and orders, and what was delivered on them."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import Content, Customer, LedgerEntry, Person, ReceivableEntry, Record
from portal.queries import orders
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

NOTHING = Decimal(0)


def contracts_and_orders() -> Source:
    """合同/订单登记表: every contract and order that stands, newest first, with what is delivered and paid."""
    customer_id = Content.answers[("customer", "id")].as_integer()
    query = (
        sa.select(
            Record.id,
            Record.number.label("record"),
            Record.submitted_at,
            Content.answers,
            Customer.name.label("customer"),
            _account(ReceivableEntry.paid_on.is_(None)).label("claimed"),
            _account(ReceivableEntry.paid_on.is_not(None)).label("paid"),
        )
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .outerjoin(Customer, Customer.id == customer_id)
        .where(
            Record.form_code.in_((orders.CONTRACT, orders.ORDER)),
            Record.state.not_in(orders.GIVEN_UP),
            ~is_corrected(Record.id),
        )
    )
    return Source(
        query=query,
        order=Order((Record.id,), (int,), descending=True),
        lines=lambda row: [_contract(row)],
        text=(Record.number, Record.title, Customer.search_key),
        at=Record.submitted_at,
    )


def deliveries() -> Source:
    """交付记录: what customers have received, newest first."""
    of = aliased(Record)
    query = (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.posted_at,
            LedgerEntry.facts,
            Customer.name.label("customer"),
            of.number.label("of"),
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(LedgerEntry.record_id).label("reversed_by"),
        )
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Person, Person.id == LedgerEntry.posted_by_id)
        .outerjoin(Customer, Customer.id == LedgerEntry.customer_id)
        .outerjoin(of, of.id == LedgerEntry.about_id)
        .where(LedgerEntry.ledger == orders.DELIVERIES)
    )

    def line(row: Any) -> Cells:
        facts = row.facts
        known = {name: value for name, value in row._mapping.items() if name != "facts"}
        return {**facts, **known, "product": facts["product"]["text"]}

    return Source(
        query=query,
        order=Order((LedgerEntry.id,), (int,), descending=True),
        lines=lambda row: [line(row)],
        text=(
            Customer.search_key,
            Record.number,
            of.number,
            LedgerEntry.facts[("product", "text")].as_string(),
            LedgerEntry.facts["serial_no"].as_string(),
        ),
        at=LedgerEntry.posted_at,
    )


def _account(side: sa.ColumnElement[bool]) -> sa.ScalarSelect[Decimal]:
    return (
        sa.select(sa.func.sum(ReceivableEntry.amount))
        .where(ReceivableEntry.of_id == Record.id, side)
        .correlate(Record)
        .scalar_subquery()
    )


def _contract(row: Any) -> Cells:
    answers, claimed, paid = row.answers, row.claimed or NOTHING, -(row.paid or NOTHING)
    every = orders.lines_of(answers, row.id)
    wanted = sum((one.quantity for one in every), NOTHING)
    delivered = sum((min(one.delivered, one.quantity) for one in every), NOTHING)
    signer = answers.get("our_signer") or {}
    return {
        "record": row.record,
        "contract_no": answers.get("contract_no") or "",
        "customer": row.customer or "",
        "products": "、".join(f"{one.product} × {one.quantity.normalize():f}" for one in every),
        "amount": answers.get("amount"),
        "start_date": answers.get("start_date"),
        "end_date": answers.get("end_date"),
        "signer": signer.get("text", ""),
        "delivered": delivered,
        "to_deliver": wanted - delivered,
        "paid": paid,
        "open": claimed - paid,
        "state": "closed" if wanted <= delivered and claimed and claimed <= paid else "open",
        "submitted_at": row.submitted_at,
    }
