"""A form to be filled in by hand: plain values, free of the database and of WeasyPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class BlankLine:
    """A field: its label, what may be ticked, or the heads of a table with what its first cells already say."""

    label: str
    required: bool
    tall: bool = False
    choices: tuple[str, ...] = ()
    heads: tuple[str, ...] = ()
    rows: tuple[str, ...] = ()  # an empty text is a row that says nothing yet
    note: str = ""


@dataclass(frozen=True, slots=True)
class BlankPart:
    """The opening section, or a step: what is to be filled in, and who signs at its end."""

    title: str
    by: str
    meaning: str
    lines: Sequence[BlankLine]


@dataclass(frozen=True, slots=True)
class BlankSheet:
    """A form without answers, ready for print."""

    company: str
    language: str
    code: str
    title: str
    clause: str
    note: str
    printed: str
    parts: Sequence[BlankPart]
    images: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
