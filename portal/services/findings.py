"""What an auditor finds becomes a fact of the trail, and a draft with a task for quality; auditors write no records."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

from portal.domain.findings import (
    CLAUSE,
    DAYS,
    FORM,
    GRADES,
    HOLDER,
    KEY,
    LONGEST,
    About,
    NoGrade,
    NothingSaid,
)
from portal.domain.refusal import NotAllowed, NotFound, Refusal
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.forms.quality.quality_information import OTHER, C
from portal.lib.clock import minute
from portal.lib.i18n import _l, both
from portal.models import AuditEvent, Record
from portal.queries import calendar, findings, people
from portal.queries.actors import Actor
from portal.services import audit, drafts, notices, once, tasks


def note(
    about: About, text: str, grade: str, clause: str, sent: str, *, by: Actor, address: str, now: datetime
) -> AuditEvent:
    """Notes the finding and leaves the draft for quality, once for each page's key `sent`.

    Raises:
        NotAllowed: it is no auditor.
        NothingSaid: it has no words.
        NoGrade: it is not said how grave it is.
        Refusal: it is too long, or comes from no page.
    """
    if not by.is_auditor:
        raise NotAllowed
    if not sent:
        raise Refusal(_l("请从“记下审核发现”页面提交。"))
    if not text:
        raise NothingSaid
    if grade not in GRADES:
        raise NoGrade
    if len(text) > LONGEST or len(clause) > CLAUSE:
        raise Refusal(
            _l("审核发现不能超过 %(words)d 字，条款不能超过 %(clause)d 字。"), words=LONGEST, clause=CLAUSE
        )
    once.take_turn(by.id)
    known = findings.of_page(sent, by.id)
    if known is not None:
        return known
    key = f"{KEY}{secrets.token_urlsafe(18)}"
    noted = audit.note(
        "finding_noted", at=now, by=by.id, stream=findings.STREAM, address=address, of=about.kind,
        number=about.number, about=about.name,
        path=about.path, sample=about.sample, grade=grade, clause=clause, text=text, key=key, sent=sent,
    )  # fmt: skip
    _leave_draft(about, text, grade, clause, key, by=by, now=now)
    return noted


def _leave_draft(
    about: About, text: str, grade: str, clause: str, key: str, *, by: Actor, now: datetime
) -> None:
    """The draft of the form, nobody's yet; whoever takes it up may read the record that it is about."""
    record = db.session.get(Record, about.record_id) if about.record_id is not None else None
    if about.record_id is not None and record is None:
        raise NotFound
    title = " · ".join([*dict.fromkeys(both(GRADES[grade]).values()), about.name])
    source = record.id if record is not None else None
    answers = _answers(about, text, grade, clause, record, by=by, now=now)
    draft = drafts.leave(FORM, answers, title=title, now=now, source=source, key=key)
    due = calendar.current().add_working_days(now, DAYS)
    tasks.make("open", [HOLDER], form_code=FORM, now=now, record=record, draft_id=draft.id, due_at=due)
    said = both(_l("审核发现（%(grade)s）：%(about)s，请接手处理", grade=GRADES[grade], about=about.number))
    notices.tell([HOLDER], "told", now=now, record_id=source, text=said)


def _answers(
    about: About, text: str, grade: str, clause: str, record: Record | None, *, by: Actor, now: datetime
) -> dict[str, Any]:
    """What is known of the form: what was found, where, by whom; the class is quality's to change."""
    origin = _l(
        "（审核发现，%(grade)s；对象 %(about)s；条款 %(clause)s；审核员 %(name)s，%(at)s）",
        grade=GRADES[grade], about=about.name, clause=clause or _l("未注明"), name=by.name, at=minute(now),
    )  # fmt: skip
    quality = people.department("quality")
    form = FORMS[FORM]
    named = record is not None and record.form_code in form().source_record.targets
    return {
        "information_class": C,
        "class_item": OTHER,
        "found_at": now.replace(second=0, microsecond=0),
        "department": Ref(quality.id, quality.named("zh")),
        "place": about.name[:200],
        "description": f"{text}\n{both(origin)['zh']}",
        "source_record": Ref(record.id, f"{record.number} {record.title}".strip())
        if named and record
        else None,
    }
