"""Things to do about a record besides its route: asked for by effects, ticked off by people."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from portal.domain.deadlines import as_moment
from portal.domain.refusal import NotYourTurn
from portal.extensions import db
from portal.lib.i18n import both
from portal.models import Record, Task
from portal.queries import calendar, history
from portal.queries.actors import Actor
from portal.services import audit, notices, tasks


def ask(title: Any, to: str, due: Any, record: Record, *, now: datetime) -> None:
    """Makes a thing to do about the record, until a day or moment; one that is still open gets the new moment.

    What the record that this one corrects has asked for, and nobody has done yet, is now this one's.
    """
    said, until = both(title), moment(due)
    for task in _waiting(record):
        if task.title == said and [holder.key for holder in task.holders] == [to]:
            task.record = record
            tasks.let_read(record, [to])
            tasks.postpone(task, until)
            return
    tasks.make("ask", [to], form_code=record.form_code, now=now, record=record, due_at=until, title=said)
    notices.tell([to], "ask", now=now, record_id=record.id, text=said)


def call_off(record: Record, *, now: datetime) -> None:
    """Ends what the record has asked for and nobody has done yet."""
    for task in history.open_tasks(record):
        if task.kind == "ask":
            tasks.end(task, "cancelled", now=now)


def _waiting(record: Record) -> list[Task]:
    """The open tasks of the record, then the things to do about the one that it corrects."""
    corrected = db.session.get(Record, record.corrects_id) if record.corrects_id else None
    theirs = [one for one in history.open_tasks(corrected) if one.kind == "ask"] if corrected else []
    return [*history.open_tasks(record), *theirs]


def tick_off(task_id: int, by: Actor, note: str, *, now: datetime) -> None:
    """Ticks off a thing to do."""
    task, _authority = tasks.claim(task_id, by)
    if task.kind != "ask":
        raise NotYourTurn
    tasks.end(task, "done", now=now, by=by.id)
    audit.note("asked_done", at=now, by=by.id, record_id=task.record_id, title=task.title, note=note)


def moment(due: Any) -> datetime | None:
    """The moment of a day or time until which something is to be done."""
    return as_moment(due, calendar.current()) if isinstance(due, (date, datetime)) else None
