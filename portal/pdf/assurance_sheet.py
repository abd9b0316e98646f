"""What is printed of what the project has proven: plain values, free of the database and of WeasyPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class ShownTest:
    """A test: its name, how many cases, the outcome in words, when, on which databases."""

    name: str
    cases: str
    outcome: str
    at: str
    databases: str


@dataclass(frozen=True, slots=True)
class ShownCheck:
    """A check: id, text, source, how it stands in words, whether it is shown whole, what is lacking, its tests."""

    id: str
    text: str
    source: str
    state_text: str
    is_shown: bool
    gap: str
    tests: Sequence[ShownTest]


@dataclass(frozen=True, slots=True)
class ShownList:
    """A list of checks with what is said of it, and its counts in a sentence."""

    title: str
    note: str
    summary: str
    checks: Sequence[ShownCheck]


@dataclass(frozen=True, slots=True)
class AssuranceSheet:
    """The validation report ready for print."""

    company: str
    language: str
    title: str
    marking: str
    printed: str
    facts: Sequence[tuple[str, str]]
    lists: Sequence[ShownList]
    images: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)
