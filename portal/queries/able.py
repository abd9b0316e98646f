"""Open and stuck turns, and whether anybody at all can do them: looked at all together, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import sqlalchemy as sa

from portal.domain.permissions import READ_ALL, head_key, person_key, role_key
from portal.extensions import db
from portal.models import Department, Person, RoleGrant, Task, TaskExclusion, TaskHolder
from portal.queries import rights

TURNS = ("sign", "added", "advice")


def changed(today: date) -> list[int]:
    """The turns that are open and nobody can do, or stuck and somebody can."""
    turns = sa.and_(Task.kind.in_(TURNS), Task.state.in_(("open", "stuck")))
    held, barred = defaultdict(set), defaultdict(set)
    for task_id, key in db.session.execute(
        sa.select(TaskHolder.task_id, TaskHolder.key).join(Task).where(turns)
    ):
        held[task_id].add(key)
    excluded = sa.select(TaskExclusion.task_id, TaskExclusion.person_id).join(Task).where(turns)
    for task_id, person_id in db.session.execute(excluded):
        barred[task_id].add(person_id)
    people = _people_by_key(today)
    found = []
    for task_id, state in db.session.execute(sa.select(Task.id, Task.state).where(turns).order_by(Task.id)):
        able = {id for key in held[task_id] for id in people[key]} - barred[task_id]
        if bool(able) == (state == "stuck"):
            found.append(task_id)
    return found


def _people_by_key(today: date) -> defaultdict[str, set[int]]:
    """Who may act under each authority key today; auditors never do."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    active = set(db.session.scalars(sa.select(Person.id).where(Person.active)))
    grants = sa.select(RoleGrant.role, RoleGrant.person_id).where(*rights.in_force(today))
    for role, person_id in db.session.execute(grants):
        found[role_key(role)].add(person_id)
    for id, head_id in db.session.execute(sa.select(Department.id, Department.head_id)):
        if head_id is not None:
            found[head_key(id)].add(head_id)
    able = active - set().union(*(found[key] for key in READ_ALL))
    for key in found:
        found[key] &= able
    return found | {person_key(id): {id} for id in able}
