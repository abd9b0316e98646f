"""Numbered copies of controlled documents: who has them, and which must come back."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import (
    Content,
    ControlledDocument,
    LedgerEntry,
    Record,
)
from portal.models.records import OPEN
from portal.queries.corrected import is_corrected
from portal.queries.days import TODAY
from portal.queries.documents import COPIES, ISSUE, RETURNS


@dataclass(frozen=True, slots=True)
class Copy:
    """A numbered copy that somebody has in their hands."""

    document_id: int
    version: str
    copy_no: str
    holder: str
    issued_on: str
    document: str = ""


def copies(document_id: int, but: Collection[int] = ()) -> list[Copy]:
    """Every copy of a document ever issued, whatever became of it, without those that these records issued."""
    return _copies(but, LedgerEntry.facts["document_id"].as_integer() == document_id)


def open_copies(document_id: int, version: str | None = None, but: Collection[int] = ()) -> list[Copy]:
    """The copies of a document (of a version) that were not returned; `but` names records whose recalls do not count."""
    wanted = [LedgerEntry.facts["document_id"].as_integer() == document_id]
    if version is not None:
        wanted.append(LedgerEntry.facts["version"].as_string() == version)
    return _copies((), *wanted, ~is_returned(but))


def entered(record_id: int) -> list[dict[str, Any]]:
    """The copies that a record has entered, as they stand now."""
    query = sa.select(LedgerEntry.facts).where(
        LedgerEntry.ledger == COPIES, LedgerEntry.record_id == record_id, ~is_repeated()
    )
    return list(db.session.scalars(query.order_by(LedgerEntry.id)))


def under_way(document_id: int, version: str) -> list[Copy]:
    """The copies of a version that are being handed out and nobody has signed for yet."""
    query = (
        sa.select(Content.answers["copies"])
        .join(Record, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            Record.form_code == ISSUE,
            Record.state.in_(OPEN),
            Content.answers[("document", "id")].as_integer() == document_id,
            Content.answers["version"].as_string() == version,
        )
    )
    rows = [row for copies in db.session.scalars(query) for row in copies or ()]
    return [
        Copy(document_id, version, row["copy_no"], row["holder"]["text"], row["issued_on"]) for row in rows
    ]


def to_recall() -> list[Copy]:
    """The copies of versions that are not in force any more."""
    document = aliased(ControlledDocument)
    old = sa.exists().where(
        document.id == LedgerEntry.facts["document_id"].as_integer(),
        sa.or_(
            (document.version != LedgerEntry.facts["version"].as_string())
            & (sa.cast(document.effective_on, sa.String) <= TODAY),
            document.state == "obsolete",
        ),
    )
    return _copies((), old, ~is_returned(()))


def held_by(number: str) -> list[Copy]:
    """The copies that the person with this number took, and that did not come back."""
    taken = LedgerEntry.facts["person"].as_string().endswith(f" {number}", autoescape=True)
    return _copies((), taken, ~is_returned(()))


def _copies(but: Collection[int], *where: Any) -> list[Copy]:
    query = (
        sa.select(LedgerEntry.facts)
        .where(
            LedgerEntry.ledger == COPIES,
            LedgerEntry.record_id.not_in(list(but)),
            ~is_corrected(LedgerEntry.record_id),
            ~is_repeated(),
            *where,
        )
        .order_by(LedgerEntry.id)
    )
    names = ("document_id", "version", "copy_no", "holder", "issued_on")
    return [
        Copy(**{name: facts[name] for name in names}, document=facts.get("document", ""))
        for facts in db.session.scalars(query)
    ]


def same_copy(one: Any) -> list[Any]:
    """That another line is about the same copy of the same version."""
    facts = LedgerEntry.facts
    return [
        one.facts["document_id"].as_integer() == facts["document_id"].as_integer(),
        one.facts["version"].as_string() == facts["version"].as_string(),
        one.facts["copy_no"].as_string() == facts["copy_no"].as_string(),
    ]


def is_repeated() -> sa.Exists:
    """Whether the same record has entered the copy again after a round back."""
    later = aliased(LedgerEntry)
    return (
        sa.exists()
        .where(
            later.ledger == COPIES,
            later.id > LedgerEntry.id,
            later.record_id == LedgerEntry.record_id,
            *same_copy(later),
        )
        .correlate(LedgerEntry)
    )


def is_returned(but: Collection[int]) -> sa.Exists:
    """Whether the copy came back, but by these records."""
    back = aliased(LedgerEntry)
    return (
        sa.exists()
        .where(
            back.ledger == RETURNS,
            back.record_id.not_in(list(but)),
            ~is_corrected(back.record_id),
            *same_copy(back),
        )
        .correlate(LedgerEntry)
    )


def recalls(document_id: int) -> tuple[list[str], set[str]]:
    """The old versions that issues of a document have recalled, one for each that is over, and those under way."""
    query = (
        sa.select(Content.answers["old_version"].as_string(), Record.state)
        .join(Record, (Content.record_id == Record.id) & (Content.version == Record.version))
        .where(
            Record.form_code == ISSUE,
            Record.state.in_((*OPEN, "finished")),
            ~is_corrected(Record.id),
            Content.answers[("document", "id")].as_integer() == document_id,
        )
    )
    found = [(version, state) for version, state in db.session.execute(query) if version]
    over = [version for version, state in found if state == "finished"]
    return over, {version for version, state in found if state != "finished"}
