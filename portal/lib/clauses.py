"""The text of a controlled document: facts at its head, headings with lasting ids, and what the portal draws in it.

A document is Markdown. Its headings are its clauses: their numbers come from their order, their ids (`{#arrival}`)
stay for good, and `.record` behind an id says that a record must be kept. A line of its own such as `{{flow PU-04}}`
is filled in by the portal.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from portal.lib.pinyin import syllables

FENCE = re.compile(r"^\s*(```|~~~)")
HEADING = re.compile(r"^(#{1,4})\s+(.*?)\s*(?:\{([^{}]*)\})?\s*$")
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


def lines(text: str) -> Iterator[tuple[int, str, re.Match[str] | None]]:
    """Each line with its number from 1, and the heading in it; there is none inside a block of code."""
    fenced = False
    for place, line in enumerate(text.split("\n"), 1):
        if FENCE.match(line):
            fenced = not fenced
        yield place, line, None if fenced else HEADING.match(line)


def clauses(text: str) -> list[Clause]:
    """The clauses in their order. A heading without an id has the empty one."""
    found: list[list[Any]] = []
    counts = [0, 0, 0, 0]
    for _place, line, heading in lines(text):
        if heading is None:
            if found:
                found[-1][-1].append(line)
            continue
        level = len(heading[1])
        counts[level - 1] += 1
        counts[level:] = [0] * (4 - level)
        number = ".".join(map(str, counts[:level]))
        id, marks = _attributes(heading[3] or "")
        found.append([id, number, heading[2], level, marks, []])
    return [
        Clause(id, number, title, level, "\n".join(body).strip(), "record" in marks, "added" in marks)
        for id, number, title, level, marks, body in found
    ]


def settle(text: str) -> str:
    """The text with an id for every heading: those that have one keep it, others are named by their sound."""
    taken = {clause.id for clause in clauses(text) if clause.id}
    settled = []
    for _place, line, heading in lines(text):
        if heading is None or _attributes(heading[3] or "")[0]:
            settled.append(line)
            continue
        id = _new_id(heading[2], taken)
        taken.add(id)
        marks = "".join(f" .{mark}" for mark in sorted(_attributes(heading[3] or "")[1]))
        settled.append(f"{heading[1]} {heading[2]} {{#{id}{marks}}}")
    return "\n".join(settled)


def parts(text: str) -> list[tuple[str, str]]:
    """What the portal fills in: (kind, name), in their order; the name is empty where the kind needs none."""
    found = (PART.match(line.strip()) for _place, line, _heading in lines(text))
    return [(one[1], one[2] or "") for one in found if one]


def marks(text: str) -> list[Mark]:
    """What is wrong with the headings: levels left out, ids twice, ids that cannot be."""
    wrong: list[Mark] = []
    before, seen = 0, set()
    for place, _line, heading in lines(text):
        if heading is None:
            continue
        level, (id, _marks) = len(heading[1]), _attributes(heading[3] or "")
        if level > before + 1:
            wrong.append(Mark(place, "level", heading[2]))
        if id in seen:
            wrong.append(Mark(place, "twice", id))
        elif id and (not ID.fullmatch(id) or len(id) > LONGEST):
            wrong.append(Mark(place, "id", id))
        before = level
        seen.add(id or None)
    return wrong


def named(found: Sequence[Clause], id: str) -> Clause | None:
    """The clause with this id; None if there is none."""
    return next((clause for clause in found if clause.id == id), None)


def _attributes(text: str) -> tuple[str, set[str]]:
    words = text.split()
    ids = [word[1:] for word in words if word.startswith("#")]
    return ids[0] if ids else "", {word[1:] for word in words if word.startswith(".")}


def _new_id(title: str, taken: set[str]) -> str:
    """A few syllables of the title, with a number behind them where others have them already."""
    spelt = "-".join(syllables(title)[:4])
    base = spelt[: LONGEST - 4].strip("-") if ID.fullmatch(spelt) else "clause"
    tries = (base if n == 1 else f"{base}-{n}" for n in range(1, len(taken) + 2))
    return next(one for one in tries if one not in taken)
