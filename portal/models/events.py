"""The audit trail: append-only rows, chained stream by stream."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person


class AuditStream(Base):
    """The head of one chain: `record:12`, or `people`, `access`, `public`, `settings`."""

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
