"""What people prove themselves by besides the password."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class SecondFactor(Base):
    """A person's app for codes; the one in use is named by `Person.second_factor_id`.

    `secret` is kept under the portal's own secret key, and goes when the factor ends.
    """

    __tablename__ = "second_factors"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    secret: Mapped[str]
    last_step: Mapped[int]  # of the code taken last: neither it nor an earlier one is taken again
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")  # renewed, withdrawn, reset, retired


class RecoveryCode(Base):
    """A code for the day on which app or passkey is lost; it is good once, and only its hash is kept."""

    __tablename__ = "recovery_codes"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    sha256: Mapped[str]
    used_at: Mapped[datetime | None]
