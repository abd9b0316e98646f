"""The one pen of the audit trail: typed facts, chained stream by stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.hashing import GENESIS, canonical_json, chain
from portal.models import AuditEvent, AuditStream


def note(
    kind: str,
    *,
    at: datetime,
    by: int | None,
    record_id: int | None = None,
    stream: str = "",
    address: str = "",
    **facts: Any,
) -> AuditEvent:
    """Adds one fact to its chain: the record's own, or the stream named (`people`, `access` ...)."""
    name = stream or f"record:{record_id}"
    head = db.session.get(AuditStream, name, with_for_update=True, populate_existing=True)
    if head is None:
        head = AuditStream(name=name, seq=0, hash=GENESIS)
        db.session.add(head)
    event = AuditEvent(
        stream=name,
        seq=head.seq + 1,
        at=at,
        kind=kind,
        person_id=by,
        address=address,
        record_id=record_id,
        facts=facts,
        hash="",
    )
    event.hash = chain(head.hash, content(event))
    head.seq, head.hash = event.seq, event.hash
    db.session.add(event)
    return event


def content(event: AuditEvent) -> bytes:
    """What an event's link covers."""
    return canonical_json(
        {
            "stream": event.stream,
            "seq": event.seq,
            "at": event.at.isoformat(),
            "kind": event.kind,
            "person": event.person_id,
            "address": event.address,
            "record": event.record_id,
            "facts": event.facts,
        }
    )


def verify() -> tuple[int, AuditEvent | None, str]:
    """Walks every chain.

    Returns:
        Number of events that hold, the first that does not (None if all do), and what is wrong.
    """
    heads = {head.name: head for head in db.session.scalars(sa.select(AuditStream))}
    seen: dict[str, tuple[int, str]] = {}
    count = 0
    query = sa.select(AuditEvent).order_by(AuditEvent.id).execution_options(yield_per=1000)
    for event in db.session.scalars(query):
        seq, hash = seen.get(event.stream, (0, GENESIS))
        if event.seq != seq + 1:
            return count, event, "missing"
        if event.hash != chain(hash, content(event)):
            return count, event, "changed"
        seen[event.stream] = (event.seq, event.hash)
        count += 1
    for name, head in heads.items():
        if seen.get(name, (0, GENESIS)) != (head.seq, head.hash):
            last = db.session.scalar(
                sa.select(AuditEvent)
                .where(AuditEvent.stream == name)
                .order_by(AuditEvent.seq.desc())
                .limit(1)
            )
            return count, last or AuditEvent(stream=name, seq=0, kind=""), "cut"
    return count, None, ""
