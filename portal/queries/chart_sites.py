"""Figures of construction sites for charts: acceptances, open rectifications, payments asked for."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.lib.clock import day
from portal.models import Record
from portal.models.records import OPEN
from portal.queries import opening_answers, stage_answers
from portal.queries.chart_figures import Source
from portal.queries.corrected import is_corrected
from portal.queries.months import between, month_of, within

IN_TIME, LATE, LONG_LATE = "in_time", "late", "long_late"
PAID, DUE, OVERDUE = "paid", "due", "overdue"
WEEK = timedelta(days=7)


def acceptances(codes: Collection[str], since: datetime, now: datetime) -> Source:
    """Acceptances that have come to an end by month; the series is the supervisor's verdict."""
    every = between(day(since), day(now))
    verdict = stage_answers.text("supervisor_check", "verdict")
    return sa.select(
        Record.id.label("record_id"),
        month_of(Record.closed_at, every).label("part"),
        verdict.label("series"),
    ).where(
        Record.form_code.in_(list(codes)),
        Record.state.in_(("finished", "refused")),
        ~is_corrected(Record.id),
        verdict.is_not(None),
        *within(Record.closed_at, every),
    )


def open_rectifications(now: datetime) -> Source:
    """Notices whose problem is not put right yet, by how late they are."""
    age = sa.case((Record.due_at >= now, IN_TIME), (Record.due_at >= now - WEEK, LATE), else_=LONG_LATE)
    return sa.select(Record.id.label("record_id"), age.label("part")).where(
        Record.form_code == "EN-25", Record.state.in_(OPEN)
    )


def payments(since: datetime, now: datetime) -> Source:
    """Payments asked for by the month until which they are to be paid; the series is what has become of them."""
    last = opening_answers.text("pay_by")
    month = sa.func.substr(last, 1, 7)
    fate = sa.case(
        (Record.state == "finished", PAID), (last < day(now).isoformat(), OVERDUE), else_=DUE
    ).label("series")
    every = between(day(since), day(now))
    return sa.select(
        Record.id.label("record_id"),
        month.label("part"),
        fate,
        opening_answers.number("amount_due").label("value"),
    ).where(
        Record.form_code == "EN-27",
        Record.state.not_in(("refused", "voided")),
        ~is_corrected(Record.id),
        month.in_([one.key for one in every]),
    )
