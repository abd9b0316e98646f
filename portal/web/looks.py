"""The log of what auditors look at, written before they are shown it; nobody else's reading is noted."""

from __future__ import annotations

from flask import request

from portal.database import transaction
from portal.lib.clock import now
from portal.models import Record
from portal.services import looks
from portal.web.guard import actor


def noted(record: Record, what: str) -> Record:
    """The record; that an auditor is about to see its `page`, `pdf` or `json` stands in the trail from now on."""
    by, at = actor(), now()
    if request.method == "GET" and looks.is_due(record, what, by, now=at):
        with transaction(aside=True):
            looks.note(record, what, by, address=request.remote_addr or "", now=at)
    return record
