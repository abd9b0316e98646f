"""Takes the documents that come with the portal into its library, as revisions that are in force."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, timedelta

import sqlalchemy as sa

from portal.domain import documents as life
from portal.extensions import db
from portal.lib.clock import months_later
from portal.models import ControlledDocument, Department, DocumentRevision
from portal.queries import documents, revisions
from portal.services import master, publications, releases
from portal.services import revisions as texts
from portal.storage.shipped import Shipped

YEAR = timedelta(days=365)


def load(found: Iterable[Shipped], *, effective_on: date, by: int, now: datetime) -> list[DocumentRevision]:
    """Takes in each revision that the library does not have yet, in its order; gives those that are new.

    A document of which somebody is writing a revision is left to them.

    The last edition of a document is in force from the day on, each one before it from a year earlier.

    Raises:
        Refusal: something that runs would lose its clause.
    """
    made = []
    every = list(found)
    last = {one.code: one.edition for one in every}
    departments = {one.key: one for one in db.session.scalars(sa.select(Department))}
    for one in every:
        released = revisions.released(one.code)
        if len(released) >= one.edition or revisions.under_way(one.code):
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
        since = effective_on - YEAR * (last[one.code] - one.edition)
        if one.edition == last[one.code]:
            releases.refuse_untied(revision)
        document = _listed(revision, since)
        releases.put_in_force(revision, document.id, since, revisions.fingerprint(revision), by=by, now=now)
        made.append(revision)
    if made:
        publications.ask(now=now)
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
