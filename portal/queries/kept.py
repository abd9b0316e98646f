"""What keeps the clauses and rules: how many records of a form there are, how an obligation ended last."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.domain.obligations import Obligation
from portal.extensions import db
from portal.models import Record, Task
from portal.models.records import OPEN
from portal.queries.obligations import belongs


@dataclass(frozen=True, slots=True)
class Count:
    """The records of a form: how many are open, how many finished, and when the last one was."""

    open: int = 0
    finished: int = 0
    last: datetime | None = None


@dataclass(frozen=True, slots=True)
class Result:
    """When an obligation was kept in time last, and when it was last missed."""

    kept_at: datetime | None = None
    missed_at: datetime | None = None

    @property
    def missed(self) -> bool:
        """Whether the last that is known of it is a breach."""
        return self.missed_at is not None and (self.kept_at is None or self.missed_at > self.kept_at)

    @property
    def at(self) -> datetime | None:
        """When that was."""
        return self.missed_at if self.missed else self.kept_at


def records(codes: Collection[str] | None = None) -> dict[str, Count]:
    """The records of every form, or of these forms, whoever may read them: numbers tell nothing of anybody."""
    finished = Record.state == "finished"
    query = sa.select(
        Record.form_code,
        sa.func.count(sa.case((Record.state.in_(OPEN), 1))).label("open"),
        sa.func.count(sa.case((finished, 1))).label("finished"),
        sa.func.max(sa.case((finished, Record.closed_at))).label("last"),
    ).group_by(Record.form_code)
    if codes is not None:
        query = query.where(Record.form_code.in_(codes))
    found = {one.form_code: Count(one.open, one.finished, one.last) for one in db.session.execute(query)}
    return defaultdict(Count, found)


def results(every: Iterable[Obligation]) -> dict[str, Result]:
    """How each of these obligations ended last, seen in one look at the tasks."""
    groups = (Task.obligation, Task.form_code, Task.step, Task.kind)
    in_time = sa.and_(Task.state == "done", Task.missed_at.is_(None))
    query = sa.select(
        *groups,
        sa.func.max(sa.case((in_time, Task.done_at))).label("kept"),
        sa.func.max(Task.missed_at).label("missed"),
    ).group_by(*groups)
    rows = db.session.execute(query).all()
    found = {}
    for one in every:
        theirs = [row for row in rows if belongs(row, one)]
        found[one.key] = Result(
            max((row.kept for row in theirs if row.kept), default=None),
            max((row.missed for row in theirs if row.missed), default=None),
        )
    return found
