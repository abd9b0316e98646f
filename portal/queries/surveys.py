"""What the yearly customer survey asks of the books: its plan, the answers that came back, the scores of other years."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import (
    Content,
    Customer,
    Department,
    Draft,
    Record,
    RecordLink,
    RecordSubject,
    Signature,
)
from portal.models.records import OPEN
from portal.queries import stage_answers
from portal.queries.corrected import is_corrected
from portal.queries.goods import opening_answers
from portal.queries.owed import ALIVE, ORDERING

PLAN, APPROVAL, ROLL_UP, ANSWER = "QA-13", "plan_approval", "score_roll_up", "customer_answer"
FORMS = {"overall": "QA-10", "service": "QA-11", "product_quality": "QA-12"}  # by module
LEDGER = "satisfaction"


@dataclass(frozen=True, slots=True)
class Plan:
    """The plan of a yearly survey: whether it is approved, its days, and which modules each customer is asked about."""

    approved: bool
    starts_on: date
    ends_on: date
    modules: dict[int, tuple[str, ...]]


def plan(record_id: int) -> Plan | None:
    """The plan that a yearly survey began with."""
    record, stored = db.session.get(Record, record_id), opening_answers(record_id)
    if record is None or not stored:
        return None
    going_on = record.state in ("running", "stuck", "finished") and record.step != APPROVAL
    return Plan(
        going_on,
        date.fromisoformat(stored["survey_from"]),
        date.fromisoformat(stored["survey_to"]),
        {row["customer"]["id"]: tuple(row["modules"]) for row in stored["customers"]},
    )


def totals(code: str, survey_ids: Collection[int]) -> list[Decimal]:
    """The totals of the questionnaires of a survey that were answered and looked at: of each customer the latest."""
    total = stage_answers.text(ANSWER, "total_score")
    query = (
        sa.select(RecordSubject.row_id, total)
        .join(Record, Record.id == RecordSubject.record_id)
        .where(
            *(*_of(code, survey_ids), RecordSubject.kind == "customer"),
            *(Record.state == "finished", ~is_corrected(Record.id)),
        )
        .order_by(Record.id)
    )
    latest = {customer: one for customer, one in db.session.execute(query) if one is not None}
    return [Decimal(one) for one in latest.values()]


def outstanding(code: str, survey_ids: Collection[int]) -> int:
    """How many questionnaires of a survey are still to come: sent and not looked at, or not sent yet."""
    sent = sa.select(sa.func.count(Record.id)).where(
        *_of(code, survey_ids), Record.state.in_(OPEN), Record.corrects_id.is_(None)
    )
    left = sa.select(sa.func.count(Draft.id)).where(Draft.form_code == code, Draft.source_id.in_(survey_ids))
    return (db.session.scalar(sent) or 0) + (db.session.scalar(left) or 0)


def _of(code: str, survey_ids: Collection[int]) -> tuple[Any, ...]:
    """The questionnaires of a form that name one of these surveys."""
    naming = sa.select(RecordLink.source_id).where(
        RecordLink.target_id.in_(survey_ids), RecordLink.kind == "named"
    )
    return Record.form_code == code, Record.id.in_(naming)


def sent(survey_id: int) -> set[tuple[str, int]]:
    """Which questionnaires that a survey has opened were submitted: form code and customer."""
    query = (
        sa.select(Record.form_code, RecordSubject.row_id)
        .join(RecordLink, RecordLink.target_id == Record.id)
        .join(RecordSubject, (RecordSubject.record_id == Record.id) & (RecordSubject.kind == "customer"))
        .where(
            *(RecordLink.source_id == survey_id, RecordLink.kind == "opened"),
            Record.state.not_in(("refused", "voided")),
        )
    )
    return {(code, customer) for code, customer in db.session.execute(query)}


def last_roll_up(but: Collection[int] = ()) -> date | None:
    """The day on which the scores of a survey, other than these, were rolled up last."""
    query = (
        sa.select(sa.func.max(Signature.signed_at))
        .join(Record, Record.id == Signature.record_id)
        .where(
            *(Record.form_code == PLAN, Signature.step == ROLL_UP, Signature.act == "signed"),
            *(Record.state.in_(("running", "finished")), Record.id.not_in(but), ~is_corrected(Record.id)),
        )
    )
    last = db.session.scalar(query)
    return day(last) if last else None


def planned_in(year: int) -> bool:
    """Whether a survey of this year has been planned and still counts."""
    return bool(_of_year(PLAN, year))


def _of_year(code: str, year: int, but: Collection[int] = ()) -> str:
    """The number of a record of a year that still counts, other than these; nothing if there is none."""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.state.in_(ALIVE), ~is_corrected(Record.id)),
            *(Record.id.not_in(list(but)), Content.answers["year"].as_integer() == year),
        )
        .limit(1)
    )
    return db.session.scalar(query) or ""


def report_of(year: int, but: Collection[int] = ()) -> str:
    """The number of a report on the employee survey of a year (QA-17) that still counts; nothing if there is none."""
    return _of_year("QA-17", year, but)


def ordering_since(since: date, most: int) -> list[Customer]:
    """Customers who have ordered since a day, the latest first."""
    query = (
        sa.select(Customer)
        .where(Customer.last_order_on >= since, Customer.status.in_(ORDERING))
        .order_by(Customer.last_order_on.desc(), Customer.id)
        .limit(most)
    )
    return list(db.session.scalars(query))


def unanswered_since(moment: datetime) -> list[str]:
    """R43: names of the customers who have ordered since a moment and have answered no questionnaire since."""
    answered = (
        sa.select(RecordSubject.row_id)
        .join(Record, Record.id == RecordSubject.record_id)
        .join(Signature, Signature.record_id == Record.id)
        .where(
            *(RecordSubject.kind == "customer", Record.form_code.in_(FORMS.values())),
            *(Signature.step == ANSWER, Signature.act == "signed", ~is_corrected(Record.id)),
            *(Record.state != "voided", Signature.signed_at >= moment),
        )
    )
    query = (
        sa.select(Customer.name)
        .where(
            *(Customer.last_order_on >= day(moment), Customer.status.in_(ORDERING)),
            Customer.id.not_in(answered),
        )
        .order_by(Customer.id)
    )
    return list(db.session.scalars(query))


def department(key: str) -> Department:
    """The department with this key."""
    return db.session.scalars(sa.select(Department).where(Department.key == key)).one()
