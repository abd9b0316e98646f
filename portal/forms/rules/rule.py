"""What a rule of the documents is: where it stands, in words, and what keeps it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Rule:
    """A rule that the documents lay down.

    `how` says in words what keeps it; `forms` are those whose fields, checks, choices or routes do, `obligations` those
    that make the work.
    """

    key: str
    clause: str
    title: Any
    how: Any
    forms: tuple[str, ...] = ()
    obligations: tuple[str, ...] = ()
