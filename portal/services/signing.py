"""Acts of a step's signer: sign, return, refuse."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.refusal import NotAllowed, NotYourTurn, ReasonMissing, Refusal
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.base import Sheet
from portal.lib.i18n import _l
from portal.models import Record, Signature, Task
from portal.models.tasks import TURNS
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import audit, notices, route, signatures, tasks
from portal.services.signatures import Hand


def sign(task_id: int, by: Actor, hand: Hand, stage: Sheet | None, *, now: datetime) -> Signature:
    """Signs a step; the last signature of the step moves the record on.

    `stage` is the validated stage form, None if the step has none or somebody filled it before.

    Raises:
        NotYourTurn, AlreadyDecided, OwnWork: see `tasks.claim`.
        ContentChanged: the content is not what the page showed.
    """
    task, authority = tasks.claim(task_id, by)
    record = _running(task)
    if task.outside and not hand.outside_name:
        raise Refusal(_l("请填写外部签字人的姓名。"))
    signatures.check_seen(record, hand.seen)
    step = route.form_of(record).signoff.step(task.step)
    if step.comments and not hand.opinion:
        raise Refusal(_l("请填写意见。"))
    act, meaning = ("advised", "advised") if task.kind == "advice" else ("signed", step.meaning)
    answers = stage.dump() if stage is not None and task.kind != "advice" else {}
    signature = signatures.write(record, task, by, authority, act, meaning, hand, answers, now)
    left = route.left(record, task)
    _wake([one.id for one in left if one.waits_for_id == task.id], by=by.id, now=now)
    complete = task.kind != "advice" and not any(one.of_step for one in left)
    audit.note(
        f"step_{act}",
        at=now,
        by=by.id,
        record_id=record.id,
        step=step.key,
        round=task.round,
        meaning=meaning,
        for_person=authority.lender,
        outside=hand.outside_name,
        answers=answers,
        opinion=hand.opinion,
        signature=signature.sha256,
    )
    if complete:
        route.complete(record, step, by=by.id, now=now)
    return signature


def send_back(task_id: int, by: Actor, hand: Hand, to: str, *, now: datetime) -> Signature:
    """Returns the record to its applicant or to a chosen earlier step; all open turns close with it."""
    task, authority = tasks.claim(task_id, by)
    record = _running(task)
    if task.kind == "advice":
        raise NotAllowed(_l("征求意见只能答复，不能退回或拒绝。"))
    if not hand.opinion:
        raise ReasonMissing
    signatures.check_seen(record, hand.seen)
    if to != APPLICANT and to not in earlier_steps(record, task.step):
        raise Refusal(_l("只能退回发起人或已经办理过的步骤。"))
    signature = signatures.write(record, task, by, authority, "returned", "returned", hand, {}, now)
    audit.note(
        "step_returned", at=now, by=by.id, record_id=record.id, step=task.step, to=to, reason=hand.opinion,
        for_person=authority.lender, signature=signature.sha256,
    )  # fmt: skip
    route.follow(record, Back(to), by=by.id, now=now, reason=hand.opinion)
    return signature


def refuse(task_id: int, by: Actor, hand: Hand, *, now: datetime) -> Signature:
    """Refuses; the step says where that leads: an earlier step, the applicant, or the end."""
    task, authority = tasks.claim(task_id, by)
    record = _running(task)
    if task.kind == "advice":
        raise NotAllowed(_l("征求意见只能答复，不能退回或拒绝。"))
    if not hand.opinion:
        raise ReasonMissing
    signatures.check_seen(record, hand.seen)
    step = route.form_of(record).signoff.step(task.step)
    signature = signatures.write(record, task, by, authority, "refused", "refused", hand, {}, now)
    audit.note(
        "step_refused", at=now, by=by.id, record_id=record.id, step=task.step, reason=hand.opinion,
        for_person=authority.lender, signature=signature.sha256,
    )  # fmt: skip
    refusal = step.refusal(route.known(record, now=now))
    route.follow(record, refusal, by=by.id, now=now, reason=hand.opinion)
    return signature


def earlier_steps(record: Record, key: str, signed: list[Signature] | None = None) -> list[str]:
    """The steps before this one that have been signed: where a record may be sent back to."""
    steps = [step.key for step in route.form_of(record).signoff.steps]
    signed = history.signatures(record) if signed is None else signed
    done = {one.step for one in signed if one.act == "signed"}
    return [step for step in steps[: steps.index(key)] if step in done]


def stage_filled(record: Record, task: Task, signed: list[Signature] | None = None) -> bool:
    """Whether another signer of the same step has filled in its stage this round, for all of them."""
    return not route.form_of(record).signoff.step(task.step).by.apart and any(
        one.step == task.step and one.round == record.round and one.act == "signed" and one.answers
        for one in (history.signatures(record) if signed is None else signed)
    )


def _running(task: Task) -> Record:
    record = task.record
    if record is None or task.kind not in TURNS:
        raise NotYourTurn
    return record


def _wake(waiting: list[int], *, by: int, now: datetime) -> None:
    """Opens the tasks that were waiting for one, and tells their holders."""
    with db.session.no_autoflush:  # it asks for others than the one that has just ended
        found = db.session.scalars(_WAITING, {"ids": waiting}).all() if waiting else []
    for other in found:
        tasks.set_state(other, "open")
        keys = [holder.key for holder in other.holders]
        notices.tell(keys, "task", now=now, record_id=other.record_id, but=by, step=other.step)


_WAITING = (
    sa.select(Task)
    .where(Task.id.in_(sa.bindparam("ids", expanding=True)), Task.state == "waiting")
    .order_by(Task.id)
    .execution_options(populate_existing=True)
)
