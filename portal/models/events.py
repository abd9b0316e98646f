"""The audit trail: append-only rows, chained stream by stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person


class AuditStream(Base):
    """The head of one chain: `record:12`, or `people`, `access`, `looks`, `findings`, `public`, `settings`."""

    __tablename__ = "audit_streams"
    name: Mapped[str] = mapped_column(primary_key=True)
    seq: Mapped[int]
    hash: Mapped[str]


class AuditEvent(Base):
    """A fact: what happened, who did it, when, and in which chain it stands."""

    __tablename__ = "audit_events"
    id: Mapped[int] = mapped_column(primary_key=True)
    stream: Mapped[str]
    seq: Mapped[int]
    at: Mapped[datetime] = mapped_column(index=True)
    kind: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    address: Mapped[str] = mapped_column(default="")
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
    facts: Mapped[dict[str, Any]]
    hash: Mapped[str]

    person: Mapped[Person | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("stream", "seq"),
        sa.Index("ix_audit_events_record_id_id", "record_id", "id"),
    )


class AuditLeaf(Base):
    """One leaf of the tree over all events, which is witnessed from outside; where the event's chain had it."""

    __tablename__ = "audit_leaves"
    position: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 0, without gaps
    event_id: Mapped[int] = mapped_column(unique=True)  # no key: the tree remembers what is gone
    hash: Mapped[str]
    stream: Mapped[str]
    seq: Mapped[int]
    at: Mapped[datetime]


class AuditNode(Base):
    """A full subtree over the tree: the `2 ** level` leaves that end as it came to have so many."""

    __tablename__ = "audit_nodes"
    ending: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    level: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    hash: Mapped[str]


class AuditCheckpoint(Base):
    """The tree at a moment, signed, so that somebody outside can keep it."""

    __tablename__ = "audit_checkpoints"
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)  # from 1, without gaps
    size: Mapped[int] = mapped_column(unique=True)
    root: Mapped[str]
    at: Mapped[datetime]
    note: Mapped[str]
