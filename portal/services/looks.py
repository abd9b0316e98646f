"""Noting what an auditor looks at: a record's page, print or data, once a day each."""

from __future__ import annotations

from datetime import datetime

from portal.lib.clock import day
from portal.models import Record
from portal.queries import looks
from portal.queries.actors import Actor
from portal.services import audit, once


def is_due(record: Record, what: str, by: Actor, *, now: datetime) -> bool:
    """Whether this look is still to be noted: an auditor's first of the day."""
    return by.is_auditor and not looks.is_noted(by.id, record.number, what, day(now))


def note(record: Record, what: str, by: Actor, *, address: str, now: datetime) -> None:
    """Notes the look, unless another page of the same person has done it just now.

    It stands in a chain of its own: the record's history, which goes into its print, is about the record.
    """
    once.take_turn(by.id)
    if is_due(record, what, by, now=now):
        audit.note(
            "record_looked_at", at=now, by=by.id, stream="looks", address=address, number=record.number, what=what
        )  # fmt: skip
