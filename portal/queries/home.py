"""What the first page tells besides tasks: own records, and leaves that concern the person."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Person, Record, Substitution
from portal.queries.keyset import LARGEST


def mine(person_id: int, *, limit: int, before: int | None = None) -> list[Any]:
    """The records that the person started, newest first."""
    given = {"me": person_id, "before": min(before or LARGEST, LARGEST), "limit": limit}
    return list(db.session.execute(_MINE, given))


_MINE = (
    sa.select(
        *(Record.id, Record.number, Record.form_code, Record.title, Record.state, Record.step),
        *(Record.due_at, Record.submitted_at.label("at"), sa.literal("").label("who")),
    )
    .where(Record.applicant_id == sa.bindparam("me"), Record.id < sa.bindparam("before"))
    .order_by(Record.id.desc())
    .limit(sa.bindparam("limit", type_=sa.Integer))
)


def substitutions(person_id: int, today: date) -> list[Any]:
    """Leaves of today that concern the person: who acts for whom, until when."""
    return list(db.session.execute(_LEAVES, {"me": person_id, "today": today}))


_AWAY, _ACTING = aliased(Person), aliased(Person)
_LEAVES = (
    sa.select(
        *(Substitution.person_id, _AWAY.name.label("away"), _ACTING.name.label("acting")),
        *(Substitution.starts_on, Substitution.ends_on, Substitution.reason, Substitution.forms),
    )
    .join(_AWAY, _AWAY.id == Substitution.person_id)
    .join(_ACTING, _ACTING.id == Substitution.substitute_id)
    .where(
        sa.or_(
            Substitution.person_id == sa.bindparam("me"), Substitution.substitute_id == sa.bindparam("me")
        ),
        Substitution.ended_at.is_(None),
        Substitution.starts_on <= sa.bindparam("today"),
        Substitution.ends_on >= sa.bindparam("today"),
    )
    .order_by(Substitution.ends_on)
)
