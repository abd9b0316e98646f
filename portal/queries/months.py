"""Months of the company's calendar, and records by month."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.lib.clock import midnight, months_later


@dataclass(frozen=True, slots=True)
class Month:
    """A month of the company's calendar."""

    first: date

    @property
    def key(self) -> str:
        """As it is written, 2026-05."""
        return f"{self.first:%Y-%m}"

    @property
    def begin(self) -> datetime:
        """Its first moment."""
        return midnight(self.first)

    @property
    def end(self) -> datetime:
        """The first moment of the next one."""
        return midnight(months_later(self.first, 1))

    def back(self, months: int) -> Month:
        """The month so many months before."""
        return Month(months_later(self.first, -months))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month of a day."""
        return cls(day.replace(day=1))

    @classmethod
    def read(cls, text: str) -> Month | None:
        """The month that is written 2026-05; None if it is written otherwise."""
        year, dash, month = text.partition("-")
        plain = len(year) == 4 and len(month) == 2 and (year + month).isascii() and (year + month).isdigit()
        if not (dash and plain and 2000 <= int(year) <= 2199 and 1 <= int(month) <= 12):
            return None
        return cls(date(int(year), int(month), 1))


def last_months(until: Month, many: int) -> list[Month]:
    """The months up to this one, oldest first."""
    return [until.back(back) for back in range(many - 1, -1, -1)]


def between(first: date, last: date) -> list[Month]:
    """The months from the one of a day to that of another."""
    found = [Month.of(first)]
    while (following := Month(months_later(found[-1].first, 1))).first <= last:
        found.append(following)
    return found


def month_of(at: Any, months: Sequence[Month]) -> Any:
    """The month, of these successive ones, in which a moment lies."""
    earlier = [(at < month.end, month.key) for month in months[:-1]]
    return sa.case(*earlier, else_=months[-1].key) if earlier else sa.literal(months[-1].key)


def within(at: Any, months: Sequence[Month]) -> tuple[Any, Any]:
    """That a moment lies in these successive months."""
    return at >= months[0].begin, at < months[-1].end
