"""The library: every controlled document with what is in force of it and what is being written."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.pinyin import needle
from portal.models import ControlledDocument, Department, DocumentRevision
from portal.queries import readings, revisions


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the list: what is in force, what will be, what is being written, how many have read it."""

    document: ControlledDocument
    effective: DocumentRevision | None
    coming: DocumentRevision | None
    under_way: DocumentRevision | None
    readers: int
    read: int


def rows(typed: str, kind: str, department: str, today: date) -> list[Row]:
    """The documents that fit, by number; those that were withdrawn at the end."""
    query = sa.select(ControlledDocument).outerjoin(Department)
    if wanted := needle(typed):
        query = query.where(ControlledDocument.search_key.contains(wanted, autoescape=True))
    if kind:
        query = query.where(ControlledDocument.kind == kind)
    if department:
        query = query.where(Department.key == department)
    order = (ControlledDocument.state == "obsolete", ControlledDocument.code)
    documents = list(db.session.scalars(query.order_by(*order)))
    current = {one.document_no: one for one in db.session.scalars(revisions.in_force(today))}
    coming = {one.document_no: one for one in db.session.scalars(revisions.to_come(today))}
    writing = {one.document_no: one for one in drafts()}
    counts = readings.counts(current.values(), today)
    return [
        Row(
            one,
            found,
            coming.get(one.code),
            writing.get(one.code),
            *(counts[found.id] if found else (0, 0)),
        )
        for one in documents
        for found in [current.get(one.code)]
    ]


def drafts() -> list[DocumentRevision]:
    """The revisions that are being written or reviewed, the newest first."""
    query = sa.select(DocumentRevision).where(DocumentRevision.effective_on.is_(None))
    return list(db.session.scalars(query.order_by(DocumentRevision.saved_at.desc())))
