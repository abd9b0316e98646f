"""Steps that nobody can do: they stop with an alarm, and go on when somebody can."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from portal.domain.permissions import role_key
from portal.extensions import db
from portal.lib.clock import day
from portal.models import Record, Task
from portal.queries import able, history
from portal.services import audit, each, notices, tasks


def stop(task: Task, record: Record, *, now: datetime) -> None:
    """Marks a turn as one that nobody can do and tells the administrators."""
    tasks.set_state(task, "stuck")
    db.session.flush()
    record.state = "stuck"
    audit.note("step_stuck", at=now, by=None, record_id=record.id, step=task.step, task=task.id)
    notices.tell([role_key("administrator")], "stuck", now=now, record_id=record.id, step=task.step)


def go_on(task: Task, record: Record) -> None:
    """Opens a stuck turn; the record runs again when no other turn of it is stuck."""
    tasks.set_state(task, "open")
    db.session.flush()
    if record.state == "stuck" and not any(one.state == "stuck" for one in history.open_tasks(record)):
        record.state = "running"


def look_again(now: datetime) -> int:
    """People leave and roles change hands: stops turns that nobody can do any more, opens those that somebody can."""
    found = able.changed(day(now))
    return each.apart("look at task", found, partial(_look_again, now=now))


def _look_again(id: int, *, now: datetime) -> int:
    task = db.session.get_one(Task, id)
    assert task.record_id is not None
    record = tasks.lock(task.record_id)
    db.session.refresh(task, with_for_update=True)
    keys = [holder.key for holder in task.holders]
    some = bool(tasks.able(keys, [one.person_id for one in task.exclusions], now))
    if task.state == "open" and not some:
        stop(task, record, now=now)
    elif task.state == "stuck" and some:
        go_on(task, record)
        audit.note("step_resumed", at=now, by=None, record_id=record.id, step=task.step, task=task.id)
        notices.tell(keys, "task", now=now, record_id=record.id, step=task.step)
    else:  # it was made or changed while the turns were looked through
        return 0
    return 1
