"""How much is open, late and done, form by form. Counts and times only; who may read them decides the caller."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from statistics import median
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record
from portal.models.records import OPEN
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


def by_form(codes: Sequence[str], *, now: datetime, since: datetime, seen_by: Any = None) -> dict[str, FormCounts]:
    """Figures of these forms, of all records or of those that `seen_by` may see."""
    found = {code: FormCounts() for code in codes}
    if not codes:
        return found
    late = sa.func.count(sa.case((sa.and_(Record.state == "running", Record.due_at < now), 1)))
    open_ = sa.select(Record.form_code, sa.func.count().label("n"), late.label("late")).where(
        Record.form_code.in_(codes), Record.state.in_(OPEN)
    )
    for row in db.session.execute(_seen(open_, seen_by).group_by(Record.form_code)):
        found[row.form_code].open, found[row.form_code].late = row.n, row.late
    done = sa.select(Record.form_code, sa.func.count().label("n")).where(
        Record.form_code.in_(codes), Record.state == "finished", Record.closed_at >= since
    )
    for row in db.session.execute(_seen(done, seen_by).group_by(Record.form_code)):
        found[row.form_code].finished = row.n
    for code, submitted, closed in db.session.execute(_newest_finished(codes, seen_by)):
        found[code].times.append(closed - submitted)
    return found


def late_records(codes: Iterable[str], actor: Any, *, now: datetime, limit: int) -> list[Any]:
    """The longest overdue records of these forms that the person may see."""
    query = sa.select(Record.number, Record.title, Record.form_code, Record.step, Record.due_at).where(
        Record.form_code.in_(list(codes)), Record.state == "running", Record.due_at < now
    )
    return list(db.session.execute(visible_to(query, actor).order_by(Record.due_at).limit(limit)))


def _newest_finished(codes: Sequence[str], seen_by: Any) -> Any:
    """Begin and end of each form's newest finished records; one short index walk a form."""
    parts = []
    for code in codes:
        one = sa.select(Record.form_code, Record.submitted_at, Record.closed_at).where(
            Record.form_code == code, Record.state == "finished", Record.closed_at.is_not(None)
        )
        parts.append(sa.select(_seen(one, seen_by).order_by(Record.id.desc()).limit(SAMPLE).subquery()))
    return sa.union_all(*parts)


def _seen(query: Any, seen_by: Any) -> Any:
    return query if seen_by is None else visible_to(query, seen_by)
