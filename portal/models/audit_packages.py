"""Records that an auditor takes away with all that proves them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person


class AuditPackage(Base):
    """One signed ZIP: asked for, built piece by piece, kept for some days.

    The state is running, ready, failed, cancelled or expired; `parts` are the files of the pieces done so far.
    """

    __tablename__ = "audit_packages"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    asked: Mapped[dict[str, Any]]
    numbers: Mapped[list[Any]]  # of the records, in the order of the package
    state: Mapped[str] = mapped_column(default="running")
    done: Mapped[int] = mapped_column(default=0)
    total: Mapped[int]
    parts: Mapped[list[Any]] = mapped_column(default=list)
    file: Mapped[str] = mapped_column(default="")
    size: Mapped[int | None]
    sha256: Mapped[str] = mapped_column(default="")
    error: Mapped[str] = mapped_column(default="")  # a reason, and where it has one the number of the record
    asked_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]

    person: Mapped[Person] = relationship()
