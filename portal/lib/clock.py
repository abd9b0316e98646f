"""The company's time: where it is, what moment and day it is there, and how a moment is written."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime, time
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")
FIRST_YEAR, LAST_YEAR = 1900, 2999  # of days that somebody can mean


def now() -> datetime:
    """This moment, in UTC; read once where a request or a job comes in and passed on from there."""
    return datetime.now(UTC)


def today() -> date:
    """The company's day."""
    return day(now())


def day(moment: datetime) -> date:
    """The company's day at a moment."""
    return moment.astimezone(ZONE).date()


def midnight(of: date) -> datetime:
    """The first moment of a day in the company."""
    return datetime.combine(of, time(), ZONE)


def typed_day(text: str) -> date | None:
    """A day as browsers write it; None for none, and for one that nobody can mean."""
    try:
        found = date.fromisoformat(text)
    except ValueError:
        return None
    return found if FIRST_YEAR <= found.year <= LAST_YEAR else None


def minute(moment: datetime | None) -> str:
    """A moment as people read it in the company, to the minute; nothing for none."""
    return f"{moment.astimezone(ZONE):%Y-%m-%d %H:%M}" if moment else ""


def months_later(start: date, months: int) -> date:
    """The same day so many months later; the last of the month where it has no such day."""
    years, month = divmod(start.year * 12 + start.month - 1 + months, 12)
    return date(years, month + 1, min(start.day, monthrange(years, month + 1)[1]))


def iso_week(of: date) -> str:
    """The week of a day as ISO 8601 counts them, such as 2026-W22."""
    year, week, _weekday = of.isocalendar()
    return f"{year}-W{week:02d}"
