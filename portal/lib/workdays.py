"""The working calendar: which days and hours count when a deadline is set.

Public holidays and make-up working days come from the State Council's announcements; a company override
goes before them. A year that is not announced yet falls back to Monday to Friday, and `confirmed` says so.

Reckoning is done on the clock of the company's zone, which must not be changed during working hours.
Every moment handed in must carry a time zone; every moment handed back is in UTC.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, cached_property
from itertools import pairwise
from types import MappingProxyType
from zoneinfo import ZoneInfo

from chinese_calendar import get_workdays

from portal.lib.clock import ZONE

OFFICE_HOURS = ((time(8, 30), time(12)), (time(13, 30), time(18)))

_ONE_DAY = timedelta(days=1)


@cache
def _announced(year: int) -> frozenset[date] | None:
    """The public working days of a year, or None while they are not announced."""
    try:
        return frozenset(get_workdays(date(year, 1, 1), date(year, 12, 31)))
    except NotImplementedError:
        return None


@dataclass(frozen=True)
class Calendar:
    """One company's working days and hours; an override of True makes a day a working day."""

    overrides: Mapping[date, bool] = field(default_factory=dict)
    zone: ZoneInfo = ZONE
    hours: tuple[tuple[time, time], ...] = OFFICE_HOURS

    def __post_init__(self) -> None:
        edges = [edge for stretch in self.hours for edge in stretch]
        if not edges or any(later <= earlier for earlier, later in pairwise(edges)):
            raise ValueError("working hours must be stretches of one day, in order, without overlap")
        object.__setattr__(self, "overrides", MappingProxyType(dict(self.overrides)))

    def is_working_day(self, day: date) -> bool:
        """Whether the company works on this day of its own calendar."""
        override = self.overrides.get(day)
        if override is not None:
            return override
        announced = _announced(day.year)
        return day.weekday() < 5 if announced is None else day in announced

    def confirmed(self, year: int) -> bool:
        """Whether the public holidays of this year are known, rather than guessed as Monday to Friday."""
        return _announced(year) is not None

    def add_working_days(self, moment: datetime, days: int) -> datetime:
        """The same clock time so many working days later, which is exactly that many full days of work.

        A clock time outside working hours is moved into them: before opening to the opening, in a break to
        the end of the break, after closing to the closing. A moment on a day off counts from the next
        working day's opening. No days at all gives the first working moment not before the given one.
        """
        if days < 0:
            raise ValueError("working days are counted forward only")
        local = self._local(moment)
        if days == 0:
            return self._utc(self._settle(local))
        if self.is_working_day(local.date()):
            clock = self._into_hours(local.time())
        else:
            local, clock = self._settle(local), self.hours[0][0]
        return self._utc(datetime.combine(self._walk(local.date(), days), clock))

    def add_working_hours(self, moment: datetime, hours: Decimal | int | float) -> datetime:
        """The earliest moment by which so many hours have been worked.

        Work that fills a morning or a day ends at its closing, not at the next opening. No hours at all gives
        the first working moment not before the given one.
        """
        work = timedelta(hours=float(hours))
        if work < timedelta():
            raise ValueError("working hours are counted forward only")
        start = self._settle(self._local(moment))
        if not work:
            return self._utc(start)
        days, rest = divmod(work + self._worked(start), self._full_day)
        if not rest:
            days, rest = days - 1, self._full_day
        return self._utc(datetime.combine(self._walk(start.date(), days), self._clock_after(rest)))

    def end_of_working_day(self, moment: datetime) -> datetime:
        """The closing time of this working day, or of the next one on a day off or after closing."""
        day = self._settle(self._local(moment)).date()
        return self._utc(datetime.combine(day, self.hours[-1][1]))

    def end_of_day(self, moment: datetime) -> datetime:
        """The closing time of this very day; its last minute on a day off or after closing."""
        local = self._local(moment)
        closing = datetime.combine(local.date(), self.hours[-1][1])
        open_yet = self.is_working_day(local.date()) and local < closing
        return self._utc(closing if open_yet else datetime.combine(local.date(), time(23, 59)))

    def working_time_between(self, a: datetime, b: datetime) -> timedelta:
        """The working time from a to b; negative when b comes first."""
        if b < a:
            return -self.working_time_between(b, a)
        start, end = self._local(a), self._local(b)
        first = start.date()
        days = sum(self.is_working_day(first + timedelta(n)) for n in range((end.date() - first).days))
        return days * self._full_day + self._worked(end) - self._worked(start)

    @cached_property
    def _full_day(self) -> timedelta:
        return sum((_span(opening, closing) for opening, closing in self.hours), timedelta())

    def _local(self, moment: datetime) -> datetime:
        """The wall clock of the company at this moment."""
        if moment.utcoffset() is None:
            raise ValueError("a moment needs a time zone")
        return moment.astimezone(self.zone).replace(tzinfo=None)

    def _utc(self, local: datetime) -> datetime:
        return local.replace(tzinfo=self.zone).astimezone(UTC)

    def _walk(self, day: date, days: int) -> date:
        """The working day so many working days after this day."""
        while days:
            day += _ONE_DAY
            days -= self.is_working_day(day)
        return day

    def _settle(self, local: datetime) -> datetime:
        """The first working moment that is not before this one."""
        if self.is_working_day(local.date()) and local.time() <= self.hours[-1][1]:
            return datetime.combine(local.date(), self._into_hours(local.time()))
        return datetime.combine(self._walk(local.date(), 1), self.hours[0][0])

    def _into_hours(self, clock: time) -> time:
        for opening, closing in self.hours:
            if clock <= closing:
                return max(clock, opening)
        return self.hours[-1][1]

    def _worked(self, local: datetime) -> timedelta:
        """How much of this day's work lies before this moment."""
        if not self.is_working_day(local.date()):
            return timedelta()
        stretches = (_span(opening, min(local.time(), closing)) for opening, closing in self.hours)
        return sum((max(stretch, timedelta()) for stretch in stretches), timedelta())

    def _clock_after(self, work: timedelta) -> time:
        """The clock time at which this much of a day's work is done."""
        for opening, closing in self.hours:
            stretch = _span(opening, closing)
            if work <= stretch:
                return (datetime.combine(date.min, opening) + work).time()
            work -= stretch
        raise ValueError("more work than a day holds")


def _span(start: time, end: time) -> timedelta:
    return datetime.combine(date.min, end) - datetime.combine(date.min, start)
