"""A year of the working calendar as months of weeks."""

from __future__ import annotations

from calendar import Calendar as Weeks
from dataclasses import dataclass
from datetime import date

from flask_babel import format_date

from portal.lib.workdays import Calendar

WEEKS = Weeks(firstweekday=0)


@dataclass(frozen=True, slots=True)
class Day:
    """One day: worked or not, and whether the company itself or a public holiday has moved it."""

    day: date
    working: bool
    own: bool
    moved: bool
    today: bool


@dataclass(frozen=True, slots=True)
class Month:
    """One month; the days of its neighbours are empty places."""

    name: str
    weeks: tuple[tuple[Day | None, ...], ...]
    working_days: int


def weekdays() -> list[str]:
    """The weekdays from Monday in their shortest form."""
    return [format_date(date(2024, 1, day), "EEEEE") for day in range(1, 8)]


def months(year: int, known: Calendar, today: date) -> list[Month]:
    """The twelve months of a year."""
    return [_month(year, number, known, today) for number in range(1, 13)]


def _month(year: int, number: int, known: Calendar, today: date) -> Month:
    weeks = tuple(
        tuple(_day(one, known, today) if one.month == number else None for one in week)
        for week in WEEKS.monthdatescalendar(year, number)
    )
    weeks += ((None,) * 7,) * (6 - len(weeks))
    worked = sum(day.working for week in weeks for day in week if day is not None)
    return Month(format_date(date(year, number, 1), "LLLL"), weeks, worked)


def _day(day: date, known: Calendar, today: date) -> Day:
    working = known.is_working_day(day)
    own = day in known.overrides
    return Day(day, working, own, not own and working != (day.weekday() < 5), day == today)
