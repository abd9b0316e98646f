"""What the conditions of obligations ask about customers: who orders no more, who was not followed up, what is due."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.batches import in_batches
from portal.lib.clock import day, midnight
from portal.models import (
    Content,
    Customer,
    Person,
    Record,
    RecordLink,
    RecordSubject,
    RoleGrant,
    Signature,
)
from portal.queries.corrected import is_corrected

ORDERING = (
    "new",
    "cooperating",
    "quiet",
    "not_cooperating",
)  # states in which a customer is expected to order
ALIVE = ("running", "returned", "withdrawn", "stuck", "finished")
ANSWERED = (*ALIVE, "refused")  # a customer who declines has answered too


def ordered_before(day: date) -> list[Customer]:
    """Customers whose last order lies before the day."""
    query = sa.select(Customer).where(Customer.last_order_on < day, Customer.status.in_(ORDERING))
    return list(db.session.scalars(query.order_by(Customer.id)))


def not_followed_up(before: datetime) -> list[Customer]:
    """R11, R12: customers whom sales has not followed up since, who owe nothing and are with sales."""
    query = sa.select(Customer).where(
        Customer.last_sales_follow_up < before,
        Customer.arrears <= 0,
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
    codes: Collection[str], customers: Collection[int] | None = None, states: Collection[str] = ALIVE
) -> list[About]:
    """The records of these forms that name a customer and still count, oldest first."""
    query = (
        sa.select(
            *(Record.id, Record.number, RecordSubject.row_id, Record.applicant_id, Record.submitted_at),
            *(Record.state, Content.answers),
        )
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "customer"))
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(Record.form_code.in_(codes), Record.state.in_(states), ~is_corrected(Record.id))
        .order_by(Record.id)
    )
    if customers is not None:
        query = query.where(RecordSubject.row_id.in_(customers))
    return [About(*row) for row in db.session.execute(query)]


def follow_ups_due(code: str, field: str, first: date, last: date) -> list[About]:
    """The records of a form that name a customer and, in a field, a day of this range."""
    named = Content.answers[field].as_string()
    query = (
        sa.select(
            *(Record.id, Record.number, RecordSubject.row_id, Record.applicant_id, Record.submitted_at),
            *(Record.state, Content.answers),
        )
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "customer"))
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(named >= first.isoformat(), named <= last.isoformat()),
        )
        .order_by(Record.id)
    )
    return [About(*row) for row in db.session.execute(query)]


def stage_days_due(code: str, step: str, field: str, first: date, last: date) -> list[About]:
    """The same of a day that a later step names: whoever signed it last, when, and what was answered there."""
    named = Signature.answers[field].as_string()
    newer = aliased(Signature)
    query = (
        sa.select(
            *(Record.id, Record.number, RecordSubject.row_id, Signature.person_id, Signature.signed_at),
            *(Record.state, Signature.answers),
        )
        .join(Signature, Signature.record_id == Record.id)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "customer"))
        .where(
            *(Record.form_code == code, Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(Signature.step == step, Signature.act == "signed"),
            *(named >= first.isoformat(), named <= last.isoformat()),
            ~sa.exists().where(
                newer.record_id == Record.id,
                newer.step == step,
                newer.act == "signed",
                newer.id > Signature.id,
            ),
        )
        .order_by(Record.id)
    )
    return [About(*row) for row in db.session.execute(query)]


def holders(role: str, first: date, last: date) -> list[tuple[Person, date, date]]:
    """The active people who hold a role on days of this range, each with the first and last of those days."""
    query = (
        sa.select(Person, RoleGrant.starts_on, RoleGrant.ends_on)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(
            *(RoleGrant.role == role, RoleGrant.starts_on <= last, Person.active),
            sa.or_(RoleGrant.ends_on.is_(None), RoleGrant.ends_on >= first),
        )
        .order_by(Person.id, RoleGrant.starts_on)
    )
    return [
        (person, max(starts, first), min(ends or last, last))
        for person, starts, ends in db.session.execute(query).unique()
    ]


def extracted(days: Collection[date]) -> set[tuple[int, date]]:
    """Whose daily extract (CS-20) was submitted for which of these days, also by a substitute: (officer, day)."""
    officer = Content.answers[("officer", "id")].as_integer()
    query = (
        sa.select(officer, Content.answers["extract_date"].as_string())
        .select_from(Record)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code == "CS-20", Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            Content.answers["extract_date"].as_string().in_([day.isoformat() for day in days]),
        )
    )
    return {(officer, date.fromisoformat(day)) for officer, day in db.session.execute(query)}


def last_signed(code: str, step: str, most: int) -> list[tuple[int, date]]:
    """The records of a form whose step was signed last, newest first, each with the day; at most so many."""
    query = (
        sa.select(Record.id, sa.func.max(Signature.signed_at).label("at"))
        .join(Signature, Signature.record_id == Record.id)
        .where(
            *(Record.form_code == code, Signature.step == step, Signature.act == "signed"),
            *(Record.state.in_(("running", "finished")), ~is_corrected(Record.id)),
        )
        .group_by(Record.id)
        .order_by(sa.desc("at"))
        .limit(most)
    )
    return [(row.id, day(row.at)) for row in db.session.execute(query)]


def customer(id: int) -> Customer:
    """The customer with this id."""
    return db.session.get_one(Customer, id)


@dataclass(frozen=True, slots=True)
class Closed:
    """A complaint or repair that was closed: when, and which customer it was about."""

    record_id: int
    label: str
    at: datetime
    corrects: int | None  # the record that it puts right
    customer: tuple[int, str] | None  # id and label


def closed(codes: Collection[str], spans: Iterable[tuple[date, date]]) -> list[Closed]:
    """The records of these forms that ended well on days of these spans, first to last, and still count, oldest first."""
    within = [
        sa.and_(Record.closed_at >= midnight(first), Record.closed_at < midnight(last + timedelta(days=1)))
        for first, last in spans
    ]
    id, text = (Content.answers[("customer", name)] for name in ("id", "text"))
    query = (
        sa.select(
            *(Record.id, Record.number, Record.title, Record.closed_at, Record.corrects_id),
            *(id.as_integer(), text.as_string()),
        )
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            *(Record.form_code.in_(codes), Record.state == "finished", sa.or_(*within)),
            ~is_corrected(Record.id),
        )
        .order_by(Record.id)
    )
    return [
        Closed(record, f"{number} {title}".strip(), at, corrects, (customer, name) if customer else None)
        for record, number, title, at, corrects, customer, name in db.session.execute(query)
    ]


def rounds_called(case_ids: Collection[int]) -> set[tuple[int, int]]:
    """Which calls (CS-100) of these cases were made: (case, round)."""
    found: set[tuple[int, int]] = set()
    for some in in_batches(case_ids):
        query = (
            sa.select(RecordLink.target_id, Content.answers["round"].as_integer())
            .join(Record, Record.id == RecordLink.source_id)
            .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
            .where(
                *(RecordLink.target_id.in_(some), RecordLink.kind == "named"),
                *(Record.form_code == "CS-100", Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            )
        )
        found |= {(case, round) for case, round in db.session.execute(query)}
    return found
