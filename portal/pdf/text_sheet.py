"""What is printed of a controlled document: plain values, free of the database and of WeasyPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Signed:
    """A signature under a text: the step in words, who, what it means, when."""

    step: str
    who: str
    meaning: str
    when: str


@dataclass(frozen=True, slots=True)
class Flow:
    """The route of a form as the text shows it."""

    title: str
    svg: str


@dataclass(frozen=True, slots=True)
class BoundForm:
    """A form that the text binds: by which clauses, as id and number, and how long its records are kept."""

    title: str
    clauses: Sequence[tuple[str, str]]
    years: str


@dataclass(frozen=True, slots=True)
class PastRevision:
    """A line of the revisions: number, day, what changed, where it stands."""

    number: str
    effective_on: str
    change: str
    state: str


@dataclass(frozen=True, slots=True)
class TextSheet:
    """A revision ready for print.

    `state_text` stands across every page, softly on what is in force; `marking` says at the foot of each whether the
    paper is controlled, `printed` who printed it when. `flows` are what the text draws, by form; `pictures` the ids of
    its pictures in `images` by the names that the text gives them.
    """

    company: str
    language: str
    document_no: str
    number: str
    title: str
    state_text: str
    is_in_force: bool
    marking: str
    controlled: bool
    printed: str
    facts: Sequence[tuple[str, str]]
    text: str
    summary: str = ""
    signatures: Sequence[Signed] = ()
    flows: Mapping[str, Flow] = field(default_factory=dict)
    forms: Sequence[BoundForm] = ()
    revisions: Sequence[PastRevision] = ()
    pictures: Mapping[str, int] = field(default_factory=dict)
    images: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
