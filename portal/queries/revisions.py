"""The texts of controlled documents: which revision is in force, which are being written, who has read what."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.domain import documents as life
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib.hashing import canonical_json, sha256
from portal.models import ControlledDocument, DocumentRevision, RevisionFile
from portal.queries import documents as books

Revision = DocumentRevision


def find(revision_id: int | None) -> Revision | None:
    """A revision; None if there is none."""
    return db.session.get(Revision, revision_id) if revision_id else None


def named(document_no: str, number: str) -> Revision:
    """The revision of a document with this number.

    Raises:
        NotFound: there is none.
    """
    query = sa.select(Revision).where(Revision.code == f"{document_no}/{number}")
    found = db.session.scalar(query)
    if found is None:
        raise NotFound
    return found


def of(document_no: str) -> list[Revision]:
    """Every revision of a document, the newest first."""
    rows = db.session.scalars(sa.select(Revision).where(Revision.document_no == document_no))
    return sorted(rows, key=lambda one: life.order(one.number), reverse=True)


def released(document_no: str) -> list[Revision]:
    """Those that were released, the newest first."""
    return [one for one in of(document_no) if one.effective_on is not None]


def under_way(document_no: str) -> Revision | None:
    """The one that is being written or reviewed; a document has one at a time."""
    return next((one for one in of(document_no) if one.effective_on is None), None)


@lru_cache(maxsize=8)
def in_force(today: date) -> sa.Select[Revision]:
    """The statement for the revisions in force: of each document that is not withdrawn, the newest whose day has come."""
    later = aliased(Revision)
    newer = sa.exists().where(
        later.document_no == Revision.document_no,
        later.effective_on <= today,
        sa.or_(
            later.effective_on > Revision.effective_on,
            sa.and_(later.effective_on == Revision.effective_on, later.id > Revision.id),
        ),
    )
    return (
        sa.select(Revision)
        .join(ControlledDocument, ControlledDocument.id == Revision.document_id)
        .where(Revision.effective_on <= today, ~newer, ControlledDocument.state != "obsolete")
        .order_by(Revision.document_no)
    )


def to_come(today: date) -> sa.Select[Revision]:
    """The revisions that are released and whose day has not come."""
    return sa.select(Revision).where(Revision.effective_on > today).order_by(Revision.effective_on)


def effective(document_no: str, today: date, *, reading: str = "") -> Revision | None:
    """The revision of a document in force, if it asks for this reading where one is named; None if there is none."""
    given = {"document": document_no, "reading": reading}
    return db.session.scalar(_effective(today, any_=not reading), given)


@lru_cache(maxsize=16)
def _effective(today: date, *, any_: bool) -> sa.Select[Revision]:
    query = in_force(today).where(Revision.document_no == sa.bindparam("document"))
    return query if any_ else query.where(Revision.reading == sa.bindparam("reading"))


def documents_in_force(today: date) -> list[ControlledDocument]:
    """The documents of which a revision is in force."""
    ids = in_force(today).with_only_columns(Revision.document_id).order_by(None)
    return list(db.session.scalars(sa.select(ControlledDocument).where(ControlledDocument.id.in_(ids))))


def states(found: Iterable[Revision], today: date) -> dict[int, str]:
    """Where each of these revisions stands, by id."""
    rows = list(found)
    current = set(db.session.scalars(in_force(today).with_only_columns(Revision.id)))
    return {
        one.id: life.state_of(
            review=one.release.state if one.release else "",
            step=one.release.step if one.release else "",
            effective_on=one.effective_on,
            newest=one.id in current,
            obsolete=one.document is not None and one.document.state == "obsolete",
            today=today,
        )
        for one in rows
    }


def state(one: Revision, today: date) -> str:
    """Where a revision stands."""
    return states([one], today)[one.id]


def of_release(record_id: int) -> list[Revision]:
    """The revisions that a record releases, or is to release."""
    query = sa.select(Revision).where(Revision.release_id == record_id)
    return list(db.session.scalars(query.order_by(Revision.id)))


def of_request(record_id: int) -> list[Revision]:
    """The revisions that a change request has begun."""
    return list(db.session.scalars(sa.select(Revision).where(Revision.request_id == record_id)))


def pictures(revision_id: int) -> list[RevisionFile]:
    """The pictures of a revision as they are now, by name."""
    query = sa.select(RevisionFile).where(RevisionFile.revision_id == revision_id)
    rows = query.order_by(RevisionFile.name).execution_options(populate_existing=True)
    return list(db.session.scalars(rows))


def is_taken(document_no: str) -> bool:
    """Whether a document, or the draft of one, has this number, or had it once."""
    written = sa.exists().where(Revision.document_no == document_no)
    return books.by_number(document_no) is not None or bool(db.session.scalar(sa.select(written)))


def former(one: Revision) -> Revision | None:
    """The revision before this one, of those that were released."""
    before = [
        other for other in released(one.document_no) if life.order(other.number) < life.order(one.number)
    ]
    return before[0] if before else None


def facts(one: Revision) -> dict[str, Any]:
    """What is approved and released: every word of it, and what it asks of readers."""
    files = {each.name: each.file.sha256 for each in pictures(one.id)}
    return {
        "document_no": one.document_no,
        "number": one.number,
        "name": one.name,
        "name_en": one.name_en,
        "kind": one.kind,
        "department": one.department.key,
        "summary_en": one.summary_en,
        "text": one.text,
        "change": one.change,
        "readers": sorted(one.readers),
        "reading": one.reading,
        "review_months": one.review_months,
        "pictures": files,
    }


def fingerprint(one: Revision) -> str:
    """SHA-256 of all that is approved and released."""
    return sha256(canonical_json(facts(one)))
