"""Acts of a step's signer: sign, return, refuse, add an entry."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import Authority, person_key
from portal.domain.refusal import ContentChanged, NotAllowed, NotYourTurn, ReasonMissing, Refusal
from portal.domain.signoff import APPLICANT, Back
from portal.extensions import db
from portal.forms.base import Sheet
from portal.lib.hashing import canonical_json, sha256
from portal.lib.i18n import _l
from portal.models import Person, Record, Signature, StoredFile, Task
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import audit, notices, route, tasks


@dataclass(frozen=True)
class Hand:
    """What comes with a signature besides the stage: opinion, files, a drawing, an outside signer.

    `seen` is the hash of the content that the page showed; the signature covers just that.
    """

    seen: str
    opinion: str = ""
    files: tuple[dict[str, Any], ...] = ()
    drawn_id: int | None = None
    outside_name: str = ""
    outside_way: str = ""  # device, link, paper
    confirmed_by: str = "password"
    extra: dict[str, Any] = field(default_factory=dict)


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
    _same_content(record, hand.seen)
    step = route.form_of(record).signoff.step(task.step)
    act, meaning = ("advised", "advised") if task.kind == "advice" else ("signed", step.meaning)
    answers = stage.dump() if stage is not None and task.kind != "advice" else {}
    signature = _write(record, task, by, authority, act, meaning, hand, answers, now)
    _wake(task, by=by.id, now=now)
    complete = task.kind != "advice" and route.is_complete(record, step.key)
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
    _same_content(record, hand.seen)
    if to != APPLICANT and to not in earlier_steps(record, task.step):
        raise Refusal(_l("只能退回发起人或已经办理过的步骤。"))
    signature = _write(record, task, by, authority, "returned", "returned", hand, {}, now)
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
    _same_content(record, hand.seen)
    step = route.form_of(record).signoff.step(task.step)
    signature = _write(record, task, by, authority, "refused", "refused", hand, {}, now)
    audit.note(
        "step_refused", at=now, by=by.id, record_id=record.id, step=task.step, reason=hand.opinion,
        for_person=authority.lender, signature=signature.sha256,
    )  # fmt: skip
    route.follow(record, step.on_refusal, by=by.id, now=now, reason=hand.opinion)
    return signature


def enter(record_id: int, key: str, by: Actor, hand: Hand, stage: Sheet, *, now: datetime) -> Signature:
    """Adds a side entry to an open record.

    Raises:
        NotYourTurn: the record is over, or the person is not among those who may add this entry.
    """
    record = tasks.lock(record_id)
    entry = route.form_of(record).signoff.entry(key)
    authority = entry_authority(record, key, by)
    if record.state in route.OVER or authority is None:
        raise NotYourTurn
    _same_content(record, hand.seen)
    task = next((t for t in history.open_tasks(record) if t.kind == "entry" and t.step == key), None)
    signature = _write(record, task, by, authority, "entered", "entered", hand, stage.dump(), now, step=key)
    audit.note(
        "entry_added", at=now, by=by.id, record_id=record.id, entry=entry.key, answers=signature.answers,
        for_person=authority.lender, signature=signature.sha256,
    )  # fmt: skip
    route.fall(record, key, by=by.id, now=now)
    route.refresh(record, now=now)
    return signature


def entry_authority(
    record: Record, key: str, by: Actor, answers: dict[str, Any] | None = None
) -> Authority | None:
    """The authority under which the person may add this side entry now; None if they may not."""
    entry = route.form_of(record).signoff.entry(key)
    answers = route.known(record) if answers is None else answers
    if by.is_auditor or (entry.when is not None and not entry.when.holds(answers)):
        return None
    keys = route.keys_of(entry.by, record, answers)
    return next((one for one in by.authorities if one.key in keys and one.covers(record.form_code)), None)


def earlier_steps(record: Record, key: str, signed: list[Signature] | None = None) -> list[str]:
    """The steps before this one that have been signed: where a record may be sent back to."""
    steps = [step.key for step in route.form_of(record).signoff.steps]
    signed = history.signatures(record) if signed is None else signed
    done = {one.step for one in signed if one.act == "signed"}
    return [step for step in steps[: steps.index(key)] if step in done]


def stage_filled(record: Record, task: Task, signed: list[Signature] | None = None) -> bool:
    """Whether another signer of the same step has filled in its stage this round."""
    return any(
        one.step == task.step and one.round == record.round and one.act == "signed" and one.answers
        for one in (history.signatures(record) if signed is None else signed)
    )


def _running(task: Task) -> Record:
    record = task.record
    if record is None or task.kind not in ("sign", "added", "advice"):
        raise NotYourTurn
    return record


def _same_content(record: Record, seen: str) -> None:
    if history.shown_hash(history.content(record), history.signatures(record)) != seen:
        raise ContentChanged


def _write(
    record: Record,
    task: Task | None,
    by: Actor,
    authority: Authority,
    act: str,
    meaning: str,
    hand: Hand,
    answers: dict[str, Any],
    now: datetime,
    step: str = "",
) -> Signature:
    """The signature row, with the authority of this second frozen into it, and the task's end."""
    signature = Signature(
        record_id=record.id,
        task_id=task.id if task else None,
        version=record.version,
        round=record.round,
        step=step or (task.step if task else ""),
        act=act,
        meaning=meaning,
        person_id=by.id,
        on_behalf_of_id=authority.lender,
        authority=_snapshot(by, authority, hand),
        outside_role=task.outside if task else "",
        outside_name=hand.outside_name,
        outside_way=hand.outside_way,
        answers={name: value for name, value in answers.items() if value is not None},
        opinion=hand.opinion,
        files=list(hand.files),
        drawn_id=hand.drawn_id,
        content_sha256=hand.seen,
        sha256="",
        signed_at=now,
    )
    signature.sha256 = fingerprint(record, signature)
    record.signatures.append(signature)
    tasks.let_read(record, [person_key(by.id)])  # for good, whatever becomes of role or substitution
    if task is not None:
        tasks.end(task, "done", now=now, by=by.id)
    _adopt_files(record, [signature.answers, {"files": signature.files}], hand.drawn_id)
    db.session.flush()
    return signature


def fingerprint(record: Record, signature: Signature) -> str:
    """What ties a signature to its record: moved, copied or changed, it no longer fits."""
    covered = {
        name: getattr(signature, name)
        for name in (
            "version", "round", "step", "act", "meaning", "person_id", "on_behalf_of_id", "authority",
            "outside_role", "outside_name", "outside_way", "answers", "opinion", "files", "drawn_id", "content_sha256",
        )
    }  # fmt: skip
    signed_at = signature.signed_at.astimezone(UTC).isoformat()
    covered |= {"record": record.number, "signed_at": signed_at}
    return sha256(canonical_json(covered))


def _snapshot(by: Actor, authority: Authority, hand: Hand) -> dict[str, Any]:
    """The role held, the department and the substitution, as they are at this second."""
    holder = db.session.get(Person, authority.lender) if authority.lender else by.person
    assert holder is not None
    kind, _colon, rest = authority.key.partition(":")
    drawing = db.session.get_one(StoredFile, hand.drawn_id).sha256 if hand.drawn_id is not None else None
    return {
        "name": by.name,
        "number": by.person.number,
        "department": by.person.department.name,
        "key": authority.key,
        "role": rest if kind == "role" else kind,
        "on_behalf_of": holder.name if authority.lender else "",
        "substitution": authority.substitution,
        "confirmed_by": hand.confirmed_by,
        "drawing": drawing,
        **hand.extra,
    }


def _wake(task: Task, *, by: int, now: datetime) -> None:
    """Opens the tasks that were waiting for this one, and tells their holders."""
    for other in db.session.scalars(_WAITING, {"task": task.id}).all():
        tasks.set_state(other, "open")
        keys = [holder.key for holder in other.holders]
        notices.tell(keys, "task", now=now, record_id=other.record_id, but=by, step=other.step)


_WAITING = (
    sa.select(Task)
    .where(Task.waits_for_id == sa.bindparam("task"), Task.state == "waiting")
    .execution_options(populate_existing=True)
)


def _adopt_files(record: Record, values: list[Any], drawn_id: int | None) -> None:
    """Files named in answers belong to the record from now on."""
    ids = {drawn_id} - {None} | set(file_ids(values))
    for id in ids:
        file = db.session.get(StoredFile, id)
        if file is not None and file.record_id is None:
            file.record_id = record.id


def file_ids(value: Any) -> list[int]:
    """The ids of all files named anywhere in stored answers."""
    if isinstance(value, dict):
        if "sha256" in value and "size" in value:
            return [value["id"]]
        return [id for one in value.values() for id in file_ids(one)]
    if isinstance(value, list):
        return [id for one in value for id in file_ids(one)]
    return []
