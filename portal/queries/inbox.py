"""What waits for a person, sorted by what is due first; read in a fixed number of queries however much there is."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Draft, Person, Record, Signature, Task, TaskExclusion, TaskHolder
from portal.queries.actors import Actor
from portal.queries.built import Rights, rights
from portal.queries.notices import MANY, UNREAD


def tasks(actor: Actor, *, limit: int, offset: int = 0) -> list[Any]:
    """The person's open tasks with what a list says of them, those due first; `held_by` are the keys that bring each."""
    if actor.is_auditor:
        return []
    return list(db.session.execute(_tasks(rights(actor)), {"limit": limit, "offset": offset}))


@lru_cache(maxsize=500)
def _tasks(who: Rights) -> Any:
    most = sa.bindparam("limit", type_=sa.Integer) + sa.bindparam("offset", type_=sa.Integer)
    held = _nearest(who.actor, most).subquery()
    due = sa.func.min(held.c.due_at)
    some = (
        sa.select(
            held.c.task_id, due.label("due_at"), sa.func.aggregate_strings(held.c.key, " ").label("held_by")
        )
        .group_by(held.c.task_id)
        .order_by(due.is_(None), due, held.c.task_id)
        .limit(sa.bindparam("limit", type_=sa.Integer))
        .offset(sa.bindparam("offset", type_=sa.Integer))
        .subquery()
    )
    return (
        sa.select(
            *(Task.id, Task.kind, Task.form_code, Task.step, Task.outside, Task.note, Task.created_at),
            Task.obligation,
            Task.title.label("asks"),
            *(some.c.due_at, some.c.held_by, Record.number, Record.title, Record.state, Record.cells),
            *(Record.id.label("record_id"), Record.form_code.label("record_form"), Record.version, _SIGNED),
            *(Person.name.label("applicant"), Draft.key.label("draft"), Draft.title.label("draft_title")),
        )
        .join(some, some.c.task_id == Task.id)
        .outerjoin(Record, Record.id == Task.record_id)
        .outerjoin(Person, Person.id == Record.applicant_id)
        .outerjoin(Draft, Draft.id == Task.draft_id)
        .order_by(some.c.due_at.is_(None), some.c.due_at, Task.id)
    )


_SIGNED = (
    sa.select(sa.func.max(Signature.id))
    .where(Signature.record_id == Record.id)
    .scalar_subquery()
    .label("signed")
)


def _nearest(actor: Actor, most: sa.ColumnElement[int]) -> sa.CompoundSelect[Any]:
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


def counts(actor: Actor) -> tuple[int, int]:
    """How many tasks wait, and how many notices have not been read; `MANY` + 1 stands for any number above it."""
    found = db.session.execute(_counted(rights(actor)), {"me": actor.id}).one()
    return found.tasks, found.unread


@lru_cache(maxsize=500)
def _counted(who: Rights) -> Any:
    waiting: sa.ColumnElement[int] = sa.literal(0) if who.actor.is_auditor else _waiting(who)
    return sa.select(waiting.label("tasks"), UNREAD.scalar_subquery().label("unread"))


def _waiting(who: Rights) -> sa.ScalarSelect[int]:
    parts = [
        sa.select(TaskHolder.task_id)
        .where(held, TaskHolder.open, ~_barred(who.id))
        .limit(MANY + 1)
        .subquery()
        for held in _held_by(who.actor)
    ]
    some = sa.union(*(sa.select(part) for part in parts)).limit(MANY + 1).subquery()
    return sa.select(sa.func.count()).select_from(some).scalar_subquery()
