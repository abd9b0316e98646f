"""When people work: moments inside office hours, and how long somebody lets a task lie."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random

from portal.forms.kinds import ZONE
from portal.lib.workdays import Calendar

STALLS, LATE = 0.035, 0.10  # share of tasks that lie for weeks, and that are done after their time


def working(moment: datetime, rng: Random, calendar: Calendar) -> datetime:
    """The moment itself within office hours, else some minutes after the next opening; in UTC."""
    moment, local = moment.astimezone(UTC), moment.astimezone(ZONE)
    if calendar.is_working_day(local.date()) and time(8, 30) <= local.time() <= time(17, 50):
        return moment
    settled = calendar.add_working_days(moment, 0)
    if settled <= moment:  # after closing
        settled = calendar.add_working_days(moment + timedelta(hours=12), 0)
    return settled + timedelta(minutes=rng.randint(1, 150), seconds=rng.randint(0, 59))


def start(begin: datetime, end: datetime, rng: Random, calendar: Calendar) -> datetime:
    """When a record is begun: any time of the year, more often of late."""
    span = end - begin
    since = end - timedelta(days=21) if rng.random() < 0.14 else begin
    return working(since + rng.random() * min(span, end - since), rng, calendar)


def answer(now: datetime, due: datetime | None, rng: Random, calendar: Calendar) -> datetime:
    """When somebody gets round to a task: mostly in time, sometimes late, now and then not for weeks."""
    chance = rng.random()
    if chance < STALLS:
        wanted = now + timedelta(days=rng.randint(12, 45))
    elif due is None or due <= now:
        wanted = now + timedelta(hours=rng.uniform(0.4, 30))
    elif chance < STALLS + LATE:
        wanted = due + timedelta(hours=rng.uniform(2, 60))
    else:
        wanted = now + min(due - now, timedelta(days=6)) * rng.uniform(0.03, 0.75)
    return working(wanted, rng, calendar)
