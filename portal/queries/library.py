"""The library: every controlled document with what is in force of it and what is being written."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa
from sqlalchemy.orm import contains_eager, joinedload

from portal.extensions import db
from portal.lib.pinyin import needle
from portal.models import ControlledDocument, Department, DocumentRevision
from portal.queries import editions, readings, revisions
from portal.queries.editions import Edition


@dataclass(frozen=True, slots=True)
class Row:
    """A document of the list: what is in force, what will be, what is being written, how many have read it."""

    document: ControlledDocument
    text: DocumentRevision | None  # in force
    under_way: DocumentRevision | None
    now: Edition | None
    coming: Edition | None
    name_en: str
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
    names = english_names()
    writing = {one.document_no: one for one in drafts()}
    every = editions.known()
    counts = readings.counts(current.values(), today)
    found = []
    for one in documents:
        text, next_text, known = current.get(one.code), coming.get(one.code), every.get(one.code, [])
        found.append(
            Row(
                one,
                text,
                writing.get(one.code),
                _edition(text) or (None if next_text else editions.standing(known, today)),
                _edition(next_text) or next((each for each in known if not each.has_come(today)), None),
                names.get(one.code, ""),
                *(counts[text.id] if text else (0, 0)),
            )
        )
    return found


def _edition(one: DocumentRevision | None) -> Edition | None:
    return Edition(one.number, one.effective_on) if one else None


def english_names(documents: Collection[str] = ()) -> dict[str, str]:
    """The English titles of all documents, or of these, by number: those of their newest revisions."""
    query = sa.select(DocumentRevision.document_no, DocumentRevision.name_en).order_by(DocumentRevision.id)
    if documents:
        query = query.where(DocumentRevision.document_no.in_(documents))
    return {number: name for number, name in db.session.execute(query) if name}


def drafts(typed: str = "", kind: str = "", department: str = "") -> list[DocumentRevision]:
    """The revisions that are being written or reviewed and fit, the newest first."""
    query = (
        sa.select(DocumentRevision)
        .join(DocumentRevision.department)
        .where(DocumentRevision.effective_on.is_(None))
        .options(
            contains_eager(DocumentRevision.department),
            joinedload(DocumentRevision.author),
            joinedload(DocumentRevision.release),
            joinedload(DocumentRevision.document),
        )
    )
    if wanted := needle(typed):
        query = query.where(DocumentRevision.search_key.contains(wanted, autoescape=True))
    if kind:
        query = query.where(DocumentRevision.kind == kind)
    if department:
        query = query.where(Department.key == department)
    return list(db.session.scalars(query.order_by(DocumentRevision.saved_at.desc())).unique())
