"""What the technical papers of products ask of the books: versions, what is in force, who holds which copies."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import day, today
from portal.models import Content, LedgerEntry, LedgerKey, Record, Signature, Task
from portal.models.records import OPEN
from portal.queries.corrected import is_corrected

FILE, ISSUES, ARCHIVE = "product_file", "technical_issue", "technical_archive"


@dataclass(frozen=True, slots=True)
class Paper:
    """A version of a paper as the product file has it."""

    record_id: int
    project_id: int
    document: str
    title: str
    version: str
    effective_on: str
    number: str  # of the record


def versions(document: str, project_id: int, title: str, but: Collection[int] = ()) -> list[str]:
    """Every version of a paper that was ever archived, oldest first, without those of these records."""
    return [one.version for one in _papers(document, project_id, title, but=but)]


def in_force(document: str, project_id: int, title: str = "") -> Paper | None:
    """The version in force today: the newest whose day has come."""
    on = today().isoformat()
    found = [one for one in _papers(document, project_id, title) if one.effective_on <= on]
    return found[-1] if found else None


def all_of(document: str, project_id: int | None = None) -> list[Paper]:
    """Every version of this kind of paper, of a product or of all, oldest first."""
    return _papers(document, project_id)


def every_in_force(document: str, project_id: int | None = None) -> list[Paper]:
    """The papers of a kind that are in force today, one of each product and title."""
    on = today().isoformat()
    found = {
        (one.project_id, one.title): one for one in _papers(document, project_id) if one.effective_on <= on
    }
    return list(found.values())


def of_record(record_id: int) -> Paper | None:
    """What a record has put into the product file; None if nothing, or if it was corrected."""
    query = _entries().where(LedgerEntry.record_id == record_id).order_by(LedgerEntry.id.desc()).limit(1)
    row = db.session.execute(query).one_or_none()
    return _paper(row) if row else None


def under_way(document: str, project_id: int, part: tuple[str, str] | None, but: Collection[int] = ()) -> str:
    """The number of a record of this paper of the product (and part: field and answer) that is not over yet."""
    query = (
        sa.select(Record.number)
        .join(Content, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            Record.form_code == document,
            Record.state.in_(OPEN),
            Record.id.not_in(list(but)),
            Content.answers[("product", "id")].as_integer() == project_id,
        )
    )
    if part is not None:
        query = query.where(Content.answers[part[0]].as_string() == part[1])
    return db.session.scalar(query.order_by(Record.id).limit(1)) or ""


def holder_of_key(ledger: str, key: str, but: Collection[int] = ()) -> str:
    """The number of another record that holds this key of a ledger; nothing if none does."""
    query = (
        sa.select(Record.number)
        .join(LedgerKey, LedgerKey.record_id == Record.id)
        .where(LedgerKey.ledger == ledger, LedgerKey.key == key, Record.id.not_in(list(but)))
    )
    return db.session.scalar(query) or ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """What one of those who get copies has signed for; `slot` is their place among them."""

    slot: int
    answers: Mapping[str, Any]
    signed_by: str
    signed_on: date


def receipts(record_id: int, step: str = "issue") -> list[Receipt]:
    """The latest receipt of each of those who get copies, in their order."""
    query = (
        sa.select(Signature, Task.slot)
        .join(Task, Task.id == Signature.task_id)
        .where(Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
        .order_by(Signature.id)
    )
    found = {
        slot: Receipt(slot, signed.answers, signed.person.name, day(signed.signed_at))
        for signed, slot in db.session.execute(query)
    }
    return [found[slot] for slot in sorted(found)]


def content(record_id: int) -> tuple[list[dict[str, Any]], dict[str, Any]]:
    """The opening fields of a record as it was filled in, and the stored answers."""
    record = db.session.get_one(Record, record_id)
    opening = next(one for one in record.contents if one.version == record.version)
    return opening.form_version.definition["fields"], opening.answers


def _papers(
    document: str, project_id: int | None = None, title: str = "", *, but: Collection[int] = ()
) -> list[Paper]:
    facts = LedgerEntry.facts
    query = _entries().where(facts["document"].as_string() == document)
    if project_id is not None:
        query = query.where(facts["project_id"].as_integer() == project_id)
    if title:
        query = query.where(facts["title"].as_string() == title)
    if but:
        query = query.where(LedgerEntry.record_id.not_in(list(but)))
    return [_paper(row) for row in db.session.execute(query.order_by(LedgerEntry.id))]


def _entries() -> Any:
    return (
        sa.select(LedgerEntry.record_id, LedgerEntry.facts, Record.number)
        .join(Record, Record.id == LedgerEntry.record_id)
        .where(LedgerEntry.ledger == FILE, ~is_corrected(LedgerEntry.record_id))
    )


def _paper(row: Any) -> Paper:
    facts = row.facts
    return Paper(
        row.record_id, facts["project_id"], facts["document"], facts["title"], facts.get("version") or "",
        facts.get("effective_on") or "", row.number,
    )  # fmt: skip
