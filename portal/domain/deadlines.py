"""How long a step may take: clock hours where the procedures say hours, else working time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from portal.lib.workdays import Calendar


@dataclass(frozen=True, slots=True)
class Within:
    """A time limit: `amount` of `unit`, counted from the start of the step or from a dated field.

    Units: `hours` (clock), `hours_same_day` (clock, but never beyond the day on which they begin), `days` (calendar),
    `working_hours`, `working_days`, `weeks` (calendar), `moment` (the field's own date is the limit). `since` names
    fields; the first answered one counts. `fixed` is true for a number given by the procedure, which nobody may
    change. A name that begins with `@` is no field: another record sets the deadline when it gets so far
    (`effects.SetsDeadline`).
    """

    amount: int
    unit: str
    since: tuple[str, ...] = ()
    fixed: bool = False

    def due(self, started: datetime, answers: Mapping[str, Any], calendar: Calendar) -> datetime | None:
        """The instant (UTC) at which the step is late; None when its field is not answered yet."""
        start = started
        if self.since:
            found = [answers[name] for name in self.since if answers.get(name) is not None]
            if not found:
                return None
            start = as_moment(found[0], calendar)
        match self.unit:
            case "moment":
                return start
            case "hours":
                return start + timedelta(hours=self.amount)
            case "hours_same_day":
                return min(start + timedelta(hours=self.amount), calendar.end_of_day(start))
            case "days":
                return start + timedelta(days=self.amount)
            case "weeks":
                return start + timedelta(weeks=self.amount)
            case "working_hours":
                return calendar.add_working_hours(start, self.amount)
            case "working_days":
                return calendar.add_working_days(start, self.amount)
        raise ValueError(f"unknown unit {self.unit}")


def as_moment(value: date | datetime, calendar: Calendar) -> datetime:
    """A date counts from the end of that day in the company's zone, a moment as it is."""
    if isinstance(value, datetime):
        return value
    return datetime.combine(value, time(23, 59), calendar.zone)


def hours(
    amount: int, *, since: str | tuple[str, ...] = (), fixed: bool = False, same_day: bool = False
) -> Within:
    """Clock hours, nights and holidays included; with `same_day` they end with the working day at the latest."""
    return Within(amount, "hours_same_day" if same_day else "hours", _names(since), fixed)


def days(amount: int, *, since: str | tuple[str, ...] = (), fixed: bool = False) -> Within:
    """Calendar days."""
    return Within(amount, "days", _names(since), fixed)


def working_days(amount: int, *, since: str | tuple[str, ...] = (), fixed: bool = False) -> Within:
    """Working days of the company's calendar."""
    return Within(amount, "working_days", _names(since), fixed)


def working_hours(amount: int, *, since: str | tuple[str, ...] = (), fixed: bool = False) -> Within:
    """Hours of the working day."""
    return Within(amount, "working_hours", _names(since), fixed)


def weeks(amount: int, *, since: str | tuple[str, ...] = (), fixed: bool = False) -> Within:
    """Calendar weeks."""
    return Within(amount, "weeks", _names(since), fixed)


def until(*fields: str) -> Within:
    """The limit is the date or time that the first answered of these fields holds."""
    return Within(0, "moment", fields, fixed=True)


def _names(since: str | tuple[str, ...]) -> tuple[str, ...]:
    return (since,) if isinstance(since, str) else since
