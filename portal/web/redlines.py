"""Redlines as pages show them: which revisions somebody may hold against each other, and what a reader is shown first."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from portal.domain.refusal import NotFound
from portal.forms import redlines
from portal.forms.redlines import Redline
from portal.lib import redline_html
from portal.lib.redline_html import Shown
from portal.models import DocumentRevision
from portal.queries import readings, revisions
from portal.queries.actors import Actor
from portal.services import redline_prints
from portal.web import documents as shown


@dataclass(frozen=True, slots=True)
class RedlinePage:
    """A redline made for reading; `read` says that the old revision is what the reader has confirmed."""

    redline: Redline
    clauses: Sequence[Shown]
    summary: str
    read: bool = False


def comparable(document_no: str, by: Actor, today: date) -> list[DocumentRevision]:
    """The revisions that the person may hold against each other, newest first: those they may see, and what was in force."""
    known = revisions.of(document_no)
    states = revisions.states(known, today)
    seen = [one for one in known if shown.may_see(one, states[one.id], by)]
    return [one for one in known if one in seen or (seen and states[one.id] == "superseded")]


def asked(
    document_no: str, old: str, new: str, by: Actor, today: date
) -> tuple[DocumentRevision, DocumentRevision]:
    """The two revisions asked for; without numbers what is in force and the one before, or else what comes next.

    Raises:
        NotFound: one of them is not there for the person.
    """
    known = {one.number: one for one in comparable(document_no, by, today)}
    to = known.get(new) if new else _usual(document_no, list(known.values()), today)
    if to is None:
        raise NotFound
    former = revisions.former(to)
    since = known.get(old or (former.number if former else ""))
    if since is None:
        raise NotFound
    return since, to


def _usual(document_no: str, known: list[DocumentRevision], today: date) -> DocumentRevision | None:
    """What is in force, if there was one before; else the newest that has one."""
    current = revisions.effective(document_no, today)
    wanted = [current] if current in known else []
    return next((one for one in (*wanted, *known) if revisions.former(one) is not None), None)


def page(old: DocumentRevision, new: DocumentRevision, *, read: bool = False) -> RedlinePage:
    """What differs, as HTML."""
    found = redlines.between(old, new)
    return RedlinePage(found, redline_html.shown(found.changes), redline_prints.summary(found), read)


def since_read(one: DocumentRevision, by: Actor) -> RedlinePage | None:
    """What has changed since the revision that the person confirmed last, else since the one before; None for a first."""
    confirmed = readings.last_read(one, by.id)
    old = confirmed or revisions.former(one)
    return page(old, one, read=confirmed is not None) if old is not None else None
