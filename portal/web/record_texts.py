"""The texts of the library that a record releases or has asked for, as its page shows them."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from portal.models import DocumentRevision, Record
from portal.queries import documents as books
from portal.queries import revisions
from portal.queries.actors import Actor
from portal.web import documents as shown

NAMED: dict[str, Callable[[int], list[DocumentRevision]]] = {
    books.RELEASE: revisions.of_release,
    books.REQUEST: revisions.of_request,
}


@dataclass(frozen=True, slots=True)
class RecordText:
    """A revision, where it stands, and the one before it."""

    one: DocumentRevision
    state: str
    former: DocumentRevision | None


def of_record(record: Record, by: Actor, today: date) -> list[RecordText]:
    """The texts of a release or a change request that the person may see; none of other records."""
    find = NAMED.get(record.form_code)
    found = find(record.id) if find else []
    states = revisions.states(found, today) if found else {}
    return [
        RecordText(one, states[one.id], revisions.former(one))
        for one in found
        if shown.may_see(one, states[one.id], by)
    ]
