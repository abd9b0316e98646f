"""What lies on somebody's desk besides tasks: drafts, own records, and what is late where they are head."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Draft, Person, Record
from portal.queries.actors import Actor

DRAFTS, MINE, LATE = 10, 30, 10  # rows of each kind on the first page


@dataclass(frozen=True)
class Desk:
    """What lies on the person's desk besides tasks."""

    drafts: list[Any]
    mine: list[Any]  # their newest records
    late: list[Any]  # overdue records of the departments that they head


def desk(actor: Actor, now: datetime) -> Desk:
    """Drafts, own records and what is late in one's departments, in one look."""
    given = {"me": actor.id, "departments": actor.headed, "now": now}
    found: dict[str, list[Any]] = {"draft": [], "mine": [], "late": []}
    for row in db.session.execute(
        _HEADS if actor.headed else _EVERYONE, given if actor.headed else {"me": actor.id}
    ):
        found[row.what].append(row)
    return Desk(
        sorted(found["draft"], key=lambda row: row.at, reverse=True),
        sorted(found["mine"], key=lambda row: row.id, reverse=True),
        sorted(found["late"], key=lambda row: row.due_at),
    )


def _records(what: str, who: Any) -> Any:
    columns = (Record.id, Record.number, Record.form_code, Record.title, Record.submitted_at.label("at"))
    return sa.select(
        sa.literal(what).label("what"), *columns, Record.state, Record.step, Record.due_at, who.label("who")
    )


_NOTHING = sa.literal("")
_DRAFTS = (
    sa.select(
        *(
            sa.literal("draft").label("what"),
            Draft.id,
            Draft.key.label("number"),
            Draft.form_code,
            Draft.title,
        ),
        *(Draft.updated_at.label("at"), _NOTHING.label("state"), _NOTHING.label("step")),
        *(sa.cast(sa.null(), Record.due_at.type).label("due_at"), _NOTHING.label("who")),
    )
    .where(
        *(Draft.person_id == sa.bindparam("me"), Draft.task_id.is_(None), Draft.record_id.is_(None)),
        ~sa.exists().where(Record.key == Draft.key),  # saved while its page was submitted
    )
    .order_by(Draft.updated_at.desc())
    .limit(DRAFTS)
)
_MINE = (
    _records("mine", _NOTHING)
    .where(Record.applicant_id == sa.bindparam("me"))
    .order_by(Record.id.desc())
    .limit(MINE)
)
_LATE = (  # a head reads all records of the department, so none of them needs to be looked up
    _records("late", Person.name)
    .join(Person, Person.id == Record.applicant_id)
    .where(
        Record.department_id.in_(sa.bindparam("departments", expanding=True)),
        Record.state == "running",
        Record.due_at < sa.bindparam("now", type_=Record.due_at.type),
    )
    .order_by(Record.due_at)
    .limit(LATE)
)
_EVERYONE = sa.union_all(*(sa.select(one.subquery()) for one in (_DRAFTS, _MINE)))
_HEADS = sa.union_all(*(sa.select(one.subquery()) for one in (_DRAFTS, _MINE, _LATE)))
