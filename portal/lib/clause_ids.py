"""The ids of clauses, kept where a text is written anew without them."""

from __future__ import annotations

from portal.lib import markup
from portal.lib.clauses import clauses, lines, settle


def with_ids(new: str, old: str) -> str:
    """The new text with the ids of the old one: a heading without one gets that of the only clause called the same."""
    named: dict[str, list[str]] = {}
    for clause in clauses(old):
        marks = f"#{clause.id}{' .record' if clause.record else ''}{' .added' if clause.added else ''}"
        named.setdefault(_called(clause.title), []).append(marks if clause.id else "")
    own = {clause.id for clause in clauses(new)}
    used: set[str] = set()
    made = []
    for line in lines(new):
        if line.heading is None:
            made.append(line.text)
            continue
        marks, same = line.heading.marks, named.get(_called(line.heading.title), [])
        if not marks and len(same) == 1 and _id(same[0]) not in own:
            marks = same[0]
        if (id := _id(marks)) in used:  # copied in Word with its bookmark
            marks = ""
        elif id:
            used.add(id)
        made.append(str(line.heading._replace(marks=marks)))
    return settle("\n".join(made))


def _id(marks: str) -> str:
    return next((word[1:] for word in marks.split() if word.startswith("#")), "")


def _called(title: str) -> str:
    return "".join(markup.words(markup.inline(title)).casefold().split())
