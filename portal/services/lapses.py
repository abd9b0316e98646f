"""Steps whose time has run out and that may not wait: the record moves on, and nobody has signed.

What happened stands in the audit trail; the turns that nobody took are cancelled, never done.
"""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.models import Record
from portal.models.tasks import TURNS
from portal.queries import history
from portal.services import audit, each, notices, route, superiors, tasks

AT_ONCE = 50  # in one write, which others may wait for
STATES = ("running", "stuck")


def move_on(now: datetime) -> int:
    """Moves on every record whose step has a place to go to when it is overdue; returns how many."""
    places = [
        sa.and_(Record.form_code == form.code, Record.step == step.key)
        for form in FORMS.values()
        for step in form.signoff.steps
        if step.overdue_to
    ]
    if not places:
        return 0
    late = sa.select(Record.id).where(Record.state.in_(STATES), Record.due_at <= now, sa.or_(*places))
    found = db.session.scalars(late.order_by(Record.due_at, Record.id).limit(AT_ONCE)).all()
    return each.apart("overdue step of record", found, partial(_move_on, now=now))


def _move_on(id: int, *, now: datetime) -> int:
    record = tasks.lock(id)  # whoever signs at this moment has done so by now, or comes too late
    if record.state not in STATES or record.due_at is None or record.due_at > now:
        return 0
    step = route.form_of(record).signoff.step(record.step)
    if not step.overdue_to:
        return 0
    missed = [task for task in history.open_tasks(record) if task.kind in TURNS]
    for task in missed:  # before the audit trail, so that reminders do not wait for this in a circle
        db.session.refresh(task, with_for_update=True)
        task.missed_at = now
    due, told = record.due_at, dict.fromkeys(holder.key for task in missed for holder in task.holders)
    heads = dict.fromkeys(key for task in missed for key in superiors.of(task))
    tasks.let_read(record, heads)
    audit.note(
        "step_lapsed", at=now, by=None, record_id=record.id, step=step.key, onward=step.overdue_to,
        due=due.isoformat(), round=record.round, tasks=[task.id for task in missed], to=list(heads),
    )  # fmt: skip
    facts: dict[str, Any] = {"step": step.key, "onward": step.overdue_to, "due": due.isoformat()}
    notices.tell({**told, **heads}, "lapsed", now=now, record_id=record.id, **facts)
    route.on_to_step(record, step.overdue_to, now=now)
    return 1
