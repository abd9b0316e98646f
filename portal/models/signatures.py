"""Signatures, side entries and links for outside signers."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Person
from portal.models.records import FormVersion


class Signature(Base):
    """One person's act at one step; a task has at most one, so one of two at once wins.

    `act` is signed, returned, refused, advised or entered. `sha256` covers the canonical content
    that the person was shown, the stage's answers included. `authority` freezes the role held,
    the department and the substitution it was made under, and the fingerprint of the signer's own key where there
    is one; then `own_key` is its public half and `own_signature` what it made of `sha256`.
    """

    __tablename__ = "signatures"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    task_id: Mapped[int | None] = mapped_column(sa.ForeignKey("tasks.id"), unique=True)
    version: Mapped[int]
    round: Mapped[int]
    step: Mapped[str]
    act: Mapped[str]
    meaning: Mapped[str]
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    on_behalf_of_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    authority: Mapped[dict[str, Any]]
    outside_role: Mapped[str] = mapped_column(default="")
    outside_name: Mapped[str] = mapped_column(default="")
    outside_way: Mapped[str] = mapped_column(default="")  # device, link, paper or told
    form_version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_versions.id"))  # reads the answers
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    opinion: Mapped[str] = mapped_column(default="")
    files: Mapped[list[Any]] = mapped_column(default=list)
    drawn_id: Mapped[int | None] = mapped_column(sa.ForeignKey("files.id"))
    content_sha256: Mapped[str]
    sha256: Mapped[str]
    own_key: Mapped[str | None]  # SPKI in base64
    own_signature: Mapped[str | None]
    signed_at: Mapped[datetime]

    form_version: Mapped[FormVersion] = relationship()
    person: Mapped[Person] = relationship(foreign_keys=[person_id])
    on_behalf_of: Mapped[Person | None] = relationship(foreign_keys=[on_behalf_of_id])


class OutsideLink(Base):
    """A one-time link by which an outside party signs one task; the token is stored hashed."""

    __tablename__ = "outside_links"
    id: Mapped[int] = mapped_column(primary_key=True)
    token_hash: Mapped[str] = mapped_column(unique=True)
    task_id: Mapped[int] = mapped_column(sa.ForeignKey("tasks.id"), index=True)
    sent_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    sent_to: Mapped[str] = mapped_column(default="")
    expires_at: Mapped[datetime]
    used_at: Mapped[datetime | None]

    sent_by: Mapped[Person] = relationship()
