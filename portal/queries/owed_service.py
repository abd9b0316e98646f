"""What the conditions of obligations ask about papers, warranties and service contracts."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day
from portal.models import LedgerEntry, Record, RecordLink
from portal.queries.corrected import is_corrected
from portal.queries.owed import ALIVE


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a plain ledger of a customer."""

    id: int
    record_id: int
    customer_id: int | None
    facts: dict[str, Any]

    def day(self, name: str) -> date | None:
        """A date that the line holds."""
        text = self.facts.get(name)
        return date.fromisoformat(text) if text else None


def lines(ledger: str, field: str, first: date, last: date) -> list[Line]:
    """The lines of a ledger whose date in `field` lies in this range and that nobody has corrected, oldest first."""
    named = LedgerEntry.facts[field].as_string()
    query = (
        sa.select(LedgerEntry.id, LedgerEntry.record_id, LedgerEntry.customer_id, LedgerEntry.facts)
        .where(
            *(LedgerEntry.ledger == ledger, named >= first.isoformat(), named <= last.isoformat()),
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id)
    )
    return [Line(*row) for row in db.session.execute(query)]


def newest(ledger: str, keys: Iterable[str]) -> dict[tuple[Any, ...], Line]:
    """The newest line of a ledger for each customer and value of these facts."""
    query = (
        sa.select(LedgerEntry.id, LedgerEntry.record_id, LedgerEntry.customer_id, LedgerEntry.facts)
        .where(LedgerEntry.ledger == ledger, ~is_corrected(LedgerEntry.record_id))
        .order_by(LedgerEntry.id)
    )
    names = tuple(keys)
    found = {}
    for row in db.session.execute(query):
        line = Line(*row)
        found[line.customer_id, *(str(line.facts.get(name)) for name in names)] = line
    return found


def named_by(code: str, targets: Collection[int]) -> dict[int, list[date]]:
    """When records of a form that name these records were submitted, by the record named."""
    query = (
        sa.select(RecordLink.target_id, Record.submitted_at)
        .join(Record, Record.id == RecordLink.source_id)
        .where(
            *(RecordLink.target_id.in_(targets), RecordLink.kind == "named"),
            *(Record.form_code == code, Record.state.in_(ALIVE), ~is_corrected(Record.id)),
        )
    )
    found: dict[int, list[date]] = {}
    for target, at in db.session.execute(query):
        found.setdefault(target, []).append(day(at))
    return found
