"""The company's time: where it is, what moment and day it is there, and how a moment is written."""

from __future__ import annotations

from calendar import monthrange
from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo

ZONE = ZoneInfo("Asia/Shanghai")


def now() -> datetime:
    """This moment, in UTC; read once where a request or a job comes in and passed on from there."""
    return datetime.now(UTC)


def today() -> date:
    """The company's day."""
    return day(now())


def day(moment: datetime) -> date:
    """The company's day at a moment."""
    return moment.astimezone(ZONE).date()


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
