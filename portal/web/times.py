"""Moments as people read them in lists."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from portal.lib.clock import ZONE, day, minute
from portal.lib.i18n import _

SOON = timedelta(hours=24)


@dataclass(frozen=True, slots=True)
class Due:
    """A deadline: what to say, the exact moment, and whether it is `soon` or `overdue`."""

    text: str
    exact: str
    state: str


def short(at: datetime | None, now: datetime) -> str:
    """The same, as short as the year allows."""
    if at is None:
        return ""
    local = at.astimezone(ZONE)
    if local.year != now.astimezone(ZONE).year:
        return f"{local:%Y-%m-%d}"
    return f"{local:%m-%d %H:%M}"


def due(at: datetime | None, now: datetime) -> Due | None:
    """A deadline seen from now; None when there is none."""
    if at is None:
        return None
    if at < now:
        return Due(_late(now - at), minute(at), "overdue")
    local, today = at.astimezone(ZONE), day(now)
    if at - now < SOON:
        text = _("今天 %(time)s") if local.date() == today else _("明天 %(time)s")
        return Due(text % {"time": f"{local:%H:%M}"}, minute(at), "soon")
    return Due(short(at, now), minute(at), "")


def _late(by: timedelta) -> str:
    hours = int(by.total_seconds() // 3600)
    if hours < 1:
        return _("逾期不到 1 小时")
    if hours < 48:
        return _("逾期 %(count)s 小时", count=hours)
    return _("逾期 %(count)s 天", count=hours // 24)
