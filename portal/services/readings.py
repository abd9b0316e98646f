"""Reading what is in force: confirmed by each reader, reminded by whoever sees to it and by the portal itself."""

from __future__ import annotations

from datetime import datetime, timedelta

from portal.domain.permissions import person_key
from portal.domain.refusal import NotAllowed, Refusal
from portal.extensions import db
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.models import DocumentReading, DocumentRevision
from portal.queries import readings, revisions
from portal.queries.actors import Actor
from portal.queries.readings import Reader
from portal.services import audit, notices, once
from portal.services.revisions import locked

EVERY = timedelta(days=3)  # between two reminders of the portal's own
PAGE = "/documents/"


def confirm(document_no: str, number: str, by: Actor, *, now: datetime) -> None:
    """The person has read the revision in force.

    Raises:
        Refusal: meanwhile another revision is in force.
        NotAllowed: it is not theirs to read.
    """
    one = readings.of_named(document_no, day(now))
    if one.number != number:
        raise Refusal(_l("现行版本已是 %(number)s，请阅读现行版本后再确认。"), number=one.number)
    if by.is_auditor or not readings.is_meant(one, by.person):
        raise NotAllowed(_l("这份文件不要求您阅读确认。"))
    reading = _reading(one, by.id)
    db.session.refresh(reading, with_for_update=True)
    if reading.read_at is None:
        reading.read_at = now
        audit.note("document_read", at=now, by=by.id, stream="documents", document=one.label)


def remind(document_no: str, by: Actor, *, now: datetime) -> int:
    """Reminds all who have not read what is in force, at most once a day each; gives how many they are.

    Raises:
        NotAllowed: others see to it.
    """
    one = readings.of_named(document_no, day(now))
    if not may_follow(one, by) or by.is_auditor:
        raise NotAllowed
    return _remind(one, now=now, every=timedelta(days=1), by=by)


def may_follow(one: DocumentRevision, by: Actor) -> bool:
    """Whether the person may see who has read it: whoever sees to the text, and who leads a department that reads it."""
    return _sees_all(one, by) or (one.reading != "none" and _leads(one, by))


def followed(one: DocumentRevision, by: Actor, *, now: datetime) -> list[Reader]:
    """Those of its readers whom the person follows: all, or those of the department that they lead."""
    found = readings.audience(one, day(now))
    if _sees_all(one, by):
        return found
    return [reader for reader in found if reader.department_id == by.person.department_id]


def _sees_all(one: DocumentRevision, by: Actor) -> bool:
    """Controllers, the owner department's head, the author, auditors."""
    seers = (one.department.head_id, one.author_id)
    return bool(by.reads_all or "document_controller" in by.roles or by.id in seers)


def _leads(one: DocumentRevision, by: Actor) -> bool:
    return by.person.department.head_id == by.id and readings.is_meant(one, by.person)


def remind_all(*, now: datetime) -> int:
    """The portal's own reminders, every few days, from the day on which a revision is in force."""
    found = list(db.session.scalars(revisions.in_force(day(now))))
    return sum(_remind(one, now=now, every=EVERY) for one in found)


def _remind(one: DocumentRevision, *, now: datetime, every: timedelta, by: Actor | None = None) -> int:
    locked(one.id)  # of several who remind at the same moment each finds whom the others have reminded
    waiting = [
        reader
        for reader in (readings.audience(one, day(now)) if by is None else followed(one, by, now=now))
        if reader.read_at is None and (reader.reminded_at is None or reader.reminded_at <= now - every)
    ]
    for reader in waiting:
        _reading(one, reader.id).reminded_at = now
    title = {"zh": one.label, "en": f"{one.name_en or one.name} {one.code}"}
    keys = [person_key(reader.id) for reader in waiting]
    if keys:
        notices.tell(keys, "read_reminder", now=now, text=title, page=f"{PAGE}{one.document_no}")
    return len(keys)


def _reading(one: DocumentRevision, person_id: int) -> DocumentReading:
    row = DocumentReading(revision_id=one.id, person_id=person_id)
    held = once.add(row, lambda: db.session.get(DocumentReading, (one.id, person_id)))
    assert isinstance(held, DocumentReading)
    return held
