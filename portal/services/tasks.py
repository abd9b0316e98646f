"""Tasks: made, ended, handed to others; with who may do them and who may not."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from functools import cache
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import joinedload

from portal.database import dialect, insert
from portal.domain.permissions import Authority
from portal.domain.refusal import AlreadyDecided, Lapsed, NotYourTurn, OwnWork
from portal.extensions import db
from portal.lib.clock import day, minute
from portal.models import Record, RecordReader, Signature, Task, TaskExclusion, TaskHolder
from portal.queries import actors, history
from portal.queries.actors import Actor
from portal.queries.keyset import LARGEST
from portal.services import reading


def make(
    kind: str,
    keys: Iterable[str],
    *,
    form_code: str,
    now: datetime,
    record: Record | None = None,
    due_at: datetime | None = None,
    excluded: Iterable[int] = (),
    state: str = "open",
    **values: object,
) -> Task:
    """Makes a task held by these keys; they may read its record from now on."""
    task = Task(
        kind=kind,
        form_code=form_code,
        record_id=record.id if record else None,
        state=state,
        created_at=now,
        due_at=due_at,
        **values,
    )
    hold(task, keys)
    task.exclusions = [TaskExclusion(person_id=id) for id in sorted(set(excluded))]
    db.session.add(task)
    if record is not None:
        let_read(record, [holder.key for holder in task.holders])
    return task


def hold(task: Task, keys: Iterable[str]) -> None:
    """Gives the task to these keys and nobody else."""
    held = {holder.key: holder for holder in task.holders}
    task.holders = [
        held.get(key) or TaskHolder(key=key, open=task.state == "open", due_at=task.due_at)
        for key in dict.fromkeys(keys)
    ]


def postpone(task: Task, due_at: datetime | None) -> None:
    """Gives the task another deadline; its holders' rows follow for the inbox."""
    task.due_at = due_at
    for holder in task.holders:
        holder.due_at = due_at


def let_read(record: Record, keys: Iterable[str]) -> None:
    """Lets these keys read the record, from now on and after their task is over."""
    rows = [
        {"key": key, "form_code": record.form_code, "record_id": record.id} for key in dict.fromkeys(keys)
    ]
    if rows:
        db.session.connection().execute(_let_read(dialect()), rows)


@cache
def _let_read(dialect: str) -> Any:
    return insert(RecordReader, dialect).on_conflict_do_nothing()


def set_state(task: Task, state: str) -> None:
    """Opens a task, lets it wait or ends it; its holders' rows follow for the inbox."""
    task.state = state
    for holder in task.holders:
        holder.open = state == "open"


def end(task: Task, state: str, *, now: datetime, by: int | None = None) -> None:
    """Ends a task as `done` or `cancelled`; what asked the one who did it has been read with that."""
    set_state(task, state)
    task.done_at, task.done_by_id = now, by
    if by is not None and task.record_id is not None:
        reading.settle(task.record_id, by, now=now)


def claim(task_id: int, by: Actor) -> tuple[Task, Authority]:
    """The open task, locked, with the authority under which this person does it.

    Raises:
        NotYourTurn: it is not held by the person, or is over without a decision.
        AlreadyDecided: somebody else was first.
        Lapsed: its time has run out, and the record has moved on.
        OwnWork: it judges what the person, or the one they stand in for, did.
    """
    if task_id > LARGEST:
        raise NotYourTurn
    # The record first, as all acts on one do; held here, so that nobody asks for it again.
    _record = db.session.scalar(_ITS_RECORD, {"task": task_id})
    task = db.session.scalars(_CLAIMED, {"id": task_id}).unique().one_or_none()
    if task is None:
        raise NotYourTurn
    authority = authority_for(task, by)
    if task.state == "done" and task.done_by is not None and task.done_at is not None:
        raise AlreadyDecided(who=task.done_by.name, when=minute(task.done_at))
    if task.state == "cancelled" and authority is not None:
        if any(task.id in lapse.facts["tasks"] for lapse in history.lapses(task.record_id)):
            raise Lapsed
        _raise_decided(task)
    if task.state != "open" or authority is None:
        raise NotYourTurn
    if is_own_work(task, by, authority):
        raise OwnWork
    return task, authority


def _raise_decided(task: Task) -> None:
    """Says who has returned or refused the record while the turn was open.

    Raises:
        AlreadyDecided: somebody has.
    """
    query = sa.select(Signature).where(
        Signature.record_id == task.record_id,
        Signature.round == task.round,
        Signature.act.in_(("returned", "refused")),
    )
    decided = db.session.scalar(query.order_by(Signature.id.desc()).limit(1))
    if decided is not None:
        raise AlreadyDecided(who=decided.person.name, when=minute(decided.signed_at))


def is_own_work(task: Task, by: Actor, authority: Authority) -> bool:
    """Whether the task judges what the person, or the one they stand in for, did."""
    return not {by.id, authority.lender}.isdisjoint(exclusion.person_id for exclusion in task.exclusions)


_CLAIMED = history.ONE.with_for_update(of=Task).execution_options(populate_existing=True)


def lock(record_id: int) -> Record:
    """The record, so that acts on it come one after the other."""
    return db.session.scalars(_LOCKED, {"id": record_id}).one()


_KEPT = sa.select(Record).with_for_update(of=Record, key_share=True).execution_options(populate_existing=True)
_LOCKED = _KEPT.where(Record.id == sa.bindparam("id"))
_ITS_RECORD = (
    _KEPT.join(Task, Task.record_id == Record.id)
    .where(Task.id == sa.bindparam("task"))
    .options(joinedload(Record.applicant), joinedload(Record.department))  # by whose names it is found
)


def authority_for(task: Task, by: Actor) -> Authority | None:
    """The authority under which the person may do the task: their own first, then a lent one."""
    if by.is_auditor:
        return None
    keys = {holder.key for holder in task.holders}
    excluded = {exclusion.person_id for exclusion in task.exclusions}
    able = [one for one in by.authorities if one.key in keys and one.covers(task.form_code)]
    able.sort(key=lambda one: (one.lender is not None and one.lender in excluded, one.lender is not None))
    return able[0] if able else None


def able(keys: Iterable[str], excluded: Iterable[int], now: datetime) -> set[int]:
    """The people who can do a task held by these keys today, substitutes included."""
    return actors.able(keys, excluded, day(now))
