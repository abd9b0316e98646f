"""The room of the controlled documents: what its pages share."""

from __future__ import annotations

from flask import Blueprint, Response
from werkzeug.wrappers import Response as Answered

from portal.domain.refusal import NotFound
from portal.lib.clock import today
from portal.models import DocumentRevision
from portal.queries import revisions
from portal.services import revisions as texts
from portal.web import documents as shown
from portal.web.guard import actor
from portal.web.headers import name_file

bp = Blueprint("documents", __name__, url_prefix="/documents")
Answer = Answered | str | tuple[str, int]


def may_see(one: DocumentRevision) -> bool:
    """Whether the revision is for the person."""
    return shown.may_see(one, revisions.state(one, today()), actor())


def seen(document: str, revision: str) -> DocumentRevision:
    """The revision, if it is for the person.

    Raises:
        NotFound: there is none, or it is not.
    """
    one = revisions.named(document, revision)
    if not may_see(one):
        raise NotFound
    return one


def writable(document: str, revision: str) -> DocumentRevision:
    """The draft, if it is the person's to write now.

    Raises:
        NotFound: there is none, or it is not for the person.
        Refusal: it is in review or released.
        NotAllowed: it is others' to write.
    """
    one = seen(document, revision)
    texts.refuse_unwritable(one, actor())
    return one


def pdf(made: bytes, name: str) -> Response:
    """A file that was made just now, shown by the browser."""
    answer = Response(made, mimetype="application/pdf")
    name_file(answer, name, shown=True)
    return answer
