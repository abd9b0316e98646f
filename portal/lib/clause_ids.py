"""The ids of clauses, kept where a text is written anew without them."""

from __future__ import annotations

from collections.abc import Sequence

from portal.lib import markup
from portal.lib.clauses import Clause, Line, attributes, clauses, lines, settle


def with_ids(new: str, old: str) -> str:
    """The new text with the ids of the old one: a heading without one gets that of the only clause called the same.

    Of several with one id, as when a clause was copied, the one that is called as before keeps it, else the first.
    """
    named: dict[str, list[Clause]] = {}
    for clause in clauses(old):
        named.setdefault(_called(clause.title), []).append(clause)
    found = list(lines(new))
    own = {attributes(line.heading.marks)[0] for line in found if line.heading}
    keepers = _keepers(found, {clause.id: _called(clause.title) for clause in clauses(old)})
    made = []
    for line in found:
        if line.heading is None:
            made.append(line.text)
            continue
        id, marks = attributes(line.heading.marks)
        same = named.get(_called(line.heading.title), [])
        if id and keepers[id] != line.place:
            id = ""
        elif not id and len(same) == 1 and same[0].id not in own:
            id, marks = same[0].id, marks or same[0].marks
            own.add(id)
        said = " ".join([*([f"#{id}"] if id else []), *(f".{mark}" for mark in sorted(marks, reverse=True))])
        made.append(str(line.heading._replace(marks=said)))
    return settle("\n".join(made))


def _keepers(found: Sequence[Line], before: dict[str, str]) -> dict[str, int]:
    """For each id the line of the heading that keeps it."""
    places: dict[str, list[Line]] = {}
    for line in found:
        if line.heading and (id := attributes(line.heading.marks)[0]):
            places.setdefault(id, []).append(line)
    return {
        id: next((one.place for one in several if _is_called(one, before.get(id))), several[0].place)
        for id, several in places.items()
    }


def _is_called(line: Line, title: str | None) -> bool:
    return line.heading is not None and _called(line.heading.title) == title


def _called(title: str) -> str:
    return "".join(markup.words(markup.inline(title)).casefold().split())
