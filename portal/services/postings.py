"""Shows bulletins, notices and issued documents to whom they are meant for, and takes their receipts."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.domain.effects import Publishes
from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.models import Posting, PostingDepartment, ReadReceipt, Record
from portal.queries import postings
from portal.queries.actors import Actor
from portal.services import audit, notices, once

PAGE = "/bulletins/"


def publish(effect: Publishes, record: Record, *, now: datetime) -> None:
    """Puts the record up; what stood of it before is replaced, and has to be read anew."""
    posting = db.session.get(Posting, record.id)
    if posting is None:
        posting = Posting(record_id=record.id)
        db.session.add(posting)
    posting.round, posting.title = record.round, effect.title
    posting.since, posting.until = max(effect.since, day(now)), effect.until
    posting.everybody, posting.front, posting.confirm = (
        not effect.departments,
        effect.front,
        effect.confirm,
    )
    posting.posted_at, posting.reminded_on = now, None
    db.session.flush()
    for table in (PostingDepartment, ReadReceipt):
        db.session.execute(sa.delete(table).where(table.record_id == record.id))
    db.session.add_all(
        PostingDepartment(record_id=record.id, department_id=id) for id in dict.fromkeys(effect.departments)
    )
    db.session.flush()
    if effect.tell and posting.since <= day(now):
        _tell(posting, record.number, "posted", now, only_unread=False)


def confirm(number: str, by: Actor, *, now: datetime) -> None:
    """The person has read it.

    Raises:
        NotFound: it is not for this person.
        NotAllowed: it is not meant for them, or they only audit.
    """
    posting = postings.one(number, by, day(now))
    if by.is_auditor or not postings.is_meant(posting, by, day(now)):
        raise NotAllowed(_l("这份内容不是发给您阅读的，不需要您确认。"))
    receipt = ReadReceipt(record_id=posting.record_id, person_id=by.id, read_at=now)
    held = once.add(receipt, lambda: db.session.get(ReadReceipt, (posting.record_id, by.id)))
    if held is receipt:
        audit.note("posting_read", at=now, by=by.id, record_id=posting.record_id)


def remind(number: str, by: Actor, *, now: datetime) -> int:
    """Reminds all who have not read it, once a day; gives how many they are.

    Raises:
        NotFound: it is not for this person.
        NotAllowed: others see to its receipts.
        Refusal: it wants none, it is not shown today, or they were reminded today.
    """
    posting, today = postings.one(number, by, day(now)), day(now)
    if by.is_auditor or not postings.keeps(posting, by):
        raise NotAllowed
    db.session.refresh(posting, with_for_update=True)
    if not posting.confirm:
        raise Refusal(_l("这份内容不要求阅读确认。"))
    if posting.since > today or (posting.until is not None and posting.until < today):
        raise Refusal(_l("这份内容现在没有发布，不能提醒。"))
    if posting.reminded_on == today:
        raise Refusal(_l("今天已经提醒过，请明天再提醒。"))
    posting.reminded_on = today
    many = _tell(posting, number, "read_reminder", now, only_unread=True)
    audit.note("posting_reminded", at=now, by=by.id, record_id=posting.record_id, people=str(many))
    return many


def _tell(posting: Posting, number: str, kind: str, now: datetime, *, only_unread: bool) -> int:
    """A notice to everybody who is meant, with the way to its page."""
    found = postings.audience(posting, day(now))
    people = [one.id for one in found if one.read_at is None or not only_unread]
    keys = [person_key(id) for id in people]
    notices.tell(keys, kind, now=now, text={"zh": posting.title, "en": posting.title}, page=f"{PAGE}{number}")
    return len(people)
