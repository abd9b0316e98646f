"""Somebody leaves: open work is handed over, roles and substitutions end, the login stays taken."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

from portal.domain.permissions import person_key, role_key
from portal.domain.refusal import NotAllowed, OwnTask, ReasonMissing, Refusal
from portal.lib.i18n import _l, both
from portal.models import Person, Task
from portal.queries import document_copies, held, people, rights
from portal.queries.actors import Actor
from portal.services import (
    audit,
    factor_ends,
    notices,
    own_keys,
    roles,
    sessions,
    stuck,
    substitutions,
    tasks,
)

STREAM = "people"


def retire(
    person: Person,
    successor: Person | None,
    *,
    chosen: Mapping[int, Person] = MappingProxyType({}),
    by: Actor,
    reason: str,
    now: datetime,
) -> None:
    """Ends a person's access, roles and substitutions; their own open tasks go to those chosen, else to the successor.

    Raises:
        Refusal: it is oneself, or the person heads a department, or a task judges the successor's own work.
    """
    rights.one_at_a_time()
    if not reason:
        raise ReasonMissing
    if person.id == by.id:
        raise NotAllowed(_l("不能停用自己的账号，请由另一位管理员办理。"))
    if not person.active:
        raise Refusal(_l("%(name)s的账号已经停用。"), name=person.name)
    headed = [department.name for department in people.headed(person.id)]
    if headed:
        raise Refusal(_l("请先为%(departments)s指定新的负责人。"), departments="、".join(headed))
    hand_over(person, successor, chosen=chosen, by=by, reason=reason, now=now)
    for grant in person.grants:
        roles.cut_short(grant, by=by.id, reason=reason, now=now)
    substitutions.end_all(person.id, by=by, now=now)
    person.active, person.password_hash = False, ""
    audit.note("person_retired", at=now, by=by.id, stream=STREAM, person=person.id, reason=reason)
    own_keys.end(person, "retired", by=by.id, now=now)
    if factor_ends.end_all(person, "retired", now=now):
        audit.note("second_factor_ended", at=now, by=by.id, stream=STREAM, person=person.id, why="retired")
    sessions.end_all(person.id, now=now, by=by.id)
    _tell_of_copies(person, now=now)


def hand_over(
    person: Person,
    successor: Person | None,
    *,
    chosen: Mapping[int, Person] = MappingProxyType({}),
    by: Actor,
    reason: str,
    now: datetime,
) -> None:
    """Moves every open task that this very person holds: to whom is chosen for it, else to the successor.

    Raises:
        Refusal: there are tasks and nobody who may take them.
        OwnTask: somebody who takes one is the administrator.
    """
    rights.one_at_a_time()
    waiting = held.tasks_of(person.id)
    if not waiting:
        return
    if not reason:
        raise ReasonMissing
    takers = {task.id: chosen.get(task.id, successor) for task in waiting}
    left = sum(taker is None or not taker.active or taker.id == person.id for taker in takers.values())
    if left:
        raise Refusal(
            _l("%(name)s名下还有 %(count)d 项未完成的任务，请选择接手的在职人员。"),
            name=person.name,
            count=left,
        )
    by_taker: dict[int, tuple[Person, list[Task]]] = {}
    for task in waiting:
        taker = takers[task.id]
        if taker is not None:
            by_taker.setdefault(taker.id, (taker, []))[1].append(task)
    for taker, theirs in by_taker.values():
        _refuse_unfit(taker, theirs, by)
    for taker, theirs in by_taker.values():
        for task in theirs:
            _move(task, person, taker, by=by, reason=reason, now=now)
        audit.note(
            "work_handed_over", at=now, by=by.id, stream=STREAM, person=person.id, to=taker.id, count=len(theirs),
            reason=reason,
        )  # fmt: skip
        text = both(_l("%(name)s的 %(count)d 项任务已转交给您。", name=person.name, count=len(theirs)))
        notices.tell([person_key(taker.id)], "told", now=now, text=text, page="/")


def _refuse_unfit(taker: Person, theirs: Sequence[Task], by: Actor) -> None:
    if taker.id == by.id:
        raise OwnTask
    own = [task for task in theirs if is_own_work(task, taker)]
    if own:
        numbers = "、".join(dict.fromkeys(task.record.number for task in own if task.record))
        raise Refusal(
            _l("%(name)s不能审核自己的工作（%(numbers)s），请先单独转派，或选择其他人。"),
            name=taker.name,
            numbers=numbers,
        )


def _tell_of_copies(person: Person, *, now: datetime) -> None:
    """Lets document control know which numbered copies are still with somebody who has left."""
    copies = document_copies.held_by(person.number)
    if copies:
        text = both(
            _l("%(name)s已离职，名下有 %(count)d 份受控副本尚未收回。", name=person.label, count=len(copies))
        )
        notices.tell(
            [role_key("document_controller")], "told", now=now, text=text, page="/registers/document_copies"
        )


def is_own_work(task: Task, person: Person) -> bool:
    """Whether the task judges this person's own work."""
    return person.id in {exclusion.person_id for exclusion in task.exclusions}


def _move(task: Task, person: Person, successor: Person, *, by: Actor, reason: str, now: datetime) -> None:
    mine, theirs = person_key(person.id), person_key(successor.id)
    tasks.hold(task, [theirs if holder.key == mine else holder.key for holder in task.holders])
    record = task.record
    if task.state == "stuck" and record is not None:
        stuck.go_on(task, record)
    if record is not None:
        tasks.let_read(record, [theirs])
        audit.note(
            "task_moved", at=now, by=by.id, record_id=record.id, step=task.step, person=person.id, to=successor.id,
            reason=reason,
        )  # fmt: skip
