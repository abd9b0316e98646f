"""Who has told customer service of a complaint (CS-51), and by which record."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Record, RecordLink, Signature
from portal.queries.corrected import is_corrected

RELAY, INTAKE, WARNING = "CS-50", "CS-90", "AD-01"


def relayed_by(person_id: int, complaint_ids: Collection[int]) -> str:
    """The number of the record by which this person has told of the complaint; nothing if there is none.

    It is a relay note of theirs that the complaint names, that it was made from, or that was added to it,
    or the call of which they have made it.
    """
    if not complaint_ids:
        return ""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.state.not_in(("voided", "withdrawn")),
            sa.or_(
                sa.and_(Record.form_code == RELAY, Record.id.in_(_notes(complaint_ids)), _is_by(person_id)),
                sa.and_(
                    Record.form_code == INTAKE,
                    Record.id.in_(_opened(complaint_ids)),
                    Record.applicant_id == person_id,
                ),
            ),
        )
        .order_by(Record.id)
        .limit(1)
    )
    return db.session.scalar(query) or ""


def warning(person_id: int, complaint_id: int, but: Collection[int] = ()) -> str:
    """The number of another warning (AD-01) of this person for the complaint; nothing if there is none."""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == WARNING,
            Record.state.not_in(("refused", "voided")),
            Record.id.not_in(but),
            ~is_corrected(Record.id),
            Content.answers["employee"]["id"].as_integer() == person_id,
            Content.answers["complaint"]["id"].as_integer() == complaint_id,
        )
        .order_by(Record.id)
        .limit(1)
    )
    return db.session.scalar(query) or ""


def received_by(note_id: int) -> tuple[int, str] | None:
    """Who has received the complaint that a relay note tells of: id and label."""
    query = (
        sa.select(Content.answers["received_by"])
        .join(Record, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.id == note_id)
    )
    named = db.session.scalar(query)
    return (named["id"], named["text"]) if named else None


def _is_by(person_id: int) -> sa.ColumnElement[bool]:
    received = Content.answers["received_by"]["id"].as_integer()
    return sa.or_(Record.applicant_id == person_id, received == person_id)


def _opened(complaint_ids: Collection[int]) -> sa.Select[int]:
    """Records that one of the complaints was made from."""
    return sa.select(RecordLink.source_id).where(
        RecordLink.target_id.in_(complaint_ids), RecordLink.kind == "opened"
    )


def _notes(complaint_ids: Collection[int]) -> sa.CompoundSelect[int]:
    """Records that one of the complaints names, was made from, or was added to."""
    named = sa.select(RecordLink.target_id).where(
        RecordLink.source_id.in_(complaint_ids), RecordLink.kind == "named"
    )
    added = sa.select(Signature.record_id).where(
        Signature.step == "centre_receipt",
        Signature.act == "signed",
        Signature.answers["existing_complaint"]["id"].as_integer().in_(complaint_ids),
    )
    return sa.union(named, _opened(complaint_ids), added)
