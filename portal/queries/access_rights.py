"""Rights of access (授权访问跟踪台帐): who may use which asset how, from when to when, and what has ended it.

A right stands under its key, `person:asset:rights`. A later line that `closes` the key has withdrawn, extended or
changed it; what corrected records say counts no longer.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import LedgerEntry, Person, Record
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.days import TODAY
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

LEDGER = "access"


def key(person_id: int, asset_id: int, rights: str) -> str:
    """Under what a right stands."""
    return f"{person_id}:{asset_id}:{rights}"


@dataclass(frozen=True, slots=True)
class Right:
    """A line of the ledger, and whether a later one has closed it."""

    id: int
    record_id: int
    facts: dict[str, Any]
    closed: bool

    @property
    def begins(self) -> date:
        """Its first day."""
        return date.fromisoformat(self.facts["from"])

    @property
    def ends(self) -> date:
        """Its last day."""
        return date.fromisoformat(self.facts["to"])

    @property
    def review(self) -> date:
        """When it is looked at again."""
        return date.fromisoformat(self.facts["next_review"])


def standing(wanted: str, on: date, but: Collection[int] = ()) -> Right | None:
    """The right with this key that nobody has ended and whose last day has not passed; `but` have not spoken."""
    query = (
        _rights(but)
        .where(LedgerEntry.facts["key"].as_string() == wanted, LedgerEntry.record_id.not_in(but))
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )
    found = next((Right(*row) for row in db.session.execute(query)), None)
    return found if found is not None and not found.closed and found.ends >= on else None


def ended_since(first: date) -> list[Right]:
    """The rights whose last day is this one or later, closed or not, oldest first."""
    query = _rights().where(LedgerEntry.facts["to"].as_string() >= first.isoformat()).order_by(LedgerEntry.id)
    return [Right(*row) for row in db.session.execute(query)]


def of_asset(asset_id: int, on: date) -> list[Right]:
    """The rights on an asset that stand on this day."""
    query = _rights().where(
        LedgerEntry.facts["asset_id"].as_integer() == asset_id,
        LedgerEntry.facts["to"].as_string() >= on.isoformat(),
    )
    return [one for one in (Right(*row) for row in db.session.execute(query)) if not one.closed]


def _rights(but: Collection[int] = ()) -> sa.Select[int, int, dict[str, Any], bool]:
    closed = _closed_by("closes", but).is_not(None)
    return sa.select(LedgerEntry.id, LedgerEntry.record_id, LedgerEntry.facts, closed).where(
        LedgerEntry.ledger == LEDGER,
        LedgerEntry.facts["key"].as_string().is_not(None),
        ~is_corrected(LedgerEntry.record_id),
    )


def _closed_by(name: str, but: Collection[int] = ()) -> sa.ScalarSelect[str | None]:
    """A fact of the first later line that closes this one."""
    later = aliased(LedgerEntry)
    return (
        sa.select(later.facts[name].as_string())
        .where(
            later.ledger == LEDGER,
            later.id > LedgerEntry.id,
            later.record_id.not_in(but),
            later.facts["closes"].as_string() == LedgerEntry.facts["key"].as_string(),
            ~is_corrected(later.record_id),
        )
        .order_by(later.id)
        .limit(1)
        .correlate(LedgerEntry)
        .scalar_subquery()
    )


def states(day: Any = TODAY) -> sa.Case[str]:
    """How a line stands: in force, to come, withdrawn, extended, changed, expired or taken back."""
    how = _closed_by("kind")
    return sa.case(
        (is_corrected(LedgerEntry.record_id), "reversed"),
        (how.is_not(None), how),
        (LedgerEntry.facts["to"].as_string() < day, "expired"),
        (LedgerEntry.facts["from"].as_string() > day, "to_come"),
        else_="in_force",
    )


def book() -> Source:
    """授权访问跟踪台帐: rights in force first, then the newest."""
    state = states()
    withdrawn = sa.case((state == "withdraw", _closed_by("granted_on")), else_=None)
    query = (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.posted_at,
            LedgerEntry.facts,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(LedgerEntry.record_id).label("reversed_by"),
            state.label("state"),
            withdrawn.label("withdrawn_on"),
        )
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Person, Person.id == LedgerEntry.posted_by_id)
        .where(LedgerEntry.ledger == LEDGER, LedgerEntry.facts["key"].as_string().is_not(None))
    )
    names = ("state", "withdrawn_on", "posted_at", "record", "posted_by", "reversed_by")

    def line(row: Any) -> list[Cells]:
        stands = row.state in ("in_force", "to_come")  # nobody looks at another one again
        review = row.facts["next_review"] if stands else None
        return [{**row.facts, "next_review": review, **{name: getattr(row, name) for name in names}}]

    first = sa.case((state == "in_force", 1), else_=0)
    searched = (LedgerEntry.facts[name].as_string() for name in ("person", "asset", "granted_by"))
    return Source(
        query=query,
        order=Order((first, LedgerEntry.id), (int, int), descending=True),
        lines=line,
        text=(*searched, Record.number),
        at=LedgerEntry.posted_at,
        picked={"state": state},
    )


def counts() -> dict[str, int]:
    """How many lines stand in each state today."""
    state = states()
    query = (
        sa.select(state.label("state"), sa.func.count())
        .where(LedgerEntry.ledger == LEDGER, LedgerEntry.facts["key"].as_string().is_not(None))
        .group_by("state")
    )
    return dict(iter(db.session.execute(query)))
