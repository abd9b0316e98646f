"""What comes in from outside without an account."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class PublicRequest(Base):
    """What somebody without an account has sent; `key` is that of the draft and of the record that come of it."""

    __tablename__ = "public_requests"
    id: Mapped[int] = mapped_column(primary_key=True)
    receipt: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)
    kind: Mapped[str]  # complaint, repair, request
    name: Mapped[str]
    phone: Mapped[str]
    place: Mapped[str] = mapped_column(default="")
    content: Mapped[str]
    address: Mapped[str]
    sent_at: Mapped[datetime] = mapped_column(index=True)
    closed_at: Mapped[datetime | None]  # put aside without becoming a record
    closed_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    reason: Mapped[str] = mapped_column(default="")

    __table_args__ = (sa.Index("ix_public_requests_address_sent_at", "address", "sent_at"),)
