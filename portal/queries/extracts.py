"""What changed with an officer's customers from one daily extract (CS-20) to the next."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import midnight
from portal.models import (
    AuditEvent,
    Content,
    Customer,
    LedgerEntry,
    ReceivableEntry,
    Record,
    RecordSubject,
    Signature,
)
from portal.queries import goods
from portal.queries.corrected import is_corrected

EXTRACT, REGISTRATION = "CS-20", "CS-30"
OWN = (EXTRACT, "CS-23")  # keep the books of customers themselves: no news of a customer
FIRST_LOOK = timedelta(days=7)  # how far an officer's first extract looks back
NOTHING = Decimal(0)


@dataclass(slots=True)
class Change:
    """What is new of one customer."""

    customer: Customer
    ordered_on: date | None = None
    paid: Decimal = NOTHING
    records: list[str] = field(default_factory=list)  # that speak of the customer
    data: bool = False  # its row of the database, or a ledger of its papers


def of_day(officer_id: int, day: date, but: Collection[int] = ()) -> str:
    """The number of the officer's extract of a day; nothing if there is none."""
    query = sa.select(Record.number).join(Content, _current()).where(*_by(officer_id, but))
    return db.session.scalar(query.where(_extract_date() == day.isoformat()).limit(1)) or ""


def last_day(officer_id: int, before: date, but: Collection[int] = ()) -> date | None:
    """The day of the officer's last extract before a day."""
    query = sa.select(sa.func.max(_extract_date())).join(Record, _current()).where(*_by(officer_id, but))
    found = db.session.scalar(query.where(_extract_date() < before.isoformat()))
    return date.fromisoformat(found) if found else None


def officer_of(record_ids: Collection[int]) -> dict[str, Any] | None:
    """The officer of one of these extracts, as stored."""
    found = (goods.opening_answers(id).get("officer") for id in sorted(record_ids))
    return next((one for one in found if one), None)


def listed(record_ids: Collection[int]) -> set[int]:
    """The customers in these extracts."""
    rows = (row for id in record_ids for row in goods.opening_answers(id).get("customers") or ())
    return {row["customer"]["id"] for row in rows if row.get("customer")}


def changes(officer_id: int, day: date, but: Collection[int] = ()) -> list[Change]:
    """What is new of the officer's customers since the last extract, up to the end of a day."""
    last = last_day(officer_id, day, but)
    first = last + timedelta(days=1) if last else day - FIRST_LOOK
    since, until = midnight(first), midnight(day + timedelta(days=1))
    owned = db.session.scalars(
        sa.select(Customer).where(Customer.owner_id == officer_id).order_by(Customer.code)
    )
    found = {one.id: Change(one) for one in owned}
    for change in found.values():
        ordered_on = change.customer.last_order_on
        if ordered_on and first <= ordered_on <= day:
            change.ordered_on = ordered_on
    _payments(found, since, until)
    _records(found, since, until)
    _data(found, since, until)
    return [one for one in found.values() if one.ordered_on or one.paid or one.records or one.data]


def new_customers(officer_id: int, day: date) -> int:
    """How many customers the officer looks after whose registration (CS-30) was finished on a day."""
    query = (
        sa.select(sa.func.count(sa.distinct(Customer.id)))
        .join(RecordSubject, sa.and_(RecordSubject.kind == "customer", RecordSubject.row_id == Customer.id))
        .join(Record, Record.id == RecordSubject.record_id)
        .where(
            Customer.owner_id == officer_id,
            Record.form_code == REGISTRATION,
            Record.state == "finished",
            Record.closed_at >= midnight(day),
            Record.closed_at < midnight(day + timedelta(days=1)),
        )
    )
    return db.session.scalar(query) or 0


def customers_with_orders(officer_id: int, day: date) -> int:
    """How many of the officer's customers ordered on a day, also where they have ordered again since."""
    written = day.isoformat()
    ordered = _about_customers("CR-17").where(
        Record.state == "finished", Content.answers["order_date"].as_string() == written
    )
    signed = (
        _about_customers("CS-34")
        .join(Signature, Signature.record_id == Record.id)
        .where(
            *(Signature.step == "customer_sign", Signature.act == "signed"),
            *(
                Signature.answers["signed_on"].as_string() == written,
                Record.state.in_(("running", "finished")),
            ),
        )
    )
    query = sa.select(sa.func.count()).where(
        Customer.owner_id == officer_id,
        sa.or_(Customer.last_order_on == day, Customer.id.in_(ordered), Customer.id.in_(signed)),
    )
    return db.session.scalar(query) or 0


def _about_customers(code: str) -> sa.Select[int]:
    """The customers whom the records of a form, as they stand, are about."""
    return (
        sa.select(RecordSubject.row_id)
        .join(Record, Record.id == RecordSubject.record_id)
        .join(Content, _current())
        .where(RecordSubject.kind == "customer", Record.form_code == code, ~is_corrected(Record.id))
    )


def _payments(found: dict[int, Change], since: datetime, until: datetime) -> None:
    query = sa.select(ReceivableEntry.customer_id, sa.func.sum(ReceivableEntry.amount)).where(
        ReceivableEntry.customer_id.in_(found),
        ReceivableEntry.paid_on.is_not(None),
        *_between(ReceivableEntry.posted_at, since, until),
    )
    for customer, amount in db.session.execute(query.group_by(ReceivableEntry.customer_id)):
        found[customer].paid = -amount


def _records(found: dict[int, Change], since: datetime, until: datetime) -> None:
    query = (
        sa.select(RecordSubject.row_id, Record.number)
        .join(Record, Record.id == RecordSubject.record_id)
        .where(
            RecordSubject.kind == "customer",
            RecordSubject.row_id.in_(found),
            Record.form_code.not_in(OWN),
            *_between(Record.submitted_at, since, until),
        )
        .order_by(Record.id)
    )
    for customer, number in db.session.execute(query):
        found[customer].records.append(number)


def _data(found: dict[int, Change], since: datetime, until: datetime) -> None:
    papers = sa.select(LedgerEntry.customer_id).where(
        LedgerEntry.customer_id.in_(found), *_between(LedgerEntry.posted_at, since, until)
    )
    by_code = {change.customer.code: id for id, change in found.items()}
    changed = (
        sa.select(AuditEvent.facts)
        .join(Record, Record.id == AuditEvent.record_id)
        .where(
            AuditEvent.kind == "master_changed",
            Record.form_code.not_in(OWN),
            *_between(AuditEvent.at, since, until),
        )
    )
    rows = (
        by_code.get(facts["row"]) for facts in db.session.scalars(changed) if facts["table"] == "customer"
    )
    _mark(found, (*db.session.scalars(papers.distinct()), *rows))


def _mark(found: dict[int, Change], ids: Iterable[int | None]) -> None:
    for id in ids:
        if id is not None:
            found[id].data = True


def _between(moment: Any, since: datetime, until: datetime) -> tuple[sa.ColumnElement[bool], ...]:
    return moment >= since, moment < until


def _by(officer_id: int, but: Collection[int]) -> tuple[sa.ColumnElement[bool], ...]:
    return (
        Record.form_code == EXTRACT,
        Record.state.not_in(("refused", "voided")),
        Record.id.not_in(list(but)),
        ~is_corrected(Record.id),
        Content.answers[("officer", "id")].as_integer() == officer_id,
    )


def _current() -> sa.ColumnElement[bool]:
    return sa.and_(Content.record_id == Record.id, Content.version == Record.version)


def _extract_date() -> sa.ColumnElement[str]:
    stored: sa.ColumnElement[str] = Content.answers["extract_date"].as_string()
    return stored
