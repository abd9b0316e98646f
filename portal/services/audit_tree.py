"""The tree over all events: leaves in the order of their ids, and signed checkpoints over them.

An id is drawn when an event is written, but seen when its write ends, so that on PostgreSQL a lower id can come
after a higher one. Every write takes the head of its chain before it draws an id; so once nobody else holds one, no
lower id than the highest seen can come any more. On SQLite only one writes at a time.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from portal.database import dialect
from portal.extensions import db
from portal.lib import merkle
from portal.lib.checkpoints import Checkpoint
from portal.lib.clock import day
from portal.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditNode
from portal.queries import audit_tree, rights
from portal.services import outbox

AT_ONCE = 5000  # leaves of one write, under one checkpoint
PATIENCE = "500ms"  # how long writers may be kept waiting behind one that takes long
PEN = 4_157_044_001  # of the advisory lock: one at a time adds to the tree


class StillWriting(Exception):
    """Somebody has been writing for so long that what they write must be waited for until later."""


def settled() -> int:
    """The id up to which no event can come any more; the caller ends this write at once, as all others wait for it.

    Raises:
        StillWriting: it cannot be said now.
    """
    connection = db.session.connection()
    if dialect() == "postgresql":
        connection.execute(sa.text(f"SET LOCAL lock_timeout = '{PATIENCE}'"))
        try:
            connection.execute(sa.text("LOCK TABLE audit_streams IN SHARE MODE"))
        except sa.exc.OperationalError as problem:
            if getattr(problem.orig, "sqlstate", "") != "55P03":  # lock not available
                raise
            raise StillWriting from None
    return connection.scalar(sa.select(sa.func.max(AuditEvent.id))) or 0


def take_pen() -> bool:
    """Whether it is one's turn to add to the tree until the write ends; somebody else may be at it."""
    if dialect() != "postgresql":
        return True
    return bool(db.session.scalar(sa.select(sa.func.pg_try_advisory_xact_lock(PEN))))


def append(upto: int, *, now: datetime, origin: str, key: Ed25519PrivateKey) -> int:
    """Adds the next settled events under a new checkpoint; returns how many. The caller holds the pen."""
    size, last = audit_tree.end()
    query = (
        sa.select(AuditEvent.id, AuditEvent.hash, AuditEvent.stream, AuditEvent.seq, AuditEvent.at)
        .where(AuditEvent.id > last, AuditEvent.id <= upto)
        .order_by(AuditEvent.id)
        .limit(AT_ONCE)
    )
    events = db.session.execute(query).all()
    if not events:
        return 0
    tree = merkle.Peaks(size, [audit_tree.node(*place) for place in merkle.subtrees(0, size)])
    leaves, nodes = [], []
    for event in events:
        leaves.append({
            "position": tree.size, "event_id": event.id, "hash": event.hash,
            "stream": event.stream, "seq": event.seq, "at": event.at,
        })  # fmt: skip
        ended = tree.add(merkle.leaf_hash(event.hash.encode()))
        nodes += [{"ending": tree.size, "level": level, "hash": hash.hex()} for level, hash in ended]
    db.session.execute(sa.insert(AuditLeaf), leaves)
    if nodes:
        db.session.execute(sa.insert(AuditNode), nodes)
    _sign(tree, now, origin, key)
    return len(events)


def ask_letters(since: datetime, *, now: datetime) -> int:
    """Asks for a mail with the last checkpoint to each auditor, unless that was done since; the caller holds the pen."""
    if audit_tree.last() is None or outbox.asked("checkpoint", since):
        return 0
    readers = [person.id for person in rights.holders("auditor", day(now)) if person.email]
    for id in readers:
        outbox.add("checkpoint", now=now, person=id)
    return len(readers)


def _sign(tree: merkle.Peaks, now: datetime, origin: str, key: Ed25519PrivateKey) -> None:
    before = audit_tree.last()
    made = Checkpoint(origin, before.number + 1 if before else 1, tree.size, tree.root(), now)
    db.session.add(
        AuditCheckpoint(
            number=made.number, size=made.size, root=made.root.hex(), at=now, note=made.signed(key)
        )
    )
    db.session.flush()
