"""Whom the company's provider of sign-ins has vouched for, by its own lasting names."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class ProviderTie(Base):
    """The account of a provider that is a person's: made at the first sign-in by it, gone when an administrator loosens it.

    `subject` is the provider's name for the account, which it never gives to another, as it may do with a login.
    """

    __tablename__ = "provider_ties"
    __table_args__ = (sa.UniqueConstraint("issuer", "subject"), sa.UniqueConstraint("issuer", "person_id"))
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    issuer: Mapped[str]
    subject: Mapped[str]
    made_at: Mapped[datetime]
