"""Somebody leaves: open work is handed over, roles and substitutions end, the login stays taken."""

from __future__ import annotations

from datetime import datetime

from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, OwnTask, ReasonMissing, Refusal
from portal.lib.i18n import _l, both
from portal.models import Person, Task
from portal.queries import held, people, rights
from portal.queries.actors import Actor
from portal.services import audit, notices, own_keys, roles, sessions, stuck, substitutions, tasks

STREAM = "people"


def retire(person: Person, successor: Person | None, *, by: Actor, reason: str, now: datetime) -> None:
    """Ends a person's access, roles and substitutions; their own open tasks go to the successor.

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
    hand_over(person, successor, by=by, reason=reason, now=now)
    for grant in person.grants:
        roles.cut_short(grant, by=by.id, reason=reason, now=now)
    substitutions.end_all(person.id, by=by, now=now)
    person.active, person.password_hash = False, ""
    audit.note("person_retired", at=now, by=by.id, stream=STREAM, person=person.id, reason=reason)
    own_keys.end(person, "retired", by=by.id, now=now)
    sessions.end_all(person.id, now=now, by=by.id)


def hand_over(person: Person, successor: Person | None, *, by: Actor, reason: str, now: datetime) -> None:
    """Moves every open task that this very person holds to the successor.

    Raises:
        Refusal: there are tasks and nobody who may take them.
        OwnTask: the successor is the administrator.
    """
    waiting = held.tasks_of(person.id)
    if not waiting:
        return
    if not reason:
        raise ReasonMissing
    if successor is None or not successor.active or successor.id == person.id:
        raise Refusal(
            _l("%(name)s名下还有 %(count)d 项未完成的任务，请选择接手的在职人员。"),
            name=person.name,
            count=len(waiting),
        )
    if successor.id == by.id:
        raise OwnTask
    own = [task for task in waiting if is_own_work(task, successor)]
    if own:
        numbers = "、".join(dict.fromkeys(task.record.number for task in own if task.record))
        raise Refusal(
            _l("%(name)s不能审核自己的工作（%(numbers)s），请先单独转派，或选择其他人。"),
            name=successor.name,
            numbers=numbers,
        )
    for task in waiting:
        _move(task, person, successor, by=by, reason=reason, now=now)
    audit.note(
        "work_handed_over", at=now, by=by.id, stream=STREAM, person=person.id, to=successor.id, count=len(waiting),
        reason=reason,
    )  # fmt: skip
    text = both(_l("%(name)s的 %(count)d 项任务已转交给您。", name=person.name, count=len(waiting)))
    notices.tell([person_key(successor.id)], "told", now=now, text=text, page="/")


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
