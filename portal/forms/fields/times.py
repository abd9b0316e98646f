"""Fields for days, moments and times of the day."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import UTC, date, datetime, time

import wtforms

from portal.forms.fields.answer import CHOOSE, Answer
from portal.lib.clock import ZONE
from portal.lib.i18n import _l
from portal.lib.text import clean, half_width

CLOCK = re.compile(r"([0-9]{1,2}):([0-9]{1,2})(?::[0-9]{1,2}(?:\.[0-9]+)?)?")


class Day(Answer, wtforms.DateField):
    """A date between 1900 and 2200."""

    kind = "date"
    ask = CHOOSE

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 2026-05-12, also with slashes, dots, 年月日 or full-width digits."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if not text:
            return
        try:
            given = date.fromisoformat(_iso_day(text))
        except ValueError:
            raise ValueError(str(_l("请填写正确的日期，例如 2026-05-12"))) from None
        _refuse_year(given)
        self.data = given


class Moment(Answer, wtforms.DateTimeLocalField):
    """A date and time in the company's zone; the answer is an aware moment in UTC."""

    kind = "datetime"
    ask = CHOOSE

    def _value(self) -> str:
        if self.raw_data:
            return " ".join(self.raw_data)
        if not self.data:
            return ""
        local = self.data.astimezone(ZONE)
        return f"{local:%Y-%m-%d %H:%M}" if self.computed else f"{local:%Y-%m-%dT%H:%M}"  # as inputs want it

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 2026-05-12T14:30, also with a blank, 9:05, slashes, 年月日 and full-width digits; to the minute."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if not text:
            return
        day, _blank, clock = half_width(text).replace("T", " ").partition(" ")
        try:
            local = datetime.combine(date.fromisoformat(_iso_day(day)), _clock(clock))
        except ValueError:
            raise ValueError(str(_l("请填写正确的日期和时间，例如 2026-05-12 14:30"))) from None
        _refuse_year(local)
        self.data = local.replace(tzinfo=ZONE).astimezone(UTC)


class TimeOfDay(Answer, wtforms.TimeField):
    """A time of the day."""

    kind = "time"
    ask = CHOOSE

    def process_formdata(self, valuelist: Sequence[str]) -> None:
        """Reads 14:30, also 9:05 and full-width digits; to the minute."""
        self.data = None
        text = clean(valuelist[0]) if valuelist else ""
        if not text:
            return
        try:
            self.data = _clock(half_width(text))
        except ValueError:
            raise ValueError(str(_l("请填写正确的时间，例如 14:30"))) from None


def _iso_day(text: str) -> str:
    text = half_width(text)
    for mark in "年月/.":
        text = text.replace(mark, "-")
    parts = text.replace("日", "").strip("-").split("-")
    return "-".join(part.strip().zfill(2) for part in parts)


def _clock(text: str) -> time:
    """9:05 or 14:30:59 as a time of the day; seconds are dropped, as no page shows them."""
    found = CLOCK.fullmatch(text.strip())
    if found is None:
        raise ValueError(text)
    return time(int(found[1]), int(found[2]))


def _refuse_year(given: date) -> None:
    if not 1900 <= given.year <= 2200:
        raise ValueError(str(_l("年份应在 1900 至 2200 之间")))
