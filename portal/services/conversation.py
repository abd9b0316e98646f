"""What people tell each other about a record: comments, copies, reminders."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, RecordClosed, Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.models import AuditEvent, Comment, Record
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import attachments, audit, notices, once, tasks


def comment(record: Record, by: Actor, text: str, files: list[dict[str, Any]], *, now: datetime) -> Comment:
    """Says something about a record; everyone in it is told. A second click says nothing more."""
    if by.is_auditor:
        raise NotAllowed
    if not text:
        raise Refusal(_l("请填写内容。"))
    once.take_turn(by.id)
    before = _last_word(record, by)
    if (
        before is not None
        and abs(now - before.at) < once.SAME_CLICK
        and _words(before.text, before.files) == _words(text, files)
    ):
        return before
    said = Comment(record_id=record.id, person_id=by.id, text=text, files=files, at=now)
    db.session.add(said)
    attachments.adopt(record, files)
    audit.note("comment_added", at=now, by=by.id, record_id=record.id, text=text)
    keys = {person_key(record.applicant_id)} | {
        h.key for task in history.open_tasks(record) for h in task.holders
    }
    notices.tell(keys, "comment", now=now, record_id=record.id, but=by.id, text=text[:200], who=by.name)
    return said


def _last_word(record: Record, by: Actor) -> Comment | None:
    query = sa.select(Comment).where(Comment.record_id == record.id, Comment.person_id == by.id)
    last: Comment | None = db.session.scalar(query.order_by(Comment.id.desc()).limit(1))
    return last


def _words(text: str, files: list[dict[str, Any]]) -> tuple[str, list[str]]:
    """What is said; the same file sent twice is the same."""
    return text, [str(file.get("sha256")) for file in files]


def copy_to(record: Record, by: Actor, people: list[int], *, now: datetime) -> None:
    """Lets people read the record and tells them (抄送). A second click tells them nothing more."""
    if by.is_auditor:
        raise NotAllowed
    keys = [person_key(id) for id in people]
    tasks.let_read(tasks.lock(record.id), keys)
    before = _last_copy(record, by)
    if before is not None and abs(now - before.at) < once.SAME_CLICK and before.facts["people"] == people:
        return
    audit.note("copied_to", at=now, by=by.id, record_id=record.id, people=people)
    notices.tell(keys, "copied", now=now, record_id=record.id, who=by.name)


def _last_copy(record: Record, by: Actor) -> AuditEvent | None:
    query = sa.select(AuditEvent).where(
        AuditEvent.record_id == record.id, AuditEvent.kind == "copied_to", AuditEvent.person_id == by.id
    )
    last: AuditEvent | None = db.session.scalar(query.order_by(AuditEvent.id.desc()).limit(1))
    return last


def urge(record: Record, by: Actor, *, now: datetime) -> None:
    """Reminds those whose turn it is (催办), at most once an hour."""
    if by.is_auditor:
        raise NotAllowed
    tasks.lock(record.id)
    waiting = [task for task in history.open_tasks(record) if task.state == "open" and task.kind != "ask"]
    if not waiting:
        raise RecordClosed
    if any(task.reminded_at and now - task.reminded_at < timedelta(hours=1) for task in waiting):
        raise Refusal(_l("一小时内已经催办过。"))
    for task in waiting:
        task.reminded_at = now
        keys = [holder.key for holder in task.holders]
        notices.tell(keys, "urged", now=now, record_id=record.id, who=by.name, step=task.step)
    audit.note("urged", at=now, by=by.id, record_id=record.id)
