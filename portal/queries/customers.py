"""What the forms of customers ask of the books: who is known already, files, credit, contracts."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.clock import today
from portal.lib.likeness import dialled, plain_code, plain_name
from portal.models import (
    CreditEntry,
    Customer,
    Department,
    LedgerEntry,
    Person,
    Record,
    RecordSubject,
)
from portal.queries import goods
from portal.queries.corrected import is_corrected


@dataclass(frozen=True, slots=True)
class Standing:
    """How a customer stands with the company."""

    status: str
    file_number: str
    limit: Decimal
    days: int
    arrears: Decimal


def standing(customer_id: int, but: Collection[int] = ()) -> Standing | None:
    """Status, file, credit and debts of a customer; None if there is no such customer.

    `but` are records whose changes of the credit do not count, nor do changes that are to come into force later.
    """
    customer = db.session.get(Customer, customer_id)
    if customer is None:
        return None
    limit, days = customer.credit_limit, customer.credit_days
    for line in _credit_left_out(customer_id, but):
        limit = line.old_limit if limit == line.new_limit else limit
        days = line.old_days if days == line.new_days else days
    return Standing(customer.status, customer.file_number, limit, days, customer.arrears)


def _credit_left_out(customer_id: int, but: Collection[int]) -> list[CreditEntry]:
    """The changes of a customer's credit that stand and do not count: of these records, or not in force yet; last first."""
    reversal = aliased(CreditEntry)
    taken_back = sa.exists().where(reversal.reverses_id == CreditEntry.id)
    query = sa.select(CreditEntry).where(
        CreditEntry.customer_id == customer_id,
        CreditEntry.reverses_id.is_(None),
        ~taken_back,
        sa.or_(CreditEntry.record_id.in_(but), CreditEntry.effective_on > today()),
    )
    return list(db.session.scalars(query.order_by(CreditEntry.id.desc())))


def has_file(customer_id: int) -> bool:
    """Whether a numbered file was made for the customer."""
    found = find(customer_id)
    return found is not None and bool(found.file_number)


def may_trade(customer_id: int) -> bool:
    """R15: whether contracts, orders and deliveries are open to the customer."""
    found = find(customer_id)
    return found is not None and bool(found.file_number) and found.status != "blocked"


def similar(name: str | None, credit_code: str | None, phone: str | None) -> list[Customer]:
    """Customers with the same name, credit code or telephone, without the prospect that this one is."""
    return [
        one for one in _matches(name, credit_code, phone) if not _is_prospect(one, name, credit_code, phone)
    ]


def same(name: str | None, credit_code: str | None) -> list[Customer]:
    """Customers that are the same by name or credit code."""
    return _matches(name, credit_code, None)


def twin(
    own: int, name: str | None, credit_code: str | None, phone: str | None, *, listed: str = ""
) -> str | None:
    """What another customer than the `own` row is called who looks like it and was not listed before; None if nobody does."""
    found = (one.label for one in _matches(name, credit_code, phone) if one.id != own)
    return next((label for label in found if label not in listed), None)


def prospect(name: str | None, credit_code: str | None, phone: str | None) -> Customer | None:
    """The prospect that is registered now: same credit code, or same name and telephone."""
    found = _matches(name, credit_code, phone)
    return next((one for one in found if _is_prospect(one, name, credit_code, phone)), None)


def entered_by(record_id: int | None) -> Customer | None:
    """The customer whom a registration (CS-30) has entered, as far as the answers tell."""
    if record_id is None:
        return None
    given = goods.opening_answers(record_id)
    who = given.get("customer_name"), given.get("credit_code"), given.get("contact_phone")
    return next((one for one in _matches(*who) if _is_same(one, *who)), None)


def find(customer_id: int) -> Customer | None:
    """A customer; None if there is none."""
    return db.session.get(Customer, customer_id)


def contract_customer(record_id: int) -> int | None:
    """The customer of a contract (CS-34)."""
    customer = goods.opening_answers(record_id).get("customer") or {}
    return customer.get("id")


def contract_accepted_on(record_id: int) -> date | None:
    """The day on which a contract (CS-34) was accepted; None while it is not."""
    accepted = goods.stage_answers(record_id, "acceptance").get("accepted_on")
    return date.fromisoformat(accepted) if accepted else None


def named_by(customer_id: int, form_code: str) -> str:
    """The number of the latest record of a form about the customer that is not given up; nothing if there is none."""
    query = (
        sa.select(Record.number)
        .join(RecordSubject, RecordSubject.record_id == Record.id)
        .where(
            RecordSubject.kind == "customer",
            RecordSubject.row_id == customer_id,
            Record.form_code == form_code,
            Record.state.not_in(("refused", "voided")),
            ~is_corrected(Record.id),
        )
        .order_by(Record.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or ""


def number_of(record_id: int) -> str:
    """The number of a record; nothing if there is none."""
    return db.session.scalar(sa.select(Record.number).where(Record.id == record_id)) or ""


def entered(ledger: str, record_id: int) -> list[dict[str, Any]]:
    """What a record has entered into a plain ledger so far."""
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == ledger, LedgerEntry.record_id == record_id
    )
    return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def papers(customer_id: int) -> list[dict[str, Any]]:
    """The lines of the ledger of papers of a customer that were not corrected, oldest first."""
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == "customer_papers",
        LedgerEntry.facts["customer_id"].as_integer() == customer_id,
        ~is_corrected(LedgerEntry.record_id),
    )
    return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def works_in(person_id: int, department: str) -> bool:
    """Whether the person belongs to the department with this key."""
    query = (
        sa.select(Department.key)
        .join(Person, Person.department_id == Department.id)
        .where(Person.id == person_id)
    )
    return db.session.scalar(query) == department


def about(record_ids: Collection[int], *, status: str = "") -> Customer | None:
    """The customer, of this status if one is given, whom one of these records names or has entered."""
    query = (
        sa.select(Customer)
        .join(RecordSubject, RecordSubject.row_id == Customer.id)
        .where(RecordSubject.kind == "customer", RecordSubject.record_id.in_(record_ids))
        .order_by(Customer.id.desc())
        .limit(1)
    )
    return db.session.scalar(query.where(Customer.status == status) if status else query)


def _matches(name: str | None, credit_code: str | None, phone: str | None) -> list[Customer]:
    given = (
        (Customer.plain_name, plain_name(name)),
        (Customer.plain_code, plain_code(credit_code)),
        (Customer.plain_phone, dialled(phone)),
    )
    alike = [column == plain for column, plain in given if plain]
    if not alike:
        return []
    unknown = Customer.plain_name.is_(None)  # the release before has entered it
    rows = db.session.scalars(sa.select(Customer).where(sa.or_(*alike, unknown)).order_by(Customer.code))
    return [one for one in rows if _is_alike(one, name, credit_code, phone)]


def _is_alike(one: Customer, name: str | None, credit_code: str | None, phone: str | None) -> bool:
    plain, code, number = plain_name(name), plain_code(credit_code), dialled(phone)
    return (
        (bool(plain) and plain_name(one.name) == plain)
        or (bool(code) and plain_code(one.credit_code) == code)
        or (bool(number) and dialled(one.phone) == number)
    )


def _is_prospect(one: Customer, name: str | None, credit_code: str | None, phone: str | None) -> bool:
    return one.status == "prospect" and _is_same(one, name, credit_code, phone)


def _is_same(one: Customer, name: str | None, credit_code: str | None, phone: str | None) -> bool:
    code = plain_code(credit_code)
    by_code = bool(code) and plain_code(one.credit_code) == code
    return by_code or (plain_name(one.name) == plain_name(name) and dialled(one.phone) == dialled(phone))
