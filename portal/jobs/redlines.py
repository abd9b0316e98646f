"""The redline of a text that goes round."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any

from portal.models import DocumentRevision
from portal.queries import revisions
from portal.services import redline_files, redline_prints, tasks


def make(facts: Mapping[str, Any], now: datetime) -> Callable[[], None] | None:
    """Renders the redline while nothing is locked, and gives back what attaches it; None where it is there, or the
    text is in its author's hands again."""
    new = revisions.find(facts["revision"])
    old = revisions.former(new) if new is not None else None
    if new is None or old is None or not _was_sent(new, facts["record"]):
        return None
    name, label = redline_files.name(old, new), new.label
    record_id: int = facts["record"]
    if not redline_files.waiting(new, record_id, name):
        return None
    data = redline_prints.make(old, new, "zh", by=None, now=now)
    id = new.id

    def attach() -> None:
        tasks.lock(record_id)
        one = revisions.find(id)
        if one is None or redline_files.name(old, one) != name:  # written on meanwhile
            return
        for record in redline_files.waiting(one, record_id, name):
            redline_files.attach(record, name, data, label, now=now)

    return attach


def _was_sent(one: DocumentRevision, record_id: int) -> bool:
    record = one.release
    return record is not None and record.id == record_id and record.state in redline_files.SENT
