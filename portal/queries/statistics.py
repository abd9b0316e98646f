"""How much is open, late and done, form by form. Counts and times only; who may read them decides the caller."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import lru_cache
from statistics import median
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record
from portal.models.records import OPEN
from portal.queries.actors import Actor
from portal.queries.built import Rights, rights
from portal.queries.visible import visible_to

SAMPLE = 100  # newest finished records of a form that its median time is taken from


@dataclass
class FormCounts:
    """The figures of one form."""

    open: int = 0
    late: int = 0
    finished: int = 0  # since the moment asked for
    times: list[timedelta] = field(default_factory=list)

    @property
    def in_time(self) -> int:
        """Open and not late."""
        return self.open - self.late

    @property
    def days(self) -> float | None:
        """Median days from submission to the end, of the newest finished records."""
        if not self.times:
            return None
        return median(time.total_seconds() for time in self.times) / 86_400


def by_form(
    codes: Sequence[str], *, now: datetime, since: datetime, seen_by: Actor | None = None
) -> dict[str, FormCounts]:
    """Figures of these forms, of all records or of those that `seen_by` may see."""
    found = {code: FormCounts() for code in codes}
    if not codes:
        return found
    open_, done, ended, _late = _statements(tuple(codes), rights(seen_by) if seen_by else None)
    for row in db.session.execute(open_, {"now": now}):
        found[row.form_code].open, found[row.form_code].late = row.n, row.late
    for row in db.session.execute(done, {"since": since}):
        found[row.form_code].finished = row.n
    for code, submitted, closed in db.session.execute(ended):
        found[code].times.append(closed - submitted)
    return found


def late_records(codes: Sequence[str], actor: Actor, *, now: datetime, limit: int) -> list[Any]:
    """The longest overdue records of these forms that the person may see."""
    if not codes:
        return []
    late = _statements(tuple(codes), rights(actor))[3]
    return list(db.session.execute(late, {"now": now, "limit": limit}))


@lru_cache(maxsize=500)
def _statements(codes: tuple[str, ...], who: Rights | None) -> tuple[Any, Any, Any, Any]:
    """What is open, what was finished, how long the newest took, what is late; built once for the same rights."""

    def seen(query: Any) -> Any:
        return query if who is None else visible_to(query, who.actor)

    now, of_forms = sa.bindparam("now", type_=Record.due_at.type), Record.form_code.in_(codes)
    is_late = sa.and_(Record.state == "running", Record.due_at < now)
    late = sa.func.count(sa.case((is_late, 1))).label("late")
    open_ = sa.select(Record.form_code, sa.func.count().label("n"), late).where(
        of_forms, Record.state.in_(OPEN)
    )
    since = Record.closed_at >= sa.bindparam("since", type_=Record.closed_at.type)
    done = sa.select(Record.form_code, sa.func.count().label("n")).where(
        of_forms, Record.state == "finished", since
    )
    columns = (Record.number, Record.title, Record.form_code, Record.step, Record.due_at)
    overdue = seen(sa.select(*columns).where(of_forms, is_late)).order_by(Record.due_at)
    return (
        seen(open_).group_by(Record.form_code),
        seen(done).group_by(Record.form_code),
        sa.union_all(*(sa.select(seen(_ended(code)).subquery()) for code in codes)),
        overdue.limit(sa.bindparam("limit", type_=sa.Integer)),
    )


def _ended(code: str) -> Any:
    """Begin and end of a form's newest finished records: one short walk along an index."""
    return (
        sa.select(Record.form_code, Record.submitted_at, Record.closed_at)
        .where(Record.form_code == code, Record.state == "finished", Record.closed_at.is_not(None))
        .order_by(Record.id.desc())
        .limit(SAMPLE)
    )
