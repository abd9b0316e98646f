"""When people work: moments inside office hours, and how long somebody lets a task lie."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta
from random import Random

from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar
from portal.models import Task

STALLS, LATE = 0.035, 0.10  # share of tasks that lie for weeks, and that are done after their time
PACE = {"CS-51": 0.3}  # complaints are hurried
ON_THE_DAY = ("CS-100",)  # drafts that wait for their day
RUNNING = (("PL-01", "finish"),)  # steps that wait until a whole project is through


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


def answer(task: Task, now: datetime, rng: Random, calendar: Calendar) -> datetime:
    """When somebody gets round to a task: mostly in time, sometimes late, now and then not for weeks."""
    chance, due, pace = rng.random(), task.due_at, PACE.get(task.form_code, 1.0)
    if task.kind == "entry":
        wanted = now + timedelta(hours=rng.uniform(0.5, 6))
    elif (task.form_code, task.step) in RUNNING:
        wanted = now + timedelta(days=rng.uniform(150, 900))
    elif task.kind == "open" and task.form_code in ON_THE_DAY and due is not None and due > now:
        wanted = due - timedelta(hours=rng.uniform(5, 14))
    elif chance < STALLS:
        wanted = now + timedelta(days=rng.randint(12, 45)) * pace
    elif due is None or due <= now:
        wanted = now + timedelta(hours=rng.uniform(0.4, 30)) * pace
    elif chance < STALLS + LATE:
        wanted = due + timedelta(hours=rng.uniform(2, 60)) * pace
    else:
        wanted = now + min(due - now, timedelta(days=6)) * rng.uniform(0.03, 0.75) * pace
    return working(wanted, rng, calendar)
