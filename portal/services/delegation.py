"""Passing work on: add a signer, hand over, ask for advice; an administrator may re-route a stuck step."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.permissions import Authority, person_key
from portal.domain.refusal import NotAllowed, NotYourTurn, OwnTask, ReasonMissing, Refusal
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.models import Person, Record, Task, TaskHolder
from portal.models.tasks import TURNS
from portal.queries.actors import Actor, actor
from portal.services import audit, notices, stuck, tasks


def add_signer(task_id: int, by: Actor, person_id: int, where: str, *, reason: str, now: datetime) -> Task:
    """Adds a signer before (前加签) or after (后加签) one's own signature.

    Raises:
        Refusal: it is oneself, somebody who may not judge this, or who signs after it already.
    """
    task, record, authority = _passing(task_id, by, reason)
    other = _other(task, by, person_id, now)
    if _waits_behind(task, other):
        raise Refusal(_l("已经请%(name)s加签。"), name=other.name)
    added = _beside(
        task, "added", other, by, reason, record, now, state="open" if where == "before" else "waiting"
    )
    if where == "before":
        tasks.set_state(task, "waiting")
        task.waits_for_id = added.id
    else:
        added.waits_for_id = task.id
    audit.note(
        "signer_added", at=now, by=by.id, record_id=record.id, step=task.step, person=person_id, where=where,
        for_person=authority.lender, reason=reason,
    )  # fmt: skip
    return added


def ask_advice(task_id: int, by: Actor, person_id: int, *, reason: str, now: datetime) -> Task:
    """Asks somebody for advice (委派); the task waits and comes back with the answer."""
    task, record, authority = _passing(task_id, by, reason)
    other = _other(task, by, person_id, now)
    asked = _beside(task, "advice", other, by, reason, record, now, state="open")
    tasks.set_state(task, "waiting")
    task.waits_for_id = asked.id
    audit.note(
        "advice_asked", at=now, by=by.id, record_id=record.id, step=task.step, person=person_id,
        for_person=authority.lender, reason=reason,
    )  # fmt: skip
    return asked


def hand_over(task_id: int, by: Actor, person_id: int, *, reason: str, now: datetime) -> None:
    """Gives the task to somebody else for good (转办)."""
    task, record, authority = _passing(task_id, by, reason)
    other = _other(task, by, person_id, now)
    before = [holder.key for holder in task.holders]
    _give(task, record, other)
    task.asked_by_id, task.note = by.id, reason
    audit.note(
        "handed_over", at=now, by=by.id, record_id=record.id, step=task.step, before=before, person=person_id,
        for_person=authority.lender, reason=reason,
    )  # fmt: skip
    notices.tell([person_key(other.id)], "handed", now=now, record_id=record.id, who=by.name)


def reroute(task_id: int, by: Actor, person_id: int, *, reason: str, now: datetime) -> None:
    """An administrator gives a stuck or open step to somebody else; marked as such, never signed.

    Raises:
        OwnTask: the administrator would sign in place of others.
    """
    if not by.is_administrator:
        raise NotAllowed
    if person_id == by.id:
        raise OwnTask
    if not reason:
        raise ReasonMissing
    task = db.session.get(Task, task_id)
    if task is None or task.record_id is None:
        raise NotYourTurn
    record = tasks.lock(task.record_id)
    db.session.refresh(task, with_for_update=True)
    if task.state not in ("open", "stuck") or task.kind not in TURNS:
        raise NotYourTurn
    other = _person(person_id, now)
    if other.id in {exclusion.person_id for exclusion in task.exclusions}:
        raise Refusal(_l("%(name)s不能审核自己的工作，请选择其他人。"), name=other.name)
    before = [holder.key for holder in task.holders]
    _give(task, record, other)
    stuck.go_on(task, record)
    task.asked_by_id, task.note = by.id, reason
    audit.note(
        "rerouted", at=now, by=by.id, record_id=record.id, step=task.step, before=before, person=person_id,
        reason=reason,
    )  # fmt: skip
    notices.tell([person_key(other.id)], "handed", now=now, record_id=record.id, who=by.name)


def _passing(task_id: int, by: Actor, reason: str) -> tuple[Task, Record, Authority]:
    task, authority = tasks.claim(task_id, by)
    if task.kind not in ("sign", "added") or task.record is None:
        raise NotYourTurn
    if not reason:
        raise ReasonMissing
    return task, task.record, authority


def _waits_behind(task: Task, other: Person) -> bool:
    """Whether the person signs after this task already."""
    behind = sa.select(TaskHolder.task_id).join(Task, Task.id == TaskHolder.task_id)
    query = behind.where(Task.waits_for_id == task.id, TaskHolder.key == person_key(other.id))
    return db.session.scalar(query.limit(1)) is not None


def _other(task: Task, by: Actor, person_id: int, now: datetime) -> Person:
    other = _person(person_id, now)
    if other.id == by.id:
        raise Refusal(_l("请选择其他人。"))
    if other.id in {exclusion.person_id for exclusion in task.exclusions}:
        raise Refusal(_l("%(name)s不能审核自己的工作，请选择其他人。"), name=other.name)
    return other


def _person(person_id: int, now: datetime) -> Person:
    """Somebody at work who may act: auditors never do."""
    person = db.session.get(Person, person_id)
    if person is None or not person.active:
        raise Refusal(_l("请选择在职人员。"))
    if actor(person, day(now)).is_auditor:
        raise Refusal(_l("审核员只读，不能代理他人办理。"))
    return person


def _give(task: Task, record: Record, person: Person) -> None:
    tasks.hold(task, [person_key(person.id)])
    tasks.let_read(record, [person_key(person.id)])


def _beside(
    task: Task,
    kind: str,
    person: Person,
    by: Actor,
    reason: str,
    record: Record,
    now: datetime,
    *,
    state: str,
) -> Task:
    """Another task of the same step and round."""
    added = tasks.make(
        kind,
        [person_key(person.id)],
        form_code=task.form_code,
        now=now,
        record=record,
        due_at=task.due_at,
        excluded=[exclusion.person_id for exclusion in task.exclusions],
        state=state,
        step=task.step,
        round=task.round,
        asked_by_id=by.id,
        note=reason,
    )
    db.session.flush()
    notices.tell([person_key(person.id)], kind, now=now, record_id=record.id, who=by.name, reason=reason)
    return added
