"""Uploaded and made files; the bytes lie in the file store under their hash."""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column

from portal.models.base import Base


class StoredFile(Base):
    """A file. Until a record holds it, it is its uploader's alone."""

    __tablename__ = "files"
    id: Mapped[int] = mapped_column(primary_key=True)
    sha256: Mapped[str] = mapped_column(index=True)
    name: Mapped[str]
    type: Mapped[str]
    size: Mapped[int]
    uploaded_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"), index=True)
    uploaded_at: Mapped[datetime]
    taken_at: Mapped[datetime | None]  # of a photograph, as its camera tells
    latitude: Mapped[float | None]  # where it was taken, degrees north (WGS 84)
    longitude: Mapped[float | None]  # degrees east

    def reference(self) -> dict[str, str | int]:
        """What an answer keeps of it; time and place only where they are known, so that older answers keep their hash."""
        kept: dict[str, str | int] = {"id": self.id, "name": self.name, "type": self.type, "size": self.size}
        kept["sha256"] = self.sha256
        if self.taken_at is not None:
            kept["taken_at"] = self.taken_at.isoformat(timespec="seconds")
        if self.latitude is not None and self.longitude is not None:
            kept["place"] = (
                f"{self.latitude:.5f},{self.longitude:.5f}"  # about a metre; text, as hashes take no floats
            )
        return kept


class RecordFile(Base):
    """A record holds a file: who may see the record may read the file. A copy of the record holds it as well."""

    __tablename__ = "record_files"
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("files.id"), primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), primary_key=True)
