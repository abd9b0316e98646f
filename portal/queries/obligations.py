"""The obligations as they stand: numbers, tasks, runs."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.domain.obligations import Obligation, Turn
from portal.extensions import db
from portal.lib.batches import in_batches
from portal.models import CompanySetting, ObligationRun, Task

COUNTS = ("open", "late", "missed", "done")


def numbers(obligation: Obligation) -> dict[str, int]:
    """Its numbers as the company has set them."""
    changed = _settings(obligation)
    return {one.key: int(changed.get(one.key, one.value)) for one in obligation.numbers}


def is_on(obligation: Obligation) -> bool:
    """Whether it runs."""
    return _settings(obligation).get("on", "yes") == "yes"


def _settings(obligation: Obligation) -> dict[str, str]:
    prefix = f"obligation.{obligation.key}."
    found = db.session.execute(_CHANGED, {"first": prefix, "last": f"{prefix}~"})
    return {key.removeprefix(prefix): value for key, value in found}


_CHANGED = sa.select(CompanySetting.key, CompanySetting.value).where(
    CompanySetting.key >= sa.bindparam("first"), CompanySetting.key < sa.bindparam("last")
)


def asked(obligation: Obligation, occurrences: Collection[str]) -> dict[str, list[Task]]:
    """The tasks that were made for these occurrences before, oldest first."""
    found: dict[str, list[Task]] = {}
    for names in in_batches(sorted(occurrences)):
        query = sa.select(Task).where(Task.obligation == obligation.key, Task.case_name.in_(names))
        for task in db.session.scalars(query.order_by(Task.id)):
            found.setdefault(task.case_name or "", []).append(task)
    return found


def open_tasks(obligation: Obligation) -> list[Task]:
    """Its tasks that wait for somebody, locked."""
    query = (
        sa.select(Task)
        .where(Task.obligation == obligation.key, Task.state.in_(("open", "stuck")))
        .order_by(Task.id)
        .with_for_update(of=Task)
        .execution_options(populate_existing=True)
    )
    return list(db.session.scalars(query))


def late(turn: Turn, now: datetime, most: int) -> list[Task]:
    """The first `most` open tasks of a turn that are past their time and were not told of yet, locked."""
    query = (
        sa.select(Task)
        .where(*_of(turn), Task.state == "open", Task.due_at <= now, Task.missed_at.is_(None))
        .order_by(Task.id)
        .limit(most)
        .with_for_update(of=Task, skip_locked=True)
    )
    return list(db.session.scalars(query))


def _of(turn: Turn) -> tuple[sa.ColumnElement[bool], ...]:
    """The tasks of a turn."""
    found: list[sa.ColumnElement[bool]] = [Task.kind.in_(turn.kinds), Task.obligation.is_(None)]
    if turn.form:
        found.append(Task.form_code == turn.form)
    if turn.step:
        found.append(Task.step == turn.step)
    if turn.but:
        found.append(sa.tuple_(Task.form_code, Task.step).not_in(turn.but))
    return tuple(found)


@dataclass(frozen=True, slots=True)
class Standing:
    """How an obligation stands: what is open, what of it is late, what was missed within a year."""

    open: int = 0
    late: int = 0
    missed: int = 0
    done: int = 0


def standings(every: Iterable[Obligation], now: datetime) -> dict[str, Standing]:
    """How each of these obligations stands, counted in one look at the tasks."""
    waits, year = Task.state.in_(("open", "stuck")), now - timedelta(days=365)

    def count(*what: sa.ColumnElement[bool]) -> Any:
        return sa.func.sum(sa.case((sa.and_(*what), 1), else_=0))

    groups = (Task.obligation, Task.form_code, Task.step, Task.kind)
    query = sa.select(
        *groups,
        count(waits).label("open"),
        count(waits, Task.due_at <= now).label("late"),
        count(Task.missed_at >= year).label("missed"),
        count(Task.state == "done", Task.done_at >= year).label("done"),
    ).group_by(*groups)
    rows = db.session.execute(query).all()
    return {
        one.key: Standing(*(sum(getattr(row, name) for row in rows if belongs(row, one)) for name in COUNTS))
        for one in every
    }


def belongs(row: Any, obligation: Obligation) -> bool:
    """Whether tasks that were counted together are the obligation's own, or turns that keep it."""
    if row.obligation is not None:
        return bool(row.obligation == obligation.key)
    return any(
        row.kind in turn.kinds
        and turn.form in ("", row.form_code)
        and turn.step in ("", row.step)
        and (row.form_code, row.step) not in turn.but
        for turn in obligation.turns
    )


def runs() -> Mapping[str, ObligationRun]:
    """The last run of each obligation, by key."""
    return {run.key: run for run in db.session.scalars(sa.select(ObligationRun))}


def tasks(obligation: Obligation, *, limit: int, only: str = "") -> list[Task]:
    """Its latest tasks, those that wait first; `only` open, missed or nothing."""
    wanted = [sa.and_(*_of(turn)) for turn in obligation.turns]
    if obligation.cases is not None:
        wanted.append(Task.obligation == obligation.key)
    query = sa.select(Task).options(joinedload(Task.record)).where(sa.or_(*wanted))
    if only == "open":
        query = query.where(Task.state.in_(("open", "stuck")))
    if only == "missed":
        query = query.where(Task.missed_at.is_not(None))
    waits = sa.case((Task.state.in_(("open", "stuck")), 0), else_=1)
    return list(db.session.scalars(query.order_by(waits, Task.id.desc()).limit(limit)).unique())
