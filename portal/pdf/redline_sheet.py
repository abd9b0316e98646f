"""What is printed of two revisions held against each other: plain values, free of the database and of WeasyPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ChangedClause:
    """A clause that differs: where it stands on the print, its number and title, what has become of it, its HTML."""

    anchor: str
    number: str
    title: str
    word: str
    html: str


@dataclass(frozen=True, slots=True)
class ChangedForm:
    """A form that is bound or runs in another way, in words."""

    title: str
    lines: Sequence[str]


@dataclass(frozen=True, slots=True)
class RedlineSheet:
    """A redline ready for print; `summary` says how many clauses have changed, `told` what authors say, by revision."""

    company: str
    language: str
    document_no: str
    title: str
    old: str
    new: str
    state_text: str
    marking: str
    printed: str
    facts: Sequence[tuple[str, str]]
    summary: str
    told: Sequence[tuple[str, str]] = ()
    more: Sequence[str] = ()  # differences beside the words, each in a line
    clauses: Sequence[ChangedClause] = ()
    forms: Sequence[ChangedForm] = ()
    images: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
