"""What following customers up asks of the books: when they last ordered, who looks after them, what is open."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import Content, Customer, Record, RecordSubject
from portal.models.records import OPEN
from portal.queries.corrected import is_corrected

NO_ORDER, CONTACT = "CS-25", "CS-27"
CAME_BACK = "cooperates_again"  # what a contact says of a customer who orders again


@dataclass(frozen=True, slots=True)
class Contact:
    """How far the company has looked after a customer."""

    status: str
    owner: tuple[int, str] | None  # id and label
    arrears: Decimal
    last_order_on: date | None
    last_sales_follow_up: date | None


def contact(customer_id: int) -> Contact | None:
    """How far the company has looked after a customer; None if there is no such customer."""
    customer = db.session.get(Customer, customer_id)
    if customer is None:
        return None
    owner, spoken = customer.owner, customer.last_sales_follow_up
    return Contact(
        customer.status,
        (owner.id, owner.label) if owner else None,
        customer.arrears,
        customer.last_order_on,
        day(spoken) if spoken else None,
    )


def open_no_order_entries(customer_id: int, but: Collection[int] = ()) -> list[Record]:
    """The entries of the no-order register (CS-25) about the customer that are not over, oldest first."""
    query = _about(customer_id, NO_ORDER, but).where(Record.state.in_(OPEN))
    return list(db.session.scalars(query.order_by(Record.id)))


def contacts_in(customer_id: int, month: str, but: Collection[int] = ()) -> int:
    """How many contacts (CS-27) with the customer a month (`2026-05`) has seen."""
    query = (
        _about(customer_id, CONTACT, but)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.state.not_in(("refused", "voided")),
            ~is_corrected(Record.id),
            Content.answers["month"].as_string() == month,
        )
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(query.subquery())) or 0


def came_back() -> dict[int, date]:
    """The customers whose newest contact (CS-27) says that they order again, with its day."""
    query = (
        sa.select(RecordSubject.row_id, Record.submitted_at, Content.answers["result"].as_string())
        .join(Record, Record.id == RecordSubject.record_id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            RecordSubject.kind == "customer",
            Record.form_code == CONTACT,
            Record.state.not_in(("refused", "voided")),
            ~is_corrected(Record.id),
        )
        .order_by(Record.id)
    )
    newest = {customer: (at, result) for customer, at, result in db.session.execute(query)}
    return {customer: day(at) for customer, (at, result) in newest.items() if result == CAME_BACK}


def _about(customer_id: int, code: str, but: Collection[int]) -> sa.Select[Record]:
    """The records of a form about the customer."""
    return (
        sa.select(Record)
        .join(RecordSubject, RecordSubject.record_id == Record.id)
        .where(
            RecordSubject.kind == "customer",
            RecordSubject.row_id == customer_id,
            Record.form_code == code,
            Record.id.not_in(but),
        )
    )
