"""What is left to do when somebody leaves, or when nobody can do it."""

from __future__ import annotations

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.domain.permissions import person_key
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Record, Task, TaskHolder

WAITING = ("open", "waiting", "stuck")


def tasks_of(person_id: int) -> list[Task]:
    """The tasks, not yet over, that this very person holds: not those of their roles."""
    query = (
        sa.select(Task)
        .join(TaskHolder, TaskHolder.task_id == Task.id)
        .where(TaskHolder.key == person_key(person_id), Task.state.in_(WAITING))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .options(joinedload(Task.record).joinedload(Record.form_version))
    )
    return list(db.session.scalars(query).unique())


def stuck_tasks() -> list[Task]:
    """The steps that nobody can do, those stuck longest first."""
    query = (
        sa.select(Task)
        .where(Task.state == "stuck")
        .order_by(Task.id)
        .options(joinedload(Task.record).joinedload(Record.form_version))
    )
    return list(db.session.scalars(query).unique())


def task(id: int) -> Task:
    """The task with this id, still to be done.

    Raises:
        NotFound: there is none.
    """
    found = db.session.get(Task, id) if id < 2**31 else None
    if found is None or found.state not in WAITING:
        raise NotFound
    return found
