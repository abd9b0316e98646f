"""Controlled documents on paper."""

from __future__ import annotations

from flask import Response, request

from portal.blueprints.documents.room import bp, pdf, seen
from portal.database import transaction
from portal.lib.clock import now, today
from portal.lib.i18n import language
from portal.models import DocumentRevision
from portal.queries import readings
from portal.services import document_prints, print_turns
from portal.web import posted
from portal.web.guard import actor, open_to


@bp.get("/<document>/print")
@open_to("signed_in")
def print_current(document: str) -> Response:
    """What is in force, on paper; that it was printed stands in the audit trail."""
    return _printed(readings.of_named(document, today()))


@bp.get("/<document>/<revision>/print")
@open_to("signed_in")
def print_revision(document: str, revision: str) -> Response:
    """A revision on paper, for those who may read it."""
    return _printed(seen(document, revision))


def _printed(one: DocumentRevision) -> Response:
    by, at, copy_no = actor(), now(), posted.asked("copy", 20)
    copy = document_prints.numbered_copy(one, copy_no, by) if copy_no else None
    name = f"{one.document_no}-{one.number}.pdf"
    with print_turns.turn(by.id):
        made = document_prints.make(one, language(), by=by, now=at, copy=copy)
    if request.method != "HEAD":
        with transaction():
            document_prints.note(one, by=by.id, now=at, copy_no=copy_no)
    return pdf(made, name)
