"""Who is told when somebody is late: the heads of those who hold the task."""

from __future__ import annotations

import sqlalchemy as sa

from portal.domain.permissions import head_key
from portal.domain.roles import ROLE, TOP
from portal.extensions import db
from portal.models import Department, Person, Task


def of(task: Task) -> list[str]:
    """The heads of the holders' departments; of the management, where the head is late."""
    departments = {one.key: one for one in db.session.scalars(sa.select(Department))}
    by_id = {one.id: one for one in departments.values()}
    people = {person.id for holder in task.holders for person in _holders(holder.key)}
    heads: dict[str, None] = {}
    for holder in task.holders:
        kind, _colon, rest = holder.key.partition(":")
        if kind == "head":
            found = departments[TOP]
        elif kind == "role" and ROLE[rest].department in departments:
            found = departments[ROLE[rest].department]
        else:
            person = db.session.get(Person, int(rest)) if kind == "person" else None
            found = by_id[person.department_id] if person else departments[TOP]
        if found.head_id is None or people == {found.head_id}:
            found = departments[TOP]
        heads[head_key(found.id)] = None
    return list(heads)


def _holders(key: str) -> list[Person]:
    kind, _colon, rest = key.partition(":")
    person = db.session.get(Person, int(rest)) if kind == "person" else None
    return [person] if person else []
