"""When something was: what has been done lies behind us, and one thing after the other."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.forms.base import Sheet
from portal.lib import clock
from portal.lib.i18n import _l
from portal.queries import submissions

Time = date | datetime


def submitted_at(sheet: Sheet) -> datetime:
    """When the matter of this sheet was first submitted: now, unless it corrects what was submitted before."""
    earlier = submissions.first(sheet.itself)
    return earlier or sheet.now


def day_told(sheet: Sheet, customer_id: int, name: str) -> date | None:
    """The day that this matter's first submission told of the same customer; None for a new matter."""
    told = submissions.told(sheet.itself, customer_id, name) if sheet.itself else None
    return date.fromisoformat(told) if told else None


def refuse_future(sheet: Sheet, *names: str) -> None:
    """Says no beside each day or moment that has not come yet."""
    now = sheet.now
    for name in names:
        given = _answer(sheet, name)
        if given is not None and _is_later(given, now):
            sheet.refuse(name, _l("不能晚于现在，请填写实际发生的时间"))


def refuse_past(sheet: Sheet, name: str, text: Any) -> None:
    """Says no beside a day or moment to come that lay before the day on which the matter was submitted."""
    refuse_earlier(sheet, name, clock.day(submitted_at(sheet)), text)


def refuse_earlier(sheet: Sheet, name: str, than: Time | None, text: Any) -> None:
    """Says no beside a day or moment that lies before another, as far as both tell."""
    given = _answer(sheet, name)
    if given is not None and than is not None and _is_later(than, given):
        sheet.refuse(name, text)


def _answer(sheet: Sheet, name: str) -> Time | None:
    found: Time | None = next(field.data for field in sheet if field.short_name == name)
    return found


def _is_later(one: Time, other: Time) -> bool:
    """To the minute, or by the day where one of them is a day."""
    if isinstance(one, datetime) and isinstance(other, datetime):
        return one.replace(second=0, microsecond=0) > other
    return _day(one) > _day(other)


def _day(time: Time) -> date:
    return clock.day(time) if isinstance(time, datetime) else time
