"""Risks of information assets (风险台帐): what was assessed, how it is treated, what is left and until when.

A line of the ledger stands until a later assessment has looked at the same asset.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.lib.clock import today
from portal.models import LedgerEntry, Person, Record
from portal.queries import improvement
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

LEDGER = "risks"
SUPERSEDED, ENDED, TREATED, OPEN, ACCEPTED, LOW = (
    *("superseded", "acceptance_ended", "treated", "treatment_open", "accepted", "below_level"),
)


@dataclass(frozen=True, slots=True)
class Line:
    """One risk with one treatment of it (or none), as it stands today."""

    record: str
    facts: dict[str, Any]
    state: str
    late: bool  # whether the measure should have been done by now

    @property
    def no(self) -> str:
        """The number of the risk: of its assessment and its row."""
        return str(self.facts["no"])


def current() -> list[Line]:
    """The lines that stand, of the risks with the highest level first."""
    query = _lines().where(~_is_superseded(), ~is_corrected(LedgerEntry.record_id)).order_by(LedgerEntry.id)
    on, rows = today(), list(db.session.execute(query))
    late = improvement.overdue({row.facts["action_no"] for row in rows if row.facts.get("action_no")})
    found = [Line(row.record, row.facts, _state(row, on), row.facts.get("action_no") in late) for row in rows]
    return sorted(found, key=lambda line: -int(line.facts["level"]))


def book() -> Source:
    """风险台帐: what stands first, then the newest."""
    stands = sa.case((sa.or_(_is_superseded(), is_corrected(LedgerEntry.record_id)), 0), else_=1)
    names = ("posted_at", "record", "posted_by", "reversed_by")

    def line(row: Any) -> list[Cells]:
        return [{**row.facts, **{name: getattr(row, name) for name in names}, "state": _state(row, today())}]

    searched = (LedgerEntry.facts[name].as_string() for name in ("risk", "asset", "measure", "owner"))
    return Source(
        query=_lines(),
        order=Order((stands, LedgerEntry.id), (int, int), descending=True),
        lines=line,
        text=(*searched, Record.number),
        at=LedgerEntry.posted_at,
    )


def _lines() -> sa.Select[*tuple[Any, ...]]:
    return (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.posted_at,
            LedgerEntry.facts,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(LedgerEntry.record_id).label("reversed_by"),
            _is_superseded().label("superseded"),
            improvement.is_effective(LedgerEntry.facts["action_no"].as_string()).label("done"),
        )
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Person, Person.id == LedgerEntry.posted_by_id)
        .where(LedgerEntry.ledger == LEDGER)
    )


def _is_superseded() -> sa.Exists:
    """Whether a later assessment has looked at the asset of the line."""
    later = aliased(LedgerEntry)
    return sa.exists().where(
        later.ledger == LEDGER,
        later.id > LedgerEntry.id,
        later.record_id != LedgerEntry.record_id,
        later.facts["asset_id"].as_integer() == LedgerEntry.facts["asset_id"].as_integer(),
        ~is_corrected(later.record_id),
    )


def _state(row: Any, on: date) -> str:
    """How a line stands: its acceptance is what ends first, then comes its treatment."""
    until = row.facts.get("accepted_until")
    if row.superseded or row.reversed_by:
        return SUPERSEDED
    if until and date.fromisoformat(until) < on:
        return ENDED
    if row.facts.get("action_no") and not row.done:
        return OPEN
    if until:
        return ACCEPTED
    return TREATED if row.facts.get("option") else LOW
