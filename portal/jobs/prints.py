"""The print of a finished record, sealed by the organisation where it has a certificate."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from typing import Any

from flask import current_app

from portal.database import transaction
from portal.extensions import db
from portal.lib.certificates import Identity, fingerprint
from portal.models import Record
from portal.services import attachments, audit, printing, sealing, tasks, uploads
from portal.storage import seal_folder


def make(facts: Mapping[str, Any], now: datetime) -> Callable[[], None] | None:
    """Renders the print while nothing is locked, and gives back what keeps it; None if there is one."""
    record = db.session.get(Record, facts["record"])
    if record is None or record.pdf_id is not None or record.state != "finished":
        return None
    id, number = record.id, record.number
    data = printing.make(record, "zh", now=record.closed_at or now)
    by = _identity(now)
    data = sealing.sealed(data, number, by) if by else data
    certificate = fingerprint(by.certificate) if by else None

    def keep() -> None:
        finished = tasks.lock(id)
        if finished.pdf_id is not None:
            return
        file = uploads.keep(f"{number}.pdf", data, "application/pdf", by=None, now=now)
        attachments.adopt(finished, [], file.id)
        finished.pdf_id = file.id
        audit.note("print_stored", at=now, by=None, record_id=id, sha256=file.sha256, seal=certificate)

    return keep


def _identity(now: datetime) -> Identity | None:
    """What seals the print; the demo makes its own certificate. A print waits for one that cannot seal any more."""
    if not current_app.config["SETTINGS"].demo:
        return sealing.identity(now)
    with suppress(sealing.SealThere), transaction():  # another worker may be making it too
        if seal_folder.read(sealing.folder()) is None:
            sealing.make(now=now)
    return sealing.identity(now)
