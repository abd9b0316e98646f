"""The print of a finished record."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.extensions import db
from portal.models import Record
from portal.services import attachments, audit, printing, tasks, uploads


def make(facts: Mapping[str, Any], now: datetime) -> Callable[[], None] | None:
    """Renders the print while nothing is locked, and gives back what keeps it; None if there is one."""
    record = db.session.get(Record, facts["record"])
    if record is None or record.pdf_id is not None or record.state != "finished":
        return None
    id, number = record.id, record.number
    data = printing.make(record, "zh", now=record.closed_at or now)

    def keep() -> None:
        finished = tasks.lock(id)
        if finished.pdf_id is not None:
            return
        file = uploads.keep(f"{number}.pdf", data, "application/pdf", by=None, now=now)
        attachments.adopt(finished, [], file.id)
        finished.pdf_id = file.id
        audit.note("print_stored", at=now, by=None, record_id=id, sha256=file.sha256)

    return keep
