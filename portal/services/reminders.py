"""Time goes by: those whose task is late are reminded, then their head is told; daily entries fall due.

Nothing here ever signs or approves. Each thing happens once, however often this runs.
"""

from __future__ import annotations

from datetime import date, datetime, timedelta
from functools import partial
from typing import Any

import sqlalchemy as sa

from portal.domain.deadlines import as_moment
from portal.domain.obligations import Missing
from portal.domain.signoff import Entry
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.lib.workdays import Calendar
from portal.models import Record, Task
from portal.models.records import OPEN
from portal.queries import calendar, history
from portal.services import (
    audit,
    each,
    lapses,
    notices,
    parties,
    route,
    stuck,
    superiors,
    tasks,
)

AT_ONCE = 50  # in one write, which others may wait for


def remind(now: datetime) -> int:
    """Tells the holders of tasks that have become late, once each; returns how many tasks it was."""
    found = db.session.scalars(_TO_REMIND, {"by": now}).all()
    return each.apart("reminder of task", found, partial(_remind, now=now))


def _remind(task: Task, *, now: datetime) -> int:
    task.reminded_at = now
    keys = [holder.key for holder in task.holders]
    notices.tell(keys, "overdue", now=now, record_id=task.record_id, **_facts(task))
    audit.note("reminded", at=now, by=None, record_id=task.record_id, step=task.step, task=task.id)
    return 1


def escalate(now: datetime) -> int:
    """Tells the heads of those who are late by a working day, once each; returns how many tasks it was."""
    days = calendar.current()
    found = [
        task
        for task in db.session.scalars(_TO_ESCALATE, {"by": now - timedelta(days=1)})
        if task.due_at is not None and days.add_working_days(task.due_at, 1) <= now
    ]
    return each.apart("escalation of task", found, partial(_escalate, now=now))


def _escalate(task: Task, *, now: datetime) -> int:
    task.escalated_at = now
    heads = superiors.of(task)
    assert task.record is not None
    tasks.let_read(task.record, heads)
    notices.tell(heads, "escalated", now=now, record_id=task.record_id, **_facts(task))
    audit.note("escalated", at=now, by=None, record_id=task.record_id, step=task.step, task=task.id, to=heads)
    return 1


def ask_entries(now: datetime) -> int:
    """Asks for daily side entries, for each day past the entry's date; returns how many days."""
    days = calendar.current()
    today = now.astimezone(days.zone).date()
    made = 0
    for form in FORMS.values():
        for entry in form.signoff.entries:
            if entry.daily_after:
                asked = {"form": form.code, "entry": entry.key, "today": f"/{today}"}
                found = db.session.scalars(_WITHOUT_ENTRY, asked).all()
                act = partial(_ask, entry=entry, today=today, days=days, now=now)
                made += each.apart("daily entry of record", found, act)
    return made


def sweep(now: datetime) -> int:
    """What time brings to open records, obligations apart; returns how many things happened, so that a caller knows when to stop."""
    each_in_turn = (
        lapses.move_on,
        stuck.look_again,
        remind,
        escalate,
        ask_entries,
    )
    return sum(act(now) for act in each_in_turn)


_LATE = (
    sa.select(Task)
    .where(
        Task.state == "open",
        Task.due_at <= sa.bindparam("by", type_=Task.due_at.type),
        Task.record_id.is_not(None),
        Task.obligation.is_(None),  # these are looked after by the obligation itself
    )
    .order_by(Task.due_at, Task.id)
    .limit(AT_ONCE)
    .with_for_update(of=Task, skip_locked=True)
)
_TO_REMIND = _LATE.where(sa.or_(Task.reminded_at.is_(None), Task.reminded_at < Task.due_at))
_TO_ESCALATE = _LATE.where(Task.escalated_at.is_(None))
_ASKED = sa.select(Task.id).where(  # a task that reaches to today
    Task.record_id == Record.id,
    Task.kind == "entry",
    Task.step == sa.bindparam("entry"),
    Task.note.endswith(sa.bindparam("today")),
)
_WITHOUT_ENTRY = sa.select(Record).where(
    Record.form_code == sa.bindparam("form"), Record.state.in_(OPEN), ~_ASKED.exists()
)


def _ask(record: Record, *, entry: Entry, today: date, days: Calendar, now: datetime) -> int:
    """One task for all the days past the entry's date that are missing, those when nobody looked included."""
    answers = route.known(record)
    since = _day(answers.get(entry.daily_after), days)
    if since is None or since >= today or (entry.when is not None and not entry.when.holds(answers)):
        _call_off(record, entry, since, now=now)
        return 0
    if tasks.lock(record.id).state not in OPEN:  # ended meanwhile
        return 0
    query = sa.select(Task).where(Task.record_id == record.id, Task.kind == "entry", Task.step == entry.key)
    asked = list(db.session.scalars(query.execution_options(populate_existing=True)))
    submitted = record.submitted_at.astimezone(days.zone).date()
    last = max([since, submitted, *(Missing.read(task.note).last for task in asked)])
    if last >= today:
        return 0
    new = Missing(last + timedelta(days=1), today)
    open_ = next((task for task in asked if task.state == "open"), None)
    if open_ is None:
        missing = new
        keys = sorted(parties.keys_of(entry.by, record, answers))
        tasks.make(
            "entry", keys, form_code=record.form_code, now=now, record=record, due_at=as_moment(new.first, days),
            step=entry.key, round=record.round, note=str(missing),
        )  # fmt: skip
        db.session.flush()
        notices.tell(keys, "entry", now=now, record_id=record.id, step=entry.key)
    else:
        missing = Missing(Missing.read(open_.note).first, today)
        open_.note = str(missing)
    each = [str(new.first + timedelta(days=n)) for n in range(new.days)]
    audit.note(
        "entries_asked", at=now, by=None, record_id=record.id, entry=entry.key, days=each, missing=missing.days
    )  # fmt: skip
    return new.days


def _call_off(record: Record, entry: Entry, since: date | None, *, now: datetime) -> None:
    """Ends the task for days that are not past the entry's date any more, as that was put off."""
    if _put_off(record, entry, since):
        tasks.lock(record.id)  # somebody may be about to add the entry
        for task in _put_off(record, entry, since):
            tasks.end(task, "cancelled", now=now)


def _put_off(record: Record, entry: Entry, since: date | None) -> list[Task]:
    """Open tasks of the entry whose days all lie before its date, or that has none any more."""
    asked = [task for task in history.open_tasks(record) if (task.kind, task.step) == ("entry", entry.key)]
    return [task for task in asked if since is None or Missing.read(task.note).last <= since]


def _day(value: Any, days: Calendar) -> date | None:
    if isinstance(value, datetime):
        return value.astimezone(days.zone).date()
    return value if isinstance(value, date) else None


def _facts(task: Task) -> dict[str, Any]:
    due = task.due_at.isoformat() if task.due_at else None
    return {"step": task.step, "due": due, "task": task.id}
