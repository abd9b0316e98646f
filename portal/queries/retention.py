"""How long records are kept, as the list in force says, and which records are kept no longer."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import LedgerEntry, Record
from portal.queries import master_books
from portal.queries.corrected import is_corrected
from portal.queries.days import THIS_YEAR, TODAY, year_of
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

LIST = "record_retention"
PERMANENT = "permanent"


def _newest() -> sa.ScalarSelect[int]:
    """The record that approved the list in force: the last one whose first day has come."""
    line = aliased(LedgerEntry)
    since = line.facts["valid_from"].as_string()
    query = sa.select(line.record_id).where(
        line.ledger == LIST, ~is_corrected(line.record_id), since <= TODAY
    )
    return query.order_by(since.desc(), line.id.desc()).limit(1).scalar_subquery()


def in_force() -> list[dict[str, Any]]:
    """The lines of the list in force."""
    query = sa.select(LedgerEntry.facts).where(LedgerEntry.ledger == LIST, LedgerEntry.record_id == _newest())
    return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def years(form: str, otherwise: int) -> int | None:
    """How many years records of a form are kept as the list in force says, None for good; else what the form says."""
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == LIST,
        LedgerEntry.record_id == _newest(),
        LedgerEntry.facts["form"].as_string() == form,
    )
    facts = db.session.scalar(query.limit(1))
    return otherwise if facts is None else facts["years"]


def hold(form: str) -> str | None:
    """Why records of a form are held back from disposal, as the list in force says; None if they are not."""
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == LIST,
        LedgerEntry.record_id == _newest(),
        LedgerEntry.facts["form"].as_string() == form,
        LedgerEntry.facts["hold"].as_boolean(),
    )
    facts = db.session.scalar(query.limit(1))
    return None if facts is None else str(facts["hold_reason"])


def listed() -> Source:
    """质量记录清单: every list that was approved, newest first; one of them is in force."""
    found = {"in_force": LedgerEntry.record_id == _newest()}
    return master_books.entries(LIST, "kind", "form", "keeper", "place", found=found)


def past() -> Source:
    """Records that are over and past their retention, which ends with the last day of a year; not those that are held."""
    line = aliased(LedgerEntry)
    years = line.facts["years"].as_integer()
    query = (
        sa.select(
            Record.id,
            Record.number.label("record"),
            line.facts["kind"].as_string().label("kind"),
            line.facts["keeper"].as_string().label("keeper"),
            line.facts["place"].as_string().label("place"),
            Record.closed_at.label("closed_at"),
            years.label("years"),
            (year_of(Record.closed_at) + years).label("kept_until"),
            line.facts["disposal"].as_string().label("disposal"),
        )
        .join(line, line.facts["form"].as_string() == Record.form_code)
        .where(
            line.ledger == LIST,
            line.record_id == _newest(),
            line.facts["disposal"].as_string() != PERMANENT,
            ~sa.func.coalesce(line.facts["hold"].as_boolean(), sa.false()),
            Record.closed_at.is_not(None),
            year_of(Record.closed_at) + years < THIS_YEAR,
        )
    )
    return Source(
        query=query,
        order=Order((Record.id,), (int,)),
        lines=lambda row: [dict(row._mapping)],
        text=(Record.number, line.facts["kind"].as_string(), line.facts["keeper"].as_string()),
        at=Record.closed_at,
    )
