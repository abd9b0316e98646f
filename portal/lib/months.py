"""Calendar months added to a day."""

from __future__ import annotations

from calendar import monthrange
from datetime import date


def later(start: date, months: int) -> date:
    """The same day so many months later, or the last one of a month that is shorter."""
    year, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(year, month + 1, min(start.day, monthrange(year, month + 1)[1]))
