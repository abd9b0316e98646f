"""A record in its applicant's hands again: withdrawn, corrected, or given up."""

from __future__ import annotations

from datetime import datetime

from portal.domain.effects import CORRECTED
from portal.domain.permissions import Authority
from portal.domain.refusal import NotAllowed, NotYourTurn, ReasonMissing, RecordClosed, Refusal
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.lib.i18n import _l
from portal.models import Record, Signature, Task
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import audit, content, route, tasks


def withdraw(record_id: int, by: Actor, *, reason: str, now: datetime) -> None:
    """Takes the record back before anybody has decided on it.

    Raises:
        Refusal: what `no_withdrawal` says.
    """
    record = tasks.lock(record_id)
    refusal = no_withdrawal(record, history.signatures(record), by)
    if refusal is not None:
        raise refusal
    if not reason:
        raise ReasonMissing
    audit.note("record_withdrawn", at=now, by=by.id, record_id=record.id, reason=reason)
    route.back_to_applicant(record, "withdrawn", now=now, reason=reason)


def no_withdrawal(record: Record, signed: list[Signature], by: Actor) -> Refusal | None:
    """Why the person may not take the record back now; None if they may."""
    if record.applicant_id != by.id or by.is_auditor:
        return NotAllowed(_l("只有发起人可以撤回。"))
    if record.state not in ("running", "stuck"):
        return RecordClosed()
    if any(one.version == record.version and one.act != "entered" for one in signed):
        return Refusal(_l("已经有人办理，不能再撤回；可以请当前办理人退回。"))
    return None


def correct(record_id: int, form: CompanyForm, by: Actor, *, reason: str, seen: int, now: datetime) -> Record:
    """Writes the next content version of a returned or withdrawn record and sends it round again.

    `seen` is the version that the page was made from.

    Raises:
        NotYourTurn: the record does not wait for the person's correction.
        ReasonMissing: what changed must be explained.
    """
    record = tasks.lock(record_id)
    task, authority = _turn(record, by)
    if seen != record.version:
        raise Refusal(_l("这条记录已在别处更正过，请刷新后再改。"))
    if not reason:
        raise ReasonMissing
    old = history.content(record).answers
    record.version += 1
    record.form_version = content.form_version(type(form), now)
    record.title = form.heading()[:200]
    new = content.write(record, form, by, now, reason)
    changed = {
        name: [old.get(name), new.get(name)] for name in {*old, *new} if old.get(name) != new.get(name)
    }
    audit.note(
        "record_changed",
        at=now,
        by=by.id,
        record_id=record.id,
        version=record.version,
        for_person=authority.lender,
        reason=reason,
        changed=changed,
    )
    tasks.end(task, "done", now=now, by=by.id)
    db.session.flush()
    route.fall(record, CORRECTED, by=by.id, now=now)
    route.advance(record, None, by=by.id, now=now)
    return record


def void(record_id: int, by: Actor, *, reason: str, now: datetime) -> None:
    """Ends a returned or withdrawn record that its applicant gives up; the number stays used."""
    record = tasks.lock(record_id)
    _task, authority = _turn(record, by)
    if not reason:
        raise ReasonMissing
    audit.note(
        "record_given_up", at=now, by=by.id, record_id=record.id, for_person=authority.lender, reason=reason
    )
    route.finish(record, "voided", by=by.id, now=now)


def turn(waiting: list[Task], by: Actor) -> tuple[Task, Authority] | None:
    """The task to correct, and under which authority: the applicant's, a substitute's, a successor's."""
    for task in waiting:
        authority = tasks.authority_for(task, by) if task.kind == "correct" else None
        if authority is not None:
            return task, authority
    return None


def _turn(record: Record, by: Actor) -> tuple[Task, Authority]:
    found = turn(history.open_tasks(record), by)
    if found is None:
        raise NotYourTurn
    return found
