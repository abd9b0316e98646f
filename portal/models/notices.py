"""What people should know, how they hear of it, and the work that is done after a commit."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person
from portal.models.records import Record


class Notice(Base):
    """Something a person should know; shown in the portal, sent by the outbox."""

    __tablename__ = "notices"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    kind: Mapped[str]
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
    facts: Mapped[dict[str, Any]] = mapped_column(default=dict)
    at: Mapped[datetime]
    read_at: Mapped[datetime | None]
    for_digest: Mapped[bool] = mapped_column(default=False)  # waits for the next daily mail
    digest_id: Mapped[int | None] = mapped_column(sa.ForeignKey("digests.id"), index=True)

    record: Mapped[Record | None] = relationship()

    __table_args__ = (
        sa.Index("ix_notices_person_id_read_at_id", "person_id", "read_at", "id"),
        sa.Index("ix_notices_for_digest_at", "for_digest", "at"),
    )


class Digest(Base):
    """One mail with the notices of a person; one a day."""

    __tablename__ = "digests"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    day: Mapped[date]

    person: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("person_id", "day"),)


class NoticeChoice(Base):
    """How a person hears of a group of notices outside the portal; without a row as the group says."""

    __tablename__ = "notice_choices"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    group: Mapped[str] = mapped_column(primary_key=True)
    mail: Mapped[str]  # off, once, digest
    robot: Mapped[str]  # off, once


class GroupRobot(Base):
    """The robot through which a person hears of notices; its address is a secret."""

    __tablename__ = "group_robots"
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    address: Mapped[str]


class OutboxRow(Base):
    """Work to do after the commit: make a PDF, send a notice. Leased by a worker, retried, kept."""

    __tablename__ = "outbox"
    id: Mapped[int] = mapped_column(primary_key=True)
    kind: Mapped[str]
    facts: Mapped[dict[str, Any]]
    created_at: Mapped[datetime]
    next_try_at: Mapped[datetime]
    attempts: Mapped[int] = mapped_column(default=0)
    failed_at: Mapped[datetime | None]  # of the last try; none while a worker is at it
    stopped_at: Mapped[datetime | None]  # not tried any more until an administrator says so
    done_at: Mapped[datetime | None]
    error: Mapped[str] = mapped_column(default="")

    __table_args__ = (
        sa.Index("ix_outbox_done_at_stopped_at_next_try_at", "done_at", "stopped_at", "next_try_at"),
    )
