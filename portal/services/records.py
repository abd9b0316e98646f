"""Acts of the applicant: submit, correct, withdraw, void; and words said about a record."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.domain.effects import CORRECTED, SUBMITTED
from portal.domain.permissions import Authority, head_key, person_key
from portal.domain.refusal import NotAllowed, NotYourTurn, ReasonMissing, RecordClosed, Refusal
from portal.extensions import db
from portal.forms.base import CompanyForm
from portal.forms.definition import definition, fingerprint
from portal.forms.kinds import REFERENCES, ROWS
from portal.lib.hashing import canonical_json, sha256
from portal.lib.i18n import _l
from portal.models import (
    Comment,
    Content,
    Draft,
    FormVersion,
    Record,
    RecordLink,
    Signature,
    StoredFile,
    Task,
)
from portal.queries import history
from portal.queries.actors import Actor
from portal.services import audit, notices, numbering, once, route, signing, tasks


def submit(
    form: CompanyForm,
    by: Actor,
    *,
    key: str,
    now: datetime,
    draft: Draft | None = None,
    corrects: int | None = None,
) -> Record:
    """Makes a record of a validated form, draws its number and opens its first step.

    The key is that of the page: posted again, it gives the same record.

    Raises:
        NotAllowed: the person may not start this form.
    """
    again = _submitted(key, by)
    if again is not None:
        return again
    taken_up = draft.person_id is None if draft else False
    if by.is_auditor or not (by.may_open(form.opened_by) or taken_up or (draft and draft.source_id)):
        raise NotAllowed(_l("您不能发起这种表单。"))
    if corrects is not None:
        _refuse_second_correction(corrects, form.code)
    version = form_version(type(form), now)
    try:
        with db.session.begin_nested():
            record = Record(
                number=numbering.draw(form.code, now),
                key=key,
                form_code=form.code,
                form_version=version,
                applicant=by.person,
                department=by.person.department,
                state="running",
                title=form.heading()[:200],
                cells={},
                submitted_at=now,
                contents=[],
                signatures=[],
            )
            db.session.add(record)
    except IntegrityError:  # the same page came twice at once: the number goes back
        again = _submitted(key, by)
        if again is None:
            raise
        return again
    tasks.let_read(record, [person_key(by.id), head_key(record.department_id)])
    _write_content(record, form, by, now, reason="")
    audit.note("record_submitted", at=now, by=by.id, record_id=record.id, number=record.number, version=1)
    if draft is not None:
        _take_draft(draft, record, by, now)
    if corrects is not None:
        db.session.add(RecordLink(source_id=record.id, target_id=corrects, kind="corrects"))
        audit.note("record_corrected", at=now, by=by.id, record_id=corrects, corrected_by=record.number)
    route.fall(record, SUBMITTED, by=by.id, now=now)
    route.advance(record, None, by=by.id, now=now)
    return record


def correct(record_id: int, form: CompanyForm, by: Actor, *, reason: str, seen: int, now: datetime) -> Record:
    """Writes the next content version of a returned or withdrawn record and sends it round again.

    `seen` is the version that the page was made from.

    Raises:
        NotYourTurn: the record does not wait for the person's correction.
        ReasonMissing: what changed must be explained.
    """
    record = tasks.lock(record_id)
    task, authority = _correction(record, by)
    if seen != record.version:
        raise Refusal(_l("这条记录已在别处更正过，请刷新后再改。"))
    if not reason:
        raise ReasonMissing
    old = history.content(record).answers
    record.version += 1
    record.form_version = form_version(type(form), now)
    record.title = form.heading()[:200]
    new = _write_content(record, form, by, now, reason)
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


def withdraw(record_id: int, by: Actor, *, reason: str, now: datetime) -> None:
    """Takes the record back before anybody has decided on it."""
    record = tasks.lock(record_id)
    if record.applicant_id != by.id:
        raise NotAllowed(_l("只有发起人可以撤回。"))
    if record.state not in ("running", "stuck"):
        raise RecordClosed
    if not reason:
        raise ReasonMissing
    decided = sa.select(Signature.id).where(
        Signature.record_id == record.id,
        Signature.version == record.version,
        Signature.act != "entered",
    )
    if db.session.scalar(decided.limit(1)) is not None:
        raise Refusal(_l("已经有人办理，不能再撤回；可以请当前办理人退回。"))
    audit.note("record_withdrawn", at=now, by=by.id, record_id=record.id, reason=reason)
    route.back_to_applicant(record, "withdrawn", now=now, reason=reason)


def void(record_id: int, by: Actor, *, reason: str, now: datetime) -> None:
    """Ends a returned or withdrawn record that its applicant gives up; the number stays used."""
    record = tasks.lock(record_id)
    _task, authority = _correction(record, by)
    if not reason:
        raise ReasonMissing
    audit.note(
        "record_given_up", at=now, by=by.id, record_id=record.id, for_person=authority.lender, reason=reason
    )
    route.finish(record, "voided", by=by.id, now=now)


def _correction(record: Record, by: Actor) -> tuple[Task, Authority]:
    """The task to correct, and under which authority: the applicant's, a substitute's, a successor's.

    Raises:
        NotYourTurn: there is none, or it is not the person's.
    """
    for task in history.open_tasks(record):
        authority = tasks.authority_for(task, by) if task.kind == "correct" else None
        if authority is not None:
            return task, authority
    raise NotYourTurn


def comment(record: Record, by: Actor, text: str, files: list[dict[str, Any]], *, now: datetime) -> Comment:
    """Says something about a record; everyone in it is told."""
    if by.is_auditor:
        raise NotAllowed
    if not text:
        raise Refusal(_l("请填写内容。"))
    said = Comment(record_id=record.id, person_id=by.id, text=text, files=files, at=now)
    db.session.add(said)
    for file in files:
        stored = db.session.get_one(StoredFile, file["id"])
        stored.record_id = stored.record_id or record.id
    audit.note("comment_added", at=now, by=by.id, record_id=record.id, text=text)
    keys = {person_key(record.applicant_id)} | {
        h.key for task in history.open_tasks(record) for h in task.holders
    }
    notices.tell(keys, "comment", now=now, record_id=record.id, but=by.id, text=text[:200], who=by.name)
    return said


def copy_to(record: Record, by: Actor, people: list[int], *, now: datetime) -> None:
    """Lets people read the record and tells them (抄送)."""
    if by.is_auditor:
        raise NotAllowed
    keys = [person_key(id) for id in people]
    tasks.let_read(tasks.lock(record.id), keys)
    audit.note("copied_to", at=now, by=by.id, record_id=record.id, people=people)
    notices.tell(keys, "copied", now=now, record_id=record.id, who=by.name)


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


def do_ask(task_id: int, by: Actor, note: str, *, now: datetime) -> None:
    """Ticks off a thing to do."""
    task, _authority = tasks.claim(task_id, by)
    if task.kind != "ask":
        raise NotYourTurn
    tasks.end(task, "done", now=now, by=by.id)
    audit.note("asked_done", at=now, by=by.id, record_id=task.record_id, title=task.note, note=note)


def form_version(form: type[CompanyForm], now: datetime) -> FormVersion:
    """The frozen version of the form as it is today, made on first use."""
    found = _form_version(form)
    if found is None:
        version = FormVersion(
            code=form.code, sha256=fingerprint(form), definition=definition(form), created_at=now
        )
        found = once.add(version, lambda: _form_version(form))
    return found


def _form_version(form: type[CompanyForm]) -> FormVersion | None:
    return db.session.scalar(_VERSION, {"sha256": fingerprint(form)})


_VERSION = sa.select(FormVersion).where(FormVersion.sha256 == sa.bindparam("sha256"))


def _submitted(key: str, by: Actor) -> Record | None:
    """What the page with this key has become, if it was submitted before.

    Raises:
        NotAllowed: by somebody else.
    """
    again: Record | None = db.session.scalar(_KEYED, {"key": key})
    if again is not None and again.applicant_id != by.id:
        raise NotAllowed
    return again


_KEYED = sa.select(Record).where(Record.key == sa.bindparam("key"))


def _refuse_second_correction(record_id: int, form_code: str) -> None:
    """A finished record is corrected by one other, so that its postings are taken back once.

    Raises:
        Refusal: it is not finished, of another form, or corrected already.
    """
    corrected = tasks.lock(record_id)
    if corrected.state != "finished" or corrected.form_code != form_code:
        raise Refusal(_l("只有已完成的记录需要用新记录冲销更正。"))
    earlier = db.session.scalar(
        sa.select(Record)
        .join(RecordLink, RecordLink.source_id == Record.id)
        .where(
            RecordLink.target_id == record_id,
            RecordLink.kind == "corrects",
            Record.state.not_in(("refused", "voided")),
        )
    )
    if earlier is not None:
        raise Refusal(_l("这条记录已由 %(number)s 冲销更正。"), number=earlier.number)


def _write_content(
    record: Record, form: CompanyForm, by: Actor, now: datetime, reason: str
) -> dict[str, Any]:
    answers = {name: value for name, value in form.dump().items() if value is not None}
    covered = canonical_json([record.number, record.version, fingerprint(type(form)), answers])
    record.contents.append(
        Content(
            version=record.version,
            answers=answers,
            sha256=sha256(covered),
            created_by_id=by.id,
            created_at=now,
            reason=reason,
        )
    )
    _link_named(record, form, answers)
    for id in signing.file_ids(answers):
        file = db.session.get(StoredFile, id)
        if file is not None and file.record_id is None:
            file.record_id = record.id
    return answers


def _link_named(record: Record, form: CompanyForm, answers: dict[str, Any]) -> None:
    """Links the record with those that its answers name."""
    named: set[int] = set()
    for field in definition(type(form))["fields"]:
        value = answers.get(field["name"])
        if value and field["type"] == "record_link":
            named.add(value["id"])
        elif value and field["type"] in ROWS:
            columns = [
                c["name"] for c in field["columns"] if c["type"] == "record_link" and c["type"] in REFERENCES
            ]
            named |= {row[column]["id"] for row in value for column in columns if row.get(column)}
    if not named:
        return
    known = set(
        db.session.scalars(
            sa.select(RecordLink.target_id).where(
                RecordLink.source_id == record.id, RecordLink.kind == "named"
            )
        )
    )
    for target in named - known - {None}:
        db.session.add(RecordLink(source_id=record.id, target_id=target, kind="named"))


def _take_draft(draft: Draft, record: Record, by: Actor, now: datetime) -> None:
    """The draft has become a record: its task is done, its source is linked."""
    for task in db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)):
        task.draft_id = None
        if task.state == "open":
            tasks.end(task, "done", now=now, by=by.id)
    if draft.source_id is not None:
        db.session.add(RecordLink(source_id=draft.source_id, target_id=record.id, kind="opened"))
        audit.note("draft_submitted", at=now, by=by.id, record_id=draft.source_id, number=record.number)
    db.session.flush()
    db.session.delete(draft)
