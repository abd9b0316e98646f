"""Records about one thing (a customer, a supplier, a project) in short lists, and the tasks that are open for it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Person, Record, RecordSubject, Task, TaskHolder
from portal.queries.actors import Actor
from portal.queries.visible import visible_to

ELSE = "other"  # part of records whose form belongs to none
COLUMNS = (
    *(Record.id, Record.number, Record.form_code, Record.title, Record.state, Record.step, Record.cells),
    *(Record.submitted_at, Record.due_at, Person.name.label("applicant")),
)


def subject(kind: str, row_id: int) -> sa.Select[Any]:
    """Ids of the records whose answers name a row of master data."""
    return sa.select(RecordSubject.record_id).where(
        RecordSubject.kind == kind, RecordSubject.row_id == row_id
    )


def newest(ids: Any, actor: Actor, parts: Mapping[str, str], size: int) -> list[Any]:
    """The newest of these records in each part that the person may see; `parts` maps codes of forms to parts.

    Each row tells its `part`, and `many`: how many of the part there are to see.
    """
    part = sa.case(dict(parts), value=Record.form_code, else_=ELSE)
    place = sa.func.row_number().over(partition_by=part, order_by=Record.id.desc())
    many = sa.func.count().over(partition_by=part)
    query = (
        sa.select(*COLUMNS, part.label("part"), place.label("place"), many.label("many"))
        .join(Person, Person.id == Record.applicant_id)
        .where(Record.id.in_(ids))
    )
    ranked = visible_to(query, actor).subquery()
    wanted = sa.select(ranked).where(ranked.c.place <= size).order_by(ranked.c.id.desc())
    return list(db.session.execute(wanted))


def tasks(ids: Any, besides: sa.ColumnElement[bool], actor: Actor, limit: int) -> list[Any]:
    """Open tasks of these records, and those `besides`; none of a record that the person may not see."""
    theirs = visible_to(sa.select(Record.id).where(Record.id.in_(ids)), actor)
    seen = visible_to(sa.select(Record.id).where(Record.id == Task.record_id), actor).correlate(Task)
    others = sa.and_(besides, sa.or_(Task.record_id.is_(None), seen.exists()))
    query = (
        sa.select(
            *(Task.id, Task.kind, Task.form_code, Task.step, Task.note, Task.due_at),
            *(Task.title.label("asks"), Record.number, Record.title, Record.form_code.label("record_form")),
        )
        .outerjoin(Record, Record.id == Task.record_id)
        .where(Task.state.in_(("open", "stuck")), sa.or_(Task.record_id.in_(theirs), others))
        .order_by(Task.due_at.is_(None), Task.due_at, Task.id)
    )
    return list(db.session.execute(query.limit(limit)))


def holders(task_ids: Collection[int]) -> dict[int, list[str]]:
    """The authority keys that hold each of these tasks."""
    found: dict[int, list[str]] = {id: [] for id in task_ids}
    query = sa.select(TaskHolder.task_id, TaskHolder.key).where(TaskHolder.task_id.in_(found))
    for task_id, key in db.session.execute(query.order_by(TaskHolder.key)) if found else ():
        found[task_id].append(key)
    return found


def people(ids: Collection[int]) -> dict[int, Person]:
    """People by id."""
    if not ids:
        return {}
    found = db.session.scalars(sa.select(Person).where(Person.id.in_(ids))).unique()
    return {person.id: person for person in found}
