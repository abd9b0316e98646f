"""Obligations: what time itself asks for, day by day, until somebody does it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Self


@dataclass(frozen=True, slots=True)
class Missing:
    """The days, first to last, for which an entry is still missing."""

    first: date
    last: date

    @property
    def days(self) -> int:
        """How many they are."""
        return (self.last - self.first).days + 1

    def __str__(self) -> str:
        return f"{self.first}/{self.last}"

    @classmethod
    def read(cls, text: str) -> Self:
        """The days as a task keeps them, `2026-05-14/2026-05-17`."""
        first, _slash, last = text.partition("/")
        return cls(date.fromisoformat(first), date.fromisoformat(last))
