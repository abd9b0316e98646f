"""The tree over all events, read: its checkpoints, its leaves and the subtrees over them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa

from portal.extensions import db
from portal.lib import merkle
from portal.models import AuditCheckpoint, AuditEvent, AuditLeaf, AuditNode, Record


def last(at: datetime | None = None) -> AuditCheckpoint | None:
    """The last checkpoint, or the last at a moment; none before the first."""
    query = sa.select(AuditCheckpoint).order_by(AuditCheckpoint.number.desc()).limit(1)
    return db.session.scalar(query if at is None else query.where(AuditCheckpoint.at <= at))


def over(position: int) -> AuditCheckpoint | None:
    """The first checkpoint that covers a leaf."""
    query = sa.select(AuditCheckpoint).where(AuditCheckpoint.size > position)
    return db.session.scalar(query.order_by(AuditCheckpoint.size).limit(1))


def node(level: int, index: int) -> bytes:
    """The hash of a full subtree of the tree.

    Raises:
        LookupError: the tree does not have it.
    """
    if level == 0:
        leaf = db.session.get(AuditLeaf, index)
        if leaf is None:
            raise LookupError(f"leaf {index}")
        return merkle.leaf_hash(leaf.hash.encode())
    kept = db.session.get(AuditNode, ((index + 1) << level, level))
    if kept is None:
        raise LookupError(f"subtree {index} of level {level}")
    return bytes.fromhex(kept.hash)


def end() -> tuple[int, int]:
    """How many leaves the tree has, and the id of its last event."""
    query = sa.select(AuditLeaf.position, AuditLeaf.event_id).order_by(AuditLeaf.position.desc()).limit(1)
    row = db.session.execute(query).first()
    return (row.position + 1, row.event_id) if row else (0, 0)


def leaf(event: AuditEvent) -> AuditLeaf | None:
    """The leaf of an event, once it has one."""
    return db.session.scalar(sa.select(AuditLeaf).where(AuditLeaf.event_id == event.id))


def last_event(number: str) -> AuditEvent | None:
    """The last event of the record with this number."""
    query = (
        sa.select(AuditEvent).join(Record, Record.id == AuditEvent.record_id).where(Record.number == number)
    )
    return db.session.scalar(query.order_by(AuditEvent.seq.desc()).limit(1))


def before(event: AuditEvent) -> AuditEvent | None:
    """The event that it follows in its chain."""
    query = sa.select(AuditEvent).where(AuditEvent.stream == event.stream, AuditEvent.seq == event.seq - 1)
    return db.session.scalar(query)
