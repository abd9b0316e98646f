"""Passkeys that people prove themselves by, and the questions that the portal has put to them."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class Passkey(Base):
    """The public half of a passkey; the private one never leaves the person's device.

    `credential` and `public_key` are in base64url, as browsers send them. An ended one stays, so that it can be seen by
    which passkey something was signed.
    """

    __tablename__ = "passkeys"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    credential: Mapped[str] = mapped_column(unique=True)
    public_key: Mapped[str]  # COSE
    sha256: Mapped[str]  # of the public key: its fingerprint
    sign_count: Mapped[int] = mapped_column(
        sa.BigInteger
    )  # as the device told it last; only 0 may come again
    name: Mapped[str]
    made_at: Mapped[datetime]
    used_at: Mapped[datetime | None]
    ended_at: Mapped[datetime | None]
    ended_by: Mapped[str] = mapped_column(default="")  # removed, reset, retired


class PasskeyQuestion(Base):
    """A challenge that waits for its answer: for one person at one browser, about one act; the answer takes it away."""

    __tablename__ = "passkey_questions"
    id: Mapped[int] = mapped_column(primary_key=True)
    challenge: Mapped[str] = mapped_column(unique=True)  # base64url
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    holder: Mapped[str]  # the browser's session, or its half-finished sign-in
    subject: Mapped[str]  # hash of what is to be done
    asked_at: Mapped[datetime] = mapped_column(index=True)
