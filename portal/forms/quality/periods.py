"""Months that a report speaks of, written as YYYY-MM: what may be written, and when their reports are asked for."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta

from portal.domain.obligations import Look
from portal.forms.base import Sheet
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries.months import Month

PERIOD = re.compile(r"20[0-9]{2}-(0[1-9]|1[0-2])")


@dataclass(frozen=True, slots=True)
class Reporting:
    """A month that is over, whose reports are made in the month after."""

    key: str  # of the month reported on
    asked_on: date  # the first working day of the month after
    following: date  # the first day of the month after
    soonest: date  # the second working day: nobody is late before, whatever holidays there were

    def day(self, number: int) -> date:
        """A day of the month after by which a report is due, but not while the company has hardly been at work."""
        return max(self.following + timedelta(days=number - 1), self.soonest)


def reported(look: Look, back: int) -> Iterator[Reporting]:
    """The months whose reports are asked for by now, oldest first: the last `back`, as far as the portal was used in them."""
    this = Month.of(look.today)
    for ago in range(back - 1, -1, -1):
        following = this.back(ago).first
        working = _working_days(look, following)
        asked_on = next(working, following)
        if look.since < following and asked_on <= look.today:
            yield Reporting(this.back(ago + 1).key, asked_on, following, next(working, asked_on))


def _working_days(look: Look, first: date) -> Iterator[date]:
    every = (first + timedelta(days=n) for n in range((months_later(first, 1) - first).days))
    return (day for day in every if look.calendar.is_working_day(day))


def refuse_odd(sheet: Sheet, given: str | None) -> bool:
    """Says no to a period that is no month, or is still to come; tells whether it is good."""
    if not given:
        return False
    if not PERIOD.fullmatch(given):
        sheet.refuse("period", _l("期间请写成年-月，例如 2026-05"))
        return False
    if given > f"{sheet.today:%Y-%m}":
        sheet.refuse("period", _l("期间不能晚于本月"))
        return False
    return True
