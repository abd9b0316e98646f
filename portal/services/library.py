"""Takes the documents that come with the portal into its library, as revisions that are in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime

import sqlalchemy as sa

from portal.domain import documents as life
from portal.extensions import db
from portal.lib.clock import months_later
from portal.models import ControlledDocument, Department, DocumentRevision
from portal.queries import documents, revisions
from portal.services import master
from portal.services import revisions as texts
from portal.storage.shipped import Shipped


def load(
    found: Iterable[Shipped], *, effective_on: date, by: int, now: datetime, editions: int | None = None
) -> list[DocumentRevision]:
    """Takes in each revision that the library does not have yet, in its order; gives those that are new.

    `editions` says how many revisions of a document are taken in at most; a later one replaces the one before.

    Raises:
        Refusal: something that runs would lose its clause.
    """
    made = []
    departments = {one.key: one for one in db.session.scalars(sa.select(Department))}
    for one in found:
        if editions is not None and one.edition > editions:
            continue
        released = revisions.released(one.code)
        if len(released) >= one.edition:
            continue
        number = life.next_number(released[0].number, one.size) if released else life.FIRST
        revision = texts.add(
            one.code,
            number,
            {
                "name": one.title,
                "name_en": one.title_en,
                "kind": one.kind,
                "department_id": departments[one.department].id,
                "summary_en": one.summary_en,
                "text": one.text,
                "change": one.change,
                "readers": [departments[key].id for key in one.readers if key != "all"],
                "review_months": one.review_months,
            },
            author=by,
            now=now,
        )
        document = _listed(revision, effective_on)
        texts.put_in_force(
            revision, document.id, effective_on, revisions.fingerprint(revision), by=by, now=now
        )
        made.append(revision)
    return made


def _listed(revision: DocumentRevision, effective_on: date) -> ControlledDocument:
    """The document in the list of controlled documents, with this revision as the one in force."""
    document = documents.by_number(revision.document_no)
    if document is None:
        document = master.create("document", code=revision.document_no, name=revision.name)
    document.name, document.kind, document.version = revision.name, revision.kind, revision.number
    document.effective_on, document.department_id = effective_on, revision.department_id
    document.next_review_on = months_later(effective_on, revision.review_months)
    db.session.flush()
    return document
