"""Sealed prints of finished records."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.files import StoredFile
from portal.models.people import Person
from portal.models.records import Record


class RecordPrint(Base):
    """The sealed print of a record: the original in a language (copy 0), or a numbered copy; asked for, then made."""

    __tablename__ = "record_prints"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"))
    copy: Mapped[int]
    language: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)  # by which paper is checked
    asked_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    asked_at: Mapped[datetime]
    made_at: Mapped[datetime | None]
    file_id: Mapped[int | None] = mapped_column(sa.ForeignKey("files.id"), index=True)

    record: Mapped[Record] = relationship()
    asked_by: Mapped[Person | None] = relationship()
    file: Mapped[StoredFile | None] = relationship()

    __table_args__ = (
        sa.UniqueConstraint("record_id", "copy", "language"),
        sa.Index("ix_record_prints_asked_by_id_asked_at", "asked_by_id", "asked_at"),
    )
