"""What people without an account send becomes a draft for customer service, or is put aside."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.public_requests import (
    FORM,
    GROUPS,
    HOLDER,
    KINDS,
    PER_ADDRESS,
    PER_DAY,
    FullForToday,
    TooMany,
)
from portal.domain.refusal import NotFound, ReasonMissing, RecordClosed
from portal.extensions import db
from portal.lib import spoken_codes
from portal.lib.clock import minute
from portal.lib.i18n import _l, both
from portal.models import PublicRequest, Task
from portal.queries import calendar, public_requests
from portal.queries.actors import Actor
from portal.queries.keyset import LARGEST
from portal.services import audit, drafts, notices, tasks

STREAM = "public"
HOURS = 1  # of working time until somebody should have taken it up: a complaint is called back within an hour
MARK = _l("外部来信")


def send(answers: Mapping[str, Any], *, address: str, now: datetime) -> PublicRequest:
    """Keeps what was sent, leaves a draft with a task for customer service, and tells them.

    Raises:
        TooMany: the address, or everybody together, has sent enough for now.
    """
    receipt = spoken_codes.new(GROUPS)
    audit.note(
        "public_request_received", at=now, by=None, stream=STREAM, address=address, receipt=receipt
    )  # what is counted next comes one after the other from here on
    if public_requests.sent_from(address, now) >= PER_ADDRESS:
        raise TooMany
    if public_requests.sent_within_a_day(now) >= PER_DAY:
        raise FullForToday
    request = PublicRequest(
        receipt=receipt,
        key=secrets.token_urlsafe(18),
        kind=answers["kind"],
        name=answers["name"],
        phone=answers["phone"],
        place=answers["place"] or "",
        content=answers["content"],
        address=address,
        sent_at=now,
    )
    db.session.add(request)
    _leave_draft(request, now=now)
    text = both(
        _l("外部来信（%(kind)s）等待受理，回执编号 %(receipt)s", kind=KINDS[request.kind], receipt=receipt)
    )
    notices.tell([HOLDER], "told", now=now, text=text)
    return request


def close(request_id: int, by: Actor, reason: str, *, now: datetime) -> PublicRequest:
    """Puts aside what is no matter for the company: the draft and its task go, what was sent stays.

    Raises:
        NotFound: it is not the person's to take up.
        ReasonMissing: nobody would know why.
        RecordClosed: it has become a record, or was put aside already.
    """
    known = request_id <= LARGEST
    request = db.session.get(PublicRequest, request_id, with_for_update=True) if known else None
    draft = drafts.mine(request.key, by) if request is not None else None
    if request is None or (draft is None and HOLDER not in by.keys):
        raise NotFound
    if draft is None or request.closed_at is not None:
        raise RecordClosed(_l("这封外部来信已经受理或关闭。"))
    if not reason:
        raise ReasonMissing
    for task in db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)):
        task.draft_id = None
        tasks.end(task, "cancelled", now=now, by=by.id)
    db.session.flush()
    db.session.delete(draft)
    request.closed_at, request.closed_by_id, request.reason = now, by.id, reason
    audit.note(
        "public_request_closed", at=now, by=by.id, stream=STREAM, receipt=request.receipt, reason=reason
    )
    return request


def _leave_draft(request: PublicRequest, *, now: datetime) -> None:
    """The draft of the form, without a person, and the task to take it up."""
    mark = both(MARK)
    origin = _l(
        "（外部网页来信，内容由来信人填写、未经核实；回执编号 %(receipt)s，%(at)s）",
        receipt=request.receipt,
        at=minute(now),
    )
    answers = {
        "kind": request.kind,
        "channel": "website",
        "caller": request.name,
        "caller_phone": request.phone,
        "room_or_project": request.place or None,
        "received_at": now.replace(second=0, microsecond=0),
        "content": f"{request.content}\n{both(origin)['zh']}",
    }
    title = f"{mark['zh']} {mark['en']} · {request.name} · {request.receipt}"
    draft = drafts.leave(FORM, answers, title=title, now=now, key=request.key)
    due = calendar.current().add_working_hours(now, HOURS)
    tasks.make("open", [HOLDER], form_code=FORM, now=now, draft_id=draft.id, due_at=due)
