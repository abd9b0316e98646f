"""What waits for a person, sorted by what is due first."""

from __future__ import annotations

from datetime import datetime
from functools import lru_cache

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.extensions import db
from portal.models import Draft, Notice, Record, Task, TaskExclusion, TaskHolder
from portal.queries.actors import Actor
from portal.queries.built import Rights, rights

ALL = 1000  # a count above this is shown as 1000+


def _held(actor: Actor) -> sa.Select[int, datetime | None]:
    """Ids of the open tasks that the person may do: held by one of their keys, not judging their own work.

    Nor does a substitute get what judges the work of the person they stand in for.
    """
    query = sa.select(TaskHolder.task_id, TaskHolder.due_at)
    return query.where(sa.or_(*_held_by(actor)), TaskHolder.open, ~_barred(actor.id))


def nearest(actor: Actor, most: sa.ColumnElement[int]) -> sa.CompoundSelect[int, datetime | None, str]:
    """Of each way to hold tasks the rows that are due first, from the index: the same cost for ten or a million."""
    parts = []
    for held in _held_by(actor):
        for due in (TaskHolder.due_at.is_not(None), TaskHolder.due_at.is_(None)):
            one = (
                sa.select(TaskHolder.task_id, TaskHolder.due_at, TaskHolder.key)
                .where(held, TaskHolder.open, due, ~_barred(actor.id))
                .order_by(TaskHolder.due_at, TaskHolder.task_id)
                .limit(most)
            )
            parts.append(sa.select(one.subquery()))
    return sa.union_all(*parts)


def _held_by(actor: Actor) -> list[sa.ColumnElement[bool]]:
    """Each way in which tasks are held: one's own keys, then those lent."""
    parts: list[sa.ColumnElement[bool]] = [TaskHolder.key == key for key in sorted(actor.own)]
    lent: dict[tuple[int, frozenset[str]], list[str]] = {}
    for one in actor.authorities:
        if one.lender is not None and one.key not in actor.own:
            lent.setdefault((one.lender, one.forms), []).append(one.key)
    for (lender, forms), keys in lent.items():
        theirs = sa.select(Task.id).where(Task.id == TaskHolder.task_id, Task.form_code.in_(forms))
        for key in keys:
            part = (TaskHolder.key == key) & ~_barred(lender)
            parts.append(part & theirs.exists() if forms else part)
    return parts


def _barred(person_id: int) -> sa.Exists:
    """Whether the task judges this person's own work."""
    mine = TaskExclusion.task_id == TaskHolder.task_id, TaskExclusion.person_id == person_id
    return sa.select(TaskExclusion.task_id).where(*mine).exists()


def tasks(actor: Actor, *, limit: int = 50, offset: int = 0) -> list[Task]:
    """The open tasks, those due first before those without a date."""
    if actor.is_auditor:
        return []
    held = _held(actor).subquery()
    ids = (
        sa.select(held.c.task_id)
        .group_by(held.c.task_id)
        .order_by(sa.func.min(held.c.due_at).is_(None), sa.func.min(held.c.due_at), held.c.task_id)
        .limit(limit)
        .offset(offset)
    )
    order = list(db.session.scalars(ids))
    query = (
        sa.select(Task)
        .where(Task.id.in_(order))
        .options(joinedload(Task.record).joinedload(Record.applicant), joinedload(Task.draft))
    )
    found = {task.id: task for task in db.session.scalars(query).unique()}
    return [found[id] for id in order]


def count(actor: Actor) -> int:
    """How many tasks wait, counted up to `ALL`."""
    if actor.is_auditor:
        return 0
    return db.session.scalar(_counted(rights(actor))) or 0


@lru_cache(maxsize=500)
def _counted(who: Rights) -> sa.Select[int]:
    held = nearest(who.actor, sa.literal(ALL)).subquery()
    some = sa.select(held.c.task_id).distinct().limit(ALL).subquery()
    return sa.select(sa.func.count()).select_from(some)


def drafts(actor: Actor, *, limit: int = 20) -> list[Draft]:
    """The person's drafts, newest first; half-written stages live with their tasks."""
    query = (
        sa.select(Draft)
        .where(Draft.person_id == actor.id, Draft.task_id.is_(None))
        .order_by(Draft.updated_at.desc())
        .limit(limit)
    )
    return list(db.session.scalars(query))


def notices(actor: Actor, *, limit: int = 30) -> list[Notice]:
    """The person's newest notices."""
    query = (
        sa.select(Notice)
        .where(Notice.person_id == actor.id)
        .order_by(Notice.id.desc())
        .limit(limit)
        .options(joinedload(Notice.record))
    )
    return list(db.session.scalars(query))
