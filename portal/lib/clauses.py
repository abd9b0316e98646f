"""The text of a controlled document: facts at its head, headings with lasting ids, and what the portal draws in it.

A document is Markdown. Its headings are its clauses: their numbers come from their order, their ids (`{#arrival}`)
stay for good, and `.record` behind an id says that a record must be kept. A line of its own such as `{{flow PU-04}}`
is filled in by the portal.
"""

from __future__ import annotations

import re
import tomllib
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any, NamedTuple

from portal.lib.pinyin import syllables

FENCE = re.compile(r"\s*(`{3,}(?=[^`]*$)|~{3,})")
HASHES = re.compile(r"(#{1,4})\s+")
PART = re.compile(r"^\{\{\s*(\w+)(?:\s+([\w-]+))?\s*\}\}$")
ID = re.compile(r"[a-z][a-z0-9]*(?:-[a-z0-9]+)*")
LONGEST = 40  # characters of an id


@dataclass(frozen=True, slots=True)
class Clause:
    """A heading and what stands below it, to the next heading.

    `number` is 1, 1.2, 1.2.3 by its place; `record` says that a record must be kept, `added` that practice has added it
    to what the company laid down.
    """

    id: str
    number: str
    title: str
    level: int
    text: str
    record: bool = False
    added: bool = False

    @property
    def marks(self) -> set[str]:
        """What stands behind its id."""
        return {mark for mark in ("record", "added") if getattr(self, mark)}


class Heading(NamedTuple):
    """A line that begins a clause: its level, its title, and what stands in braces behind it."""

    level: int
    title: str
    marks: str

    def __str__(self) -> str:
        """The line."""
        return f"{'#' * self.level} {self.title}" + (f" {{{self.marks}}}" if self.marks else "")


class Line(NamedTuple):
    """A line of a text with its number from 1; `heading` is the heading in it, if it is one."""

    place: int
    text: str
    heading: Heading | None
    is_code: bool


@dataclass(frozen=True, slots=True)
class Mark:
    """What is wrong with a text: the line, and which of `PROBLEMS`, with the words concerned."""

    line: int
    problem: str
    words: str = ""


def front_matter(text: str) -> tuple[dict[str, Any], str]:
    """The facts between the lines `+++`, as TOML, and the text after them.

    Raises:
        ValueError: there are none, or they cannot be read.
    """
    found = re.match(r"\+\+\+\n(.*?)\n\+\+\+\n+", text, re.S)
    if found is None:
        raise ValueError("a document begins with facts between two lines “+++”")
    return tomllib.loads(found[1]), text[found.end() :]


def lines(text: str) -> Iterator[Line]:
    """Each line of a text; inside a block of code none is a heading."""
    fence = ""
    for place, line in enumerate(text.split("\n"), 1):
        if fence:
            yield Line(place, line, None, True)
            mark = line.strip()
            if len(mark) >= len(fence) and set(mark) == {fence[0]}:
                fence = ""
        elif opening := FENCE.match(line):
            fence = opening[1]
            yield Line(place, line, None, True)
        else:
            yield Line(place, line, _heading(line), False)


def _heading(line: str) -> Heading | None:
    found = HASHES.match(line)
    if found is None:
        return None
    title = line[found.end() :].rstrip()
    before, brace, marks = title[:-1].rpartition("{")
    if title.endswith("}") and brace and "}" not in marks:
        return Heading(len(found[1]), before.rstrip(), marks)
    return Heading(len(found[1]), title, "")


def clauses(text: str) -> list[Clause]:
    """The clauses in their order. A heading without an id has the empty one."""
    found: list[list[Any]] = []
    counts = [0, 0, 0, 0]
    for line in lines(text):
        if line.heading is None:
            if found:
                found[-1][-1].append(line.text)
            continue
        level = line.heading.level
        counts[level - 1] += 1
        counts[level:] = [0] * (4 - level)
        number = ".".join(map(str, counts[:level]))
        id, marks = attributes(line.heading.marks)
        found.append([id, number, line.heading.title, level, marks, []])
    return [
        Clause(id, number, title, level, "\n".join(body).strip(), "record" in marks, "added" in marks)
        for id, number, title, level, marks, body in found
    ]


def settle(text: str) -> str:
    """The text with an id for every heading: those that have one keep it, others are named by their sound."""
    taken = {clause.id for clause in clauses(text) if clause.id}
    tried: Counter[str] = Counter()
    settled = []
    for line in lines(text):
        id, marks = attributes(line.heading.marks) if line.heading else ("", set())
        if line.heading is None or id:
            settled.append(line.text)
            continue
        id = _new_id(line.heading.title, taken, tried)
        taken.add(id)
        said = "".join(f" .{mark}" for mark in sorted(marks))
        settled.append(str(line.heading._replace(marks=f"#{id}{said}")))
    return "\n".join(settled)


def parts(text: str) -> list[tuple[str, str]]:
    """What the portal fills in: (kind, name), in their order; the name is empty where the kind needs none."""
    found = (PART.match(line.text.strip()) for line in lines(text) if not line.is_code)
    return [(one[1], one[2] or "") for one in found if one]


def marks(text: str) -> list[Mark]:
    """What is wrong with the headings: levels left out, ids twice, ids that cannot be."""
    wrong: list[Mark] = []
    before, seen = 0, set()
    for place, _text, heading, _is_code in lines(text):
        if heading is None:
            continue
        id, _marks = attributes(heading.marks)
        if heading.level > before + 1:
            wrong.append(Mark(place, "level", heading.title))
        if id in seen:
            wrong.append(Mark(place, "twice", id))
        elif id and (not ID.fullmatch(id) or len(id) > LONGEST):
            wrong.append(Mark(place, "id", id))
        before = heading.level
        seen.add(id or None)
    return wrong


def named(found: Sequence[Clause], id: str) -> Clause | None:
    """The clause with this id; None if there is none."""
    return next((clause for clause in found if clause.id == id), None)


def attributes(text: str) -> tuple[str, set[str]]:
    """The id and the marks that stand in the braces behind a heading."""
    words = text.split()
    ids = [word[1:] for word in words if word.startswith("#")]
    return ids[0] if ids else "", {word[1:] for word in words if word.startswith(".")}


def _new_id(title: str, taken: set[str], tried: Counter[str]) -> str:
    """A few syllables of the title, with a number behind them where others have them already."""
    spelt = "-".join(syllables(title[:LONGEST])[:4])
    base = spelt[: LONGEST - 4].strip("-") if ID.fullmatch(spelt) else "clause"
    while True:
        tried[base] += 1
        id = base if tried[base] == 1 else f"{base}-{tried[base]}"
        if id not in taken:
            return id
