"""Whether records are whole: each with everything that belongs to it, told from the books in a few questions."""

from __future__ import annotations

from collections import Counter
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import AuditEvent, Content, Record, SearchEntry, Signature, Task


class Broken(AssertionError):
    """Something was lost, doubled or left half done."""


def check_whole(records: list[Record]) -> Counter[int]:
    """The signatures of each record.

    Raises:
        Broken: something that belongs to one of them is missing, or there twice.
    """
    ids = [record.id for record in records]
    submitted = _count(AuditEvent.record_id, ids, AuditEvent.kind == "record_submitted")
    told = _count(AuditEvent.record_id, ids, AuditEvent.kind == "step_signed")
    signed = _count(Signature.record_id, ids)
    contents = _count(Content.record_id, ids)
    found = _count(SearchEntry.id, ids, SearchEntry.kind == "record")
    standing = sa.select(Task.record_id, Task.step).where(Task.record_id.in_(ids), Task.state == "open")
    steps: dict[int | None, set[str]] = {}
    for id, step in db.session.execute(standing):
        steps.setdefault(id, set()).add(step)
    for record in records:
        facts = {
            "submissions": submitted[record.id] - 1,
            "signatures told": told[record.id] - signed[record.id],
            "contents": contents[record.id] - 1,
            "entries of the search": found[record.id] - 1,
            "steps": steps.get(record.id, set()) ^ ({record.step} if record.state == "running" else set()),
        }
        if wrong := {name: fact for name, fact in facts.items() if fact}:
            raise Broken(f"{record.number}: {wrong}")
    return signed


def _count(column: Any, ids: list[int], *where: sa.ColumnElement[bool]) -> Counter[int]:
    """How many rows name each of these records."""
    rows = sa.select(column, sa.func.count()).where(column.in_(ids), *where).group_by(column)
    return Counter({row[0]: row[1] for row in db.session.execute(rows)})
