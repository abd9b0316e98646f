"""Open and stuck turns, and whether anybody at all can do them: looked at all together, in a few statements."""

from __future__ import annotations

from collections import defaultdict
from datetime import date

import sqlalchemy as sa

from portal.domain.permissions import READ_ALL, head_key, person_key, role_key
from portal.extensions import db
from portal.models import Department, Person, RoleGrant, Task, TaskExclusion, TaskHolder
from portal.models.tasks import TURNS
from portal.queries import rights

_TURN = sa.and_(Task.kind.in_(TURNS), Task.state.in_(("open", "stuck")))
_TURNS = sa.select(Task.id, Task.state).where(_TURN).order_by(Task.id)
_HELD = sa.select(TaskHolder.task_id, TaskHolder.key).join(Task).where(_TURN)
_BARRED = sa.select(TaskExclusion.task_id, TaskExclusion.person_id).join(Task).where(_TURN)
_ACTIVE = sa.select(Person.id).where(Person.active)
_HEADS = sa.select(Department.id, Department.head_id)


def changed(today: date) -> list[int]:
    """The turns that are open and nobody can do, or stuck and somebody can."""
    held, barred = defaultdict(set), defaultdict(set)
    for task_id, key in db.session.execute(_HELD):
        held[task_id].add(key)
    for task_id, person_id in db.session.execute(_BARRED):
        barred[task_id].add(person_id)
    people = _people_by_key(today)
    found = []
    for task_id, state in db.session.execute(_TURNS):
        able = {id for key in held[task_id] for id in people[key]} - barred[task_id]
        if bool(able) == (state == "stuck"):
            found.append(task_id)
    return found


def _people_by_key(today: date) -> defaultdict[str, set[int]]:
    """Who may act under each authority key today; auditors never do."""
    found: defaultdict[str, set[int]] = defaultdict(set)
    active = set(db.session.scalars(_ACTIVE))
    grants = sa.select(RoleGrant.role, RoleGrant.person_id).where(*rights.in_force(today))
    for role, person_id in db.session.execute(grants):
        found[role_key(role)].add(person_id)
    for id, head_id in db.session.execute(_HEADS):
        if head_id is not None:
            found[head_key(id)].add(head_id)
    able = active - set().union(*(found[key] for key in READ_ALL))
    for key in found:
        found[key] &= able
    return found | {person_key(id): {id} for id in able}
