"""How dealers do: what they have ordered and complained of in this quarter, besides their file."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.lib.clock import midnight, today
from portal.models import LedgerEntry, Record, RecordSubject
from portal.queries import master_books
from portal.queries.corrected import is_corrected
from portal.queries.ledgers import Source

ORDERS, COMPLAINTS = ("CS-34", "CR-17"), ("CS-51",)
GIVEN_UP = ("refused", "voided")


def book() -> Source:
    """销售商档案及考核表: every dealer registered, newest first, with the orders and complaints of this quarter."""
    found = {"orders": _records(ORDERS), "complaints": _records(COMPLAINTS)}
    return master_books.entries("dealers", "dealer", "dealer_region", found=found)


def quarter(day: date) -> date:
    """The first day of the quarter of a day."""
    return date(day.year, day.month - (day.month - 1) % 3, 1)


def _this_quarter() -> datetime:
    return midnight(quarter(today()))


_SINCE: Any = sa.bindparam("quarter", callable_=_this_quarter, type_=Record.submitted_at.type)


def _records(codes: tuple[str, ...]) -> sa.ScalarSelect[int]:
    """How many records of these forms in this quarter speak of the customer whom the line's record has entered."""
    own, about, other = aliased(RecordSubject), aliased(RecordSubject), aliased(Record)
    return (
        sa.select(sa.func.count(sa.distinct(other.id)))
        .select_from(own)
        .join(about, sa.and_(about.kind == own.kind, about.row_id == own.row_id))
        .join(other, other.id == about.record_id)
        .where(
            own.kind == "customer",
            own.record_id == LedgerEntry.record_id,
            other.form_code.in_(codes),
            other.state.not_in(GIVEN_UP),
            other.submitted_at >= _SINCE,
            ~is_corrected(other.id),
        )
        .correlate(LedgerEntry)
        .scalar_subquery()
    )
