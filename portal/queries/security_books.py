"""Lines of the books of information security: assets, and what agreements demand."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Content, Department, InformationAsset, LedgerEntry, Person, Record
from portal.queries import chart_figures, stage_answers
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

CHANGES, REQUIREMENTS = "asset_changes", "security_requirements"


def assets() -> Source:
    """信息资产清单: every asset, by number, with the last change that was made to it."""
    names = (
        *("code", "name", "kind", "state", "location", "confidentiality", "integrity", "availability"),
        *("customer_owned", "next_review_on", "assess"),
    )
    change = aliased(LedgerEntry)
    last = (
        sa.select(sa.func.max(LedgerEntry.id))
        .where(
            LedgerEntry.ledger == CHANGES,
            LedgerEntry.facts["asset_id"].as_integer() == InformationAsset.id,
            ~is_corrected(LedgerEntry.record_id),
        )
        .correlate(InformationAsset)
        .scalar_subquery()
    )
    query = (
        sa.select(
            *(getattr(InformationAsset, name) for name in names),
            Person.name.label("owner"),
            Department.name.label("department"),
            change.facts["title"].as_string().label("last_change"),
            Record.number.label("record"),
        )
        .outerjoin(Person, Person.id == InformationAsset.owner_id)
        .outerjoin(Department, Department.id == InformationAsset.department_id)
        .outerjoin(change, change.id == last)
        .outerjoin(Record, Record.id == change.record_id)
    )
    return Source(
        query=query,
        order=Order((InformationAsset.code,), (str,)),
        lines=lambda row: [dict(row._mapping)],
        text=(InformationAsset.search_key, Person.name, InformationAsset.location),
    )


def requirements(kinds: tuple[str, ...] = ()) -> Source:
    """What agreements demand: what is still open first, then the newest; of some kinds of agreement only."""
    later = aliased(LedgerEntry)
    replaced = sa.exists().where(
        later.ledger == REQUIREMENTS,
        later.record_id > LedgerEntry.record_id,
        later.facts["agreement_no"].as_string() == LedgerEntry.facts["agreement_no"].as_string(),
        ~is_corrected(later.record_id),
    )
    stands = sa.and_(~replaced, ~is_corrected(LedgerEntry.record_id))
    waits = sa.case(
        (sa.and_(stands, LedgerEntry.facts["state"].as_string() == "open"), 2), (stands, 1), else_=0
    )
    query = (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.posted_at,
            LedgerEntry.facts,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(LedgerEntry.record_id).label("reversed_by"),
            stands.label("in_force"),
        )
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Person, Person.id == LedgerEntry.posted_by_id)
        .where(LedgerEntry.ledger == REQUIREMENTS)
    )
    if kinds:
        query = query.where(LedgerEntry.facts["source_kind"].as_string().in_(kinds))
    names = ("in_force", "posted_at", "record", "posted_by", "reversed_by")

    def line(row: Any) -> list[Cells]:
        return [{**row.facts, **{name: getattr(row, name) for name in names}}]

    searched = (
        LedgerEntry.facts[name].as_string()
        for name in ("agreement_no", "partner", "clause", "requirement", "owner")
    )
    return Source(
        query=query,
        order=Order((waits, LedgerEntry.id), (int, int), descending=True),
        lines=line,
        text=(*searched, Record.number),
        at=LedgerEntry.posted_at,
    )


def partner_of(agreement_no: str, but: Collection[int] = ()) -> str:
    """With whom the agreement with this number was made, as it was entered last; nothing if there is none."""
    query = (
        sa.select(LedgerEntry.facts["partner"].as_string())
        .where(
            LedgerEntry.ledger == REQUIREMENTS,
            LedgerEntry.facts["agreement_no"].as_string() == agreement_no,
            LedgerEntry.record_id.not_in(list(but)),
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id.desc())
    )
    return db.session.scalar(query.limit(1)) or ""


def incidents(since: Any) -> chart_figures.Source:
    """Incidents found since a moment, by month, the severity as series."""
    found = (
        sa.select(sa.func.substr(Content.answers["found_at"].as_string(), 1, 7))
        .where(Content.record_id == Record.id, Content.version == Record.version)
        .correlate(Record)
        .scalar_subquery()
    )
    severity = stage_answers.text("triage", "severity")
    return sa.select(Record.id.label("record_id"), found.label("part"), severity.label("series")).where(
        Record.form_code == "IS-06",
        Record.submitted_at >= since,
        severity.is_not(None),
        ~is_corrected(Record.id),
    )


def headcount() -> dict[int, list[int]]:
    """Ids of the people at work by department."""
    found: dict[int, list[int]] = {}
    query = sa.select(Person.department_id, Person.id).where(Person.active).order_by(Person.id)
    for department, person in db.session.execute(query):
        found.setdefault(department, []).append(person)
    return found
