"""Two revisions of a document held against each other, as a page and on paper."""

from __future__ import annotations

from flask import Response, render_template

from portal.blueprints.documents.room import bp, pdf
from portal.domain import documents as life
from portal.lib.clock import now, today
from portal.lib.i18n import language
from portal.models import DocumentRevision
from portal.queries import revisions
from portal.services import print_turns, redline_prints
from portal.web import posted, redlines
from portal.web.guard import actor, open_to


@bp.get("/<document>/redline")
@open_to("signed_in")
def redline(document: str) -> str:
    """What differs between two revisions, for those who may read both."""
    old, new = _asked(document)
    known = redlines.comparable(document, actor(), today())
    return render_template(
        "documents/redline.html",
        old=old,
        new=new,
        page=redlines.page(old, new),
        known=known,
        states=revisions.states(known, today()),
        words=life.STATES,
    )


@bp.get("/<document>/redline.pdf")
@open_to("signed_in")
def redline_pdf(document: str) -> Response:
    """The same as a file."""
    old, new = _asked(document)
    with print_turns.turn(actor().id):
        made = redline_prints.make(old, new, language(), by=actor(), now=now())
    return pdf(made, f"{document}-{old.number}-{new.number}.pdf")


def _asked(document: str) -> tuple[DocumentRevision, DocumentRevision]:
    return redlines.asked(document, posted.asked("from", 20), posted.asked("to", 20), actor(), today())
