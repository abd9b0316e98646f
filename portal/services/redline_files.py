"""The redline of a text that goes round, attached to the records that decide on it."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.i18n import _, speaking
from portal.models import Comment, DocumentRevision, Record, RecordFile, StoredFile
from portal.queries import revisions
from portal.services import attachments, audit, outbox, uploads

JOB = "redline"
SENT = ("running", "stuck", "finished")  # states of a record whose text is as it was sent


def ask(one: DocumentRevision, record: Record, *, now: datetime) -> None:
    """The text goes round with this record: its redline is made after the commit, if there is a revision before it."""
    if revisions.former(one) is not None:
        outbox.add(JOB, now=now, revision=one.id, record=record.id)


def name(old: DocumentRevision, new: DocumentRevision) -> str:
    """The file's name, another one for other words."""
    return f"{new.document_no}-{old.number}-{new.number}-{revisions.fingerprint(new)[:8]}.pdf"


def waiting(new: DocumentRevision, record_id: int, file_name: str) -> list[int]:
    """The records that still lack the redline: the one that releases the text, and the request that it answers."""
    named = [id for id in (record_id, new.request_id) if id is not None]
    have = sa.select(RecordFile.record_id).join(StoredFile, StoredFile.id == RecordFile.file_id)
    held = set(db.session.scalars(have.where(RecordFile.record_id.in_(named), StoredFile.name == file_name)))
    return [id for id in dict.fromkeys(named) if id not in held]


def attach(record_id: int, file_name: str, data: bytes, label: str, *, now: datetime) -> None:
    """Attaches the file to a record as a comment in its applicant's name; nobody is told, as their turn tells them."""
    record = db.session.get_one(Record, record_id)
    file = uploads.keep(file_name, data, "application/pdf", by=None, now=now)
    with speaking("zh"):
        text = _("%(name)s 与上一版的对照稿，由门户生成。", name=label)
    files = [file.reference()]
    db.session.add(
        Comment(record_id=record_id, person_id=record.applicant_id, text=text, files=files, at=now)
    )
    attachments.adopt(record, files)
    audit.note("redline_attached", at=now, by=None, record_id=record_id, document=label, sha256=file.sha256)
