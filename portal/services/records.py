"""A form is submitted and becomes a record with a number."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.exc import IntegrityError

from portal.domain.effects import SUBMITTED
from portal.domain.permissions import head_key, person_key, role_key
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.forms import access
from portal.forms.base import CompanyForm, Sheet
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.models import Draft, Record, RecordLink, Task
from portal.queries import readings
from portal.queries.actors import Actor
from portal.services import audit, content, drafts, numbering, route, tasks


def hold(sheet: Sheet, record: Record | None = None) -> None:
    """Locks what the sheet's checks may ask for, so that what they found holds to the end of the write: for a form as a
    whole that of others who fill it in; the records that the sheet names, its own, and those that its own names. Call it
    before `validate`.
    """
    if isinstance(sheet, CompanyForm):
        numbering.take_turn(sheet.code, sheet.now)
    links = [field.data for field in sheet.every_field() if field.kind == "record_link" and field.data]
    ids = {link.id for link in links} - {None}
    if record is not None:
        ids |= {record.id, *db.session.scalars(_NAMED, {"record": record.id})}
    if ids:
        db.session.scalars(_HELD, {"ids": sorted(ids)}).all()


_NAMED = sa.select(RecordLink.target_id).where(
    RecordLink.source_id == sa.bindparam("record"), RecordLink.kind == "named"
)
_HELD = (
    sa.select(Record)
    .where(Record.id.in_(sa.bindparam("ids", expanding=True)))
    .order_by(Record.id)  # everybody in the same order, so that nobody waits in a circle
    .with_for_update(of=Record, key_share=True)
    .execution_options(populate_existing=True)
)


def submit(
    form: CompanyForm,
    by: Actor,
    *,
    key: str,
    now: datetime,
    draft: Draft | None = None,
) -> Record:
    """Makes a record of a validated form, draws its number and opens its first step.

    The key is that of the page: posted again, it gives the same record. What the draft was begun to
    correct is linked, so that its postings are taken back.

    Raises:
        NotAllowed: the person may not start this form.
        Refusal: they have not read the document that the form belongs to, and must.
    """
    opened = draft is not None and draft.form_code == form.code and drafts.is_asked_for(draft)
    if by.is_auditor or not (by.may_open(form.opened_by) or opened):
        raise access.not_opened(type(form))
    refuse_unread(form, by, now=now)
    corrects = draft.corrects_id if draft else None
    if corrects is not None:
        refuse_second_correction(corrects, form.code)
    version = content.form_version(type(form), now)
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
                corrects_id=corrects,
                contents=[],
                signatures=[],
            )
            db.session.add(record)
    except IntegrityError:  # the same page came twice at once: the number goes back
        again = submitted(key, by)
        if again is None:
            raise
        return again
    others = [role_key(role) for role in form.readers]
    tasks.let_read(record, [person_key(by.id), head_key(record.department_id), *others])
    content.write(record, form, by, now, reason="")
    audit.note("record_submitted", at=now, by=by.id, record_id=record.id, number=record.number, version=1)
    if draft is not None:
        _take_draft(draft, record, by, now)
    if corrects is not None:
        audit.note("record_corrected", at=now, by=by.id, record_id=corrects, corrected_by=record.number)
    route.fall(record, SUBMITTED, by=by.id, now=now)
    route.advance(record, None, by=by.id, now=now)
    return record


def refuse_unread(form: CompanyForm | type[CompanyForm], by: Actor, *, now: datetime) -> None:
    """Says no where the form's document must be read before its forms are filled in, and the person has not.

    Raises:
        Refusal: the text names the document.
    """
    unread = readings.stands_in_the_way(form.procedure.partition("#")[0], by, day(now))
    if unread is not None:
        raise Refusal(_l("请先阅读并确认“%(name)s”（受控文件），再填写这张表单。"), name=unread.label)


def submitted(key: str, by: Actor) -> Record | None:
    """What the page with this key has become, if it was submitted before.

    Raises:
        NotAllowed: by somebody else.
    """
    again: Record | None = db.session.scalar(_KEYED, {"key": key})
    if again is not None and again.applicant_id != by.id:
        raise NotAllowed
    return again


_KEYED = sa.select(Record).where(Record.key == sa.bindparam("key"))


def refuse_second_correction(record_id: int, form_code: str) -> None:
    """A finished record is corrected by one other, so that its postings are taken back once.

    Raises:
        Refusal: it is not finished, of another form, or corrected already.
    """
    corrected = tasks.lock(record_id)
    if corrected.state != "finished" or corrected.form_code != form_code:
        raise Refusal(_l("只有已完成的记录需要用新记录冲销更正。"))
    earlier = db.session.scalar(
        sa.select(Record).where(Record.corrects_id == record_id, Record.state.not_in(("refused", "voided")))
    )
    if earlier is not None:
        raise Refusal(_l("这条记录已由 %(number)s 冲销更正。"), number=earlier.number)


def _take_draft(draft: Draft, record: Record, by: Actor, now: datetime) -> None:
    """The draft has become a record: its task is done, its source is linked."""
    for task in db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)):
        task.draft_id = None
        if task.obligation is not None and task.record_id is None:
            task.record_id = record.id
        if task.state == "open":
            tasks.end(task, "done", now=now, by=by.id)
    if draft.source_id is not None:
        db.session.add(RecordLink(source_id=draft.source_id, target_id=record.id, kind="opened"))
        audit.note("draft_submitted", at=now, by=by.id, record_id=draft.source_id, number=record.number)
    db.session.flush()
    db.session.delete(draft)
