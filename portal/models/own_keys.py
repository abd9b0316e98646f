"""Keys that people sign with."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class OwnKey(Base):
    """A person's key; the one in use is named by `Person.own_key_id`.

    `locked` is the private half under the person's password; it goes when the key ends, the public half stays.
    """

    __tablename__ = "own_keys"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    public_key: Mapped[str]  # SPKI in base64
    sha256: Mapped[str] = mapped_column(unique=True)  # its fingerprint
    locked: Mapped[str]
    made_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(
        default=""
    )  # withdrawn, renewed, password_reset, password_changed, retired
