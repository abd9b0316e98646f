"""What the conditions of obligations ask about customers: who orders no more, who was not followed up, what is due."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import ZONE
from portal.models import Content, Customer, Record, RecordLink, RecordSubject, Signature
from portal.queries.corrected import is_corrected
from portal.queries.pick import record_label

ORDERING = (
    "new",
    "cooperating",
    "quiet",
    "not_cooperating",
)  # states in which a customer is expected to order
ALIVE = ("running", "returned", "withdrawn", "stuck", "finished")


def ordered_before(day: date) -> list[Customer]:
    """Customers whose last order lies before the day."""
    query = sa.select(Customer).where(Customer.last_order_on < day, Customer.status.in_(ORDERING))
    return list(db.session.scalars(query.order_by(Customer.id)))


def not_followed_up(before: datetime) -> list[Customer]:
    """R11, R12: customers whom sales has not followed up since, who owe nothing and are with sales."""
    query = sa.select(Customer).where(
        Customer.last_sales_follow_up < before,
        Customer.arrears == 0,
        Customer.follow_up_by == "sales",
        Customer.status.in_(ORDERING),
    )
    return list(db.session.scalars(query.order_by(Customer.id)))


@dataclass(frozen=True, slots=True)
class About:
    """A record about a customer: when it was submitted and what its opening section says."""

    record_id: int
    number: str
    customer_id: int
    applicant_id: int
    at: datetime
    state: str
    answers: dict[str, Any]


def records_about(
    codes: Collection[str], customers: Collection[int] | None = None, since: datetime | None = None
) -> list[About]:
    """The records of these forms that name a customer and still count, oldest first."""
    query = (
        sa.select(
            *(Record.id, Record.number, RecordSubject.row_id, Record.applicant_id, Record.submitted_at),
            *(Record.state, Content.answers),
        )
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "customer"))
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(Record.form_code.in_(codes), Record.state.in_(ALIVE), ~is_corrected(Record.id))
        .order_by(Record.id)
    )
    if customers is not None:
        query = query.where(RecordSubject.row_id.in_(customers))
    if since is not None:
        query = query.where(Record.submitted_at >= since)
    return [About(*row) for row in db.session.execute(query)]


def follow_ups_due(code: str, field: str, first: date, last: date) -> list[About]:
    """The records of a form that name a customer and, in a field, a day of this range."""
    day = Content.answers[field].as_string()
    query = (
        sa.select(
            *(Record.id, Record.number, RecordSubject.row_id, Record.applicant_id, Record.submitted_at),
            *(Record.state, Content.answers),
        )
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "customer"))
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(day >= first.isoformat(), day <= last.isoformat()),
        )
        .order_by(Record.id)
    )
    return [About(*row) for row in db.session.execute(query)]


def extracted(days: Collection[date]) -> set[tuple[int, date]]:
    """Who has submitted the daily extract (CS-20) for which of these days: (person, day)."""
    query = (
        sa.select(Record.applicant_id, Content.answers["extract_date"].as_string())
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == "CS-20", Record.state.in_(ALIVE)),
            Content.answers["extract_date"].as_string().in_([day.isoformat() for day in days]),
        )
    )
    return {(person, date.fromisoformat(day)) for person, day in db.session.execute(query)}


def last_signed(code: str, step: str) -> tuple[int, date] | None:
    """The record of a form whose step was signed last, and the day; None if none was."""
    query = (
        sa.select(Record.id, Signature.signed_at)
        .join(Signature, Signature.record_id == Record.id)
        .where(
            *(Record.form_code == code, Signature.step == step, Signature.act == "signed"),
            Record.state.in_(("running", "finished")),
        )
        .order_by(Signature.signed_at.desc())
        .limit(1)
    )
    row = db.session.execute(query).first()
    return (row.id, row.signed_at.astimezone(ZONE).date()) if row else None


def customer(id: int) -> Customer:
    """The customer with this id."""
    return db.session.get_one(Customer, id)


@dataclass(frozen=True, slots=True)
class Closed:
    """A complaint or repair that was closed: when, and whom it was about."""

    record_id: int
    label: str
    at: datetime
    answers: dict[str, Any]


def closed(codes: Collection[str], since: datetime) -> list[Closed]:
    """The records of these forms that ended well since a moment and still count, oldest first."""
    query = (
        sa.select(Record, Content.answers)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code.in_(codes), Record.state == "finished", Record.closed_at >= since),
            ~is_corrected(Record.id),
        )
        .order_by(Record.id)
    )
    return [
        Closed(record.id, record_label(record), record.closed_at, answers)
        for record, answers in db.session.execute(query)
    ]


def rounds_called(case_ids: Collection[int]) -> set[tuple[int, int]]:
    """Which calls (CS-100) of these cases were made: (case, round)."""
    query = (
        sa.select(RecordLink.target_id, Content.answers["round"].as_integer())
        .join(Record, Record.id == RecordLink.source_id)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(RecordLink.target_id.in_(case_ids), RecordLink.kind == "named"),
            *(Record.form_code == "CS-100", Record.state.in_(ALIVE), ~is_corrected(Record.id)),
        )
    )
    return {(case, round) for case, round in db.session.execute(query)}
