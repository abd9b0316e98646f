"""The clauses of a text in force, each found by itself, with the address at which it stands."""

from __future__ import annotations

from portal.lib.clauses import clauses
from portal.lib.clock import today
from portal.lib.markdown import plain
from portal.lib.markup import inline, words
from portal.models import ControlledDocument
from portal.queries import revisions
from portal.search import index
from portal.search.index import Entry
from portal.services.search_texts import moment

ROOM = 1000  # clauses of a document that have a place in the index


def renew(row: ControlledDocument) -> int:
    """Puts the clauses in force of a document in the place of those in the index; returns how many read otherwise."""
    return index.renew("clause", row.id * ROOM - 1, row.id * ROOM + ROOM - 1, _entries(row))


def clear(after: int, upto: int) -> None:
    """Takes the clauses of documents out of the index, those after one id up to another."""
    index.clear("clause", after * ROOM + ROOM - 1, min(upto * ROOM + ROOM - 1, index.LAST))


def _entries(row: ControlledDocument) -> list[Entry]:
    text = revisions.effective(row.code, today())
    if text is None:
        return []
    return [
        Entry(
            kind="clause",
            row=row.id * ROOM + place,
            title=f"{clause.number} {words(inline(clause.title))}",
            body=plain(clause.text),
            note=f"{row.code} {row.name}",
            path=f"/documents/{row.code}#{clause.id}",
            sort=row.kind,
            state=row.state,
            department=row.department.key if row.department else "",
            at=moment(text.effective_on),
        )
        for place, clause in enumerate(clauses(text.text)[:ROOM])
    ]
