"""The prints of finished records: by record, by the code on the paper, by the bytes of the file."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

import sqlalchemy as sa

from portal.domain.prints import GROUPS, ORIGINAL
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.lib import spoken_codes
from portal.models import Record, RecordPrint, StoredFile
from portal.queries.actors import Actor
from portal.queries.corrected import standing_one
from portal.queries.days import lately
from portal.queries.keyset import LARGEST


@dataclass(frozen=True, slots=True)
class Standing:
    """Whether a record still counts: its state, and the number of the one that has taken its place."""

    number: str
    state: str
    superseded_by: str = ""

    @property
    def current(self) -> bool:
        """Whether it counts."""
        return self.state == "finished" and not self.superseded_by


def standing(record: Record) -> Standing:
    """What the record is worth today."""
    last = standing_one(record.id)
    later = db.session.get_one(Record, last).number if last != record.id else ""
    return Standing(record.number, record.state, later)


def of_record(record_id: int) -> list[RecordPrint]:
    """All that were asked for, originals first."""
    query = sa.select(RecordPrint).where(RecordPrint.record_id == record_id)
    return list(db.session.scalars(query.order_by(RecordPrint.copy, RecordPrint.language.desc())))


def original(record_id: int, language: str) -> RecordPrint | None:
    """The original in a language, made or asked for."""
    return db.session.scalar(_ORIGINAL, {"record": record_id, "language": language})


def original_file(record_id: int, language: str) -> StoredFile | None:
    """The original in a language as it is kept; None where it is not made."""
    found = original(record_id, language)
    return found.file if found else None


def waiting(record_id: int, person_id: int) -> RecordPrint | None:
    """The copy that a person waits for."""
    query = sa.select(RecordPrint).where(
        RecordPrint.record_id == record_id,
        RecordPrint.asked_by_id == person_id,
        RecordPrint.copy != ORIGINAL,
        RecordPrint.file_id.is_(None),
    )
    return db.session.scalar(query.limit(1))


def asked_within(person_id: int, span: timedelta, now: datetime) -> int:
    """How many a person has asked for of late."""
    query = sa.select(sa.func.count()).where(
        RecordPrint.asked_by_id == person_id, lately(RecordPrint.asked_at, span, now)
    )
    return db.session.scalar(query) or 0


def last_copy(record_id: int) -> int:
    """The highest number of a copy; 0 where there is none."""
    return db.session.scalar(sa.select(sa.func.max(RecordPrint.copy)).where(RecordPrint.record_id == record_id)) or 0  # fmt: skip


def may_take(one: RecordPrint, by: Actor) -> bool:
    """Whether a person, who may see the record, may take the file: a numbered copy is for whoever asked for it."""
    return one.copy == ORIGINAL or one.asked_by_id == by.id or by.is_auditor


def taken(record_id: int, id: int, by: Actor) -> StoredFile:
    """The file of a print.

    Raises:
        NotFound: there is none, it is not made yet, or it is somebody else's copy.
    """
    one = db.session.get(RecordPrint, id) if id <= LARGEST else None
    if one is None or one.record_id != record_id or one.file is None or not may_take(one, by):
        raise NotFound
    return one.file


def by_code(code: str) -> RecordPrint | None:
    """The print with this code on it, once it was made."""
    query = sa.select(RecordPrint).where(RecordPrint.code == code, RecordPrint.file_id.is_not(None))
    return db.session.scalar(query)


def scanned(text: str) -> str:
    """The number of the record whose print was scanned; any other text as it is."""
    _before, found, code = text.rpartition("/check/")
    one = by_code(spoken_codes.plain(code, GROUPS)) if found else None
    return one.record.number if one else text


def by_sha256(sha256: str) -> RecordPrint | None:
    """The print whose file has this hash."""
    query = sa.select(RecordPrint).join(StoredFile, StoredFile.id == RecordPrint.file_id)
    return db.session.scalar(query.where(StoredFile.sha256 == sha256).limit(1))


_ORIGINAL = sa.select(RecordPrint).where(
    RecordPrint.record_id == sa.bindparam("record"),
    RecordPrint.copy == ORIGINAL,
    RecordPrint.language == sa.bindparam("language"),
)
