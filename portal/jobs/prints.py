"""The prints of finished records, sealed by the organisation where it has a certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import current_app

from portal.database import transaction
from portal.domain.prints import GROUPS, ORIGINAL
from portal.extensions import db
from portal.lib import spoken_codes
from portal.lib.certificates import Identity, fingerprint
from portal.models import Record, RecordPrint
from portal.queries import prints
from portal.services import attachments, audit, printing, record_prints, sealing, tasks
from portal.storage import files

KINDS = ("print", record_prints.JOB)  # work that needs a seal


class OriginalMissing(Exception):
    """The original that is to be copied is not made yet; the copy waits for it."""


def make(facts: Mapping[str, Any], now: datetime) -> Callable[[], None] | None:
    """Renders the original while nothing is locked, and gives back what keeps it; None if there is one."""
    record = db.session.get(Record, facts["record"])
    if record is None or record.pdf_id is not None or record.state != "finished":
        return None
    id, code = record.id, spoken_codes.new(GROUPS)
    made = printing.make(record, "zh", now=record.closed_at or now, code=code)
    data, seal = _sealed(made, record.number, now)

    def keep() -> None:
        finished = tasks.lock(id)
        if finished.pdf_id is not None:
            return
        file = record_prints.keep_original(finished, "zh", code, data, now=now)
        attachments.adopt(finished, [], file.id)
        finished.pdf_id = file.id
        audit.note("print_stored", at=now, by=None, record_id=id, sha256=file.sha256, seal=seal)

    return keep


def make_asked(facts: Mapping[str, Any], now: datetime) -> Callable[[], None] | None:
    """Makes the print that somebody asked for, a copy or an original in another language; None if it is made.

    Raises:
        OriginalMissing: its turn comes later.
    """
    one = db.session.get(RecordPrint, facts["print"])
    if one is None or one.file_id is not None:
        return None
    id, record = one.id, one.record
    made = printing.make(record, one.language, now=now, code=one.code) if one.copy == ORIGINAL else _copy(one)
    data, seal = _sealed(made, record.number, now)

    def keep() -> None:
        tasks.lock(record.id)
        asked = db.session.get_one(RecordPrint, id, populate_existing=True)
        if asked.file_id is not None:
            return
        record_prints.keep(asked, data, now=now)
        record_prints.note(asked, seal, now=now)

    return keep


def _copy(one: RecordPrint) -> bytes:
    original = prints.original_file(one.record_id, one.language)
    if original is None:
        raise OriginalMissing
    return record_prints.lay(one, files.get(original.sha256))


def _sealed(data: bytes, number: str, now: datetime) -> tuple[bytes, str | None]:
    """The print under the organisation's seal, and the fingerprint of its certificate; as it is without one."""
    by = identity(now)
    return (sealing.sealed(data, number, by), fingerprint(by.certificate)) if by else (data, None)


def identity(now: datetime) -> Identity | None:
    """What seals and signs; the demo makes its own certificate.

    Raises:
        Unfit: there is one that cannot seal any more, so that what is made waits for another.
    """
    if not current_app.config["SETTINGS"].demo:
        return sealing.identity(now)
    with suppress(sealing.SealThere), transaction():  # another worker may be making it too
        if sealing.current() is None and sealing.token() is None:
            sealing.make(now=now)
    return sealing.identity(now)
