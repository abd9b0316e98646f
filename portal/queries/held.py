"""What is left to do when somebody leaves, or when nobody can do it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.domain.permissions import person_key
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Draft, Record, Task, TaskHolder
from portal.models.records import OPEN
from portal.models.tasks import NOT_OVER


def tasks_of(person_id: int) -> list[Task]:
    """The tasks, not yet over, that this very person holds: not those of their roles."""
    query = (
        sa.select(Task)
        .join(TaskHolder, TaskHolder.task_id == Task.id)
        .where(TaskHolder.key == person_key(person_id), Task.state.in_(NOT_OVER))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
        .options(joinedload(Task.record).joinedload(Record.form_version))
    )
    return list(db.session.scalars(query).unique())


def drafts_of(person_id: int) -> list[tuple[str, int, datetime]]:
    """Forms with how many drafts of the person there are, and when the last was written on."""
    query = (
        sa.select(Draft.form_code, sa.func.count(), sa.func.max(Draft.updated_at))
        .where(Draft.person_id == person_id)
        .group_by(Draft.form_code)
        .order_by(Draft.form_code)
    )
    return [(code, count, at) for code, count, at in db.session.execute(query)]


def started_by(person_id: int) -> list[Record]:
    """The records that the person has started and that are not over."""
    query = sa.select(Record).where(Record.applicant_id == person_id, Record.state.in_(OPEN))
    return list(db.session.scalars(query.order_by(Record.id)).unique())


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
    if found is None or found.state not in NOT_OVER:
        raise NotFound
    return found
