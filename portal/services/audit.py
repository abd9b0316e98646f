"""The one pen of the audit trail: typed facts, chained stream by stream."""

from __future__ import annotations

from contextlib import closing
from datetime import UTC, datetime
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.database import dialect, insert
from portal.extensions import db
from portal.lib.hashing import GENESIS, canonical_json, chain
from portal.models import AuditEvent, AuditStream

Link = tuple[int, str]  # number and hash of an event
NOWHERE: Link = (0, "")


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
    """Adds one fact to its chain: the record's own, or the stream named (`people`, `access` ...).

    It is written at once; what is given back is no row of the session, and knows its person by id alone.
    """
    name = stream or f"record:{record_id}"
    connection = db.session.connection()  # past the session: nothing else need be written for this
    seq, hash = connection.execute(_head(dialect()), {"chain": name}).one()
    event = AuditEvent(
        stream=name,
        seq=seq + 1,
        at=at,
        kind=kind,
        person_id=by,
        address=address,
        record_id=record_id,
        facts=facts,
        hash="",
    )
    event.hash = chain(hash, content(event))
    connection.execute(_MOVED, {"chain": name, "to": event.seq, "with": event.hash})
    row = {column: getattr(event, column) for column in _COLUMNS}
    event.id = connection.execute(_ADDED, row).inserted_primary_key[0]  # type: ignore[index]
    return event


def content(event: AuditEvent) -> bytes:
    """What an event's link covers."""
    return canonical_json(
        {
            "stream": event.stream,
            "seq": event.seq,
            "at": event.at.astimezone(UTC).isoformat(),
            "kind": event.kind,
            "person": event.person_id,
            "address": event.address,
            "record": event.record_id,
            "facts": event.facts,
        }
    )


def verify() -> tuple[int, AuditEvent | None, str]:
    """Walks every chain, also while others write to them.

    Returns:
        Number of events that hold, the first that does not (None if all do), and what is wrong.
    """
    heads = _heads()
    seen: dict[str, Link] = {}
    count = 0
    query = sa.select(AuditEvent).order_by(AuditEvent.id)
    rows = db.session.scalars(query.execution_options(yield_per=1000, populate_existing=True))
    with closing(rows):
        for event in rows:
            flaw = _flaw(event, seen.get(event.stream, (0, GENESIS)), heads.get(event.stream, NOWHERE))
            if flaw:
                return count, event, flaw
            seen[event.stream] = (event.seq, event.hash)
            count += 1
    for name in _broken(heads, seen):
        last = sa.select(AuditEvent).where(AuditEvent.stream == name).order_by(AuditEvent.seq.desc())
        return count, db.session.scalar(last.limit(1)) or AuditEvent(stream=name, seq=0, kind=""), "cut"
    return count, None, ""


def _flaw(event: AuditEvent, before: Link, head: Link) -> str:
    """What is wrong with an event, by the link before it and the head of its chain."""
    if event.seq != before[0] + 1:
        return "missing"
    try:
        fits_before = event.hash == chain(before[1], content(event))
    except (TypeError, ValueError):  # facts that were never written like this
        fits_before = False
    fits_head = event.seq != head[0] or event.hash == head[1]
    return "" if fits_before and fits_head else "changed"


def _broken(heads: dict[str, Link], seen: dict[str, Link]) -> list[str]:
    """Chains that end before their head, or whose head is behind them or gone."""
    cut = [name for name, (seq, _hash) in heads.items() if seen.get(name, NOWHERE)[0] < seq]
    ahead = [name for name, (seq, _hash) in seen.items() if heads.get(name, NOWHERE)[0] < seq]
    if cut or not ahead:
        return cut
    later = _heads()  # events that were added during the walk have moved their heads too
    return [name for name in ahead if later.get(name, NOWHERE)[0] < seen[name][0]]


@cache
def _head(dialect: str) -> Any:
    """Reads the head of a chain, begun if need be, and keeps it from others until the write ends."""
    table = AuditStream.__table__.c
    begun = insert(AuditStream, dialect).values(name=sa.bindparam("chain"), seq=0, hash=GENESIS)
    kept = begun.on_conflict_do_update(index_elements=[table.name], set_={"seq": table.seq})
    return kept.returning(table.seq, table.hash)


_ADDED = sa.insert(AuditEvent.__table__)  # type: ignore[arg-type]
_COLUMNS = ("stream", "seq", "at", "kind", "person_id", "address", "record_id", "facts", "hash")
_MOVED = (
    sa.update(AuditStream.__table__)  # type: ignore[arg-type]
    .where(AuditStream.__table__.c.name == sa.bindparam("chain"))
    .values(seq=sa.bindparam("to"), hash=sa.bindparam("with"))
)


def _heads() -> dict[str, Link]:
    rows = db.session.execute(sa.select(AuditStream.name, AuditStream.seq, AuditStream.hash))
    return {name: (seq, hash) for name, seq, hash in rows}
