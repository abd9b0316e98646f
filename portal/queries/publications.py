"""What of the documents is released, in its order, and who has withdrawn one: the history is written from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.models import ControlledDocument, DocumentRevision, Person, Record, RecordSubject, Signature
from portal.queries.corrected import is_corrected
from portal.queries.documents import REQUEST


@dataclass(frozen=True, slots=True)
class Withdrawal:
    """A document that is in force no more: by which request, who has received it, and when."""

    document: ControlledDocument
    number: str
    by: Person
    at: datetime


def released() -> list[DocumentRevision]:
    """Every revision that was released, in the order of release."""
    query = sa.select(DocumentRevision).where(DocumentRevision.released_at.is_not(None))
    return list(db.session.scalars(query.order_by(DocumentRevision.released_at, DocumentRevision.id)))


def withdrawals() -> list[Withdrawal]:
    """The documents that were withdrawn by a change request, in the order of time."""
    query = (
        sa.select(ControlledDocument, Record.number, Signature)
        .join(
            RecordSubject,
            (RecordSubject.row_id == ControlledDocument.id) & (RecordSubject.kind == "document"),
        )
        .join(Record, Record.id == RecordSubject.record_id)
        .join(Signature, Signature.record_id == Record.id)
        .where(
            ControlledDocument.state == "obsolete",
            Record.form_code == REQUEST,
            Record.state == "finished",
            ~is_corrected(Record.id),
        )
        .order_by(Signature.id)
    )
    last = {
        document.id: Withdrawal(document, number, signature.person, signature.signed_at)
        for document, number, signature in db.session.execute(query)
    }
    return sorted(last.values(), key=lambda one: one.at)
