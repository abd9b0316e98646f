"""The texts of controlled documents: their revisions, the pictures in them, who has read them."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.files import StoredFile
from portal.models.master import ControlledDocument
from portal.models.people import Department, Person
from portal.models.records import Record


class DocumentRevision(Base):
    """One revision of a document, from its draft on; once released, nothing in it changes any more.

    `code` is the document's number with the revision's, `PU-P-01/1.1`. A new document has no row in the list of
    controlled documents until it is released. Where the review stands follows from its `release` (DC-01), so that
    the two cannot disagree: see `domain.documents.state_of`. `reading` is none, acknowledge or before_use; `readers`
    are ids of departments, none for everybody. `bound` is what its clauses had bound to them when it was released:
    the forms by clause, and the version of each form.
    """

    __tablename__ = "document_revisions"
    id: Mapped[int] = mapped_column(primary_key=True)
    document_id: Mapped[int | None] = mapped_column(sa.ForeignKey("controlled_documents.id"), index=True)
    document_no: Mapped[str] = mapped_column(index=True)
    number: Mapped[str]
    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    name_en: Mapped[str] = mapped_column(default="")
    search_key: Mapped[str] = mapped_column(default="")
    kind: Mapped[str]
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id"))
    summary_en: Mapped[str] = mapped_column(default="")
    text: Mapped[str] = mapped_column(deferred=True)  # of no use to lists
    change: Mapped[str] = mapped_column(default="")
    readers: Mapped[list[int]] = mapped_column(sa.JSON(), default=list)
    reading: Mapped[str] = mapped_column(default="acknowledge")
    review_months: Mapped[int] = mapped_column(default=12)
    author_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    request_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))
    release_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"), index=True)
    created_at: Mapped[datetime]
    saved_at: Mapped[datetime]
    version: Mapped[int] = mapped_column(
        default=1
    )  # of the draft: whoever saves says which one they have seen
    released_at: Mapped[datetime | None]
    released_by_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    effective_on: Mapped[date | None]
    sha256: Mapped[str] = mapped_column(default="")  # of what was released
    bound: Mapped[dict[str, Any]] = mapped_column(default=dict, deferred=True)  # of no use to lists
    commit: Mapped[str] = mapped_column(default="")  # in the history that can be cloned

    document: Mapped[ControlledDocument | None] = relationship()
    department: Mapped[Department] = relationship()
    author: Mapped[Person] = relationship(foreign_keys=[author_id])
    released_by: Mapped[Person | None] = relationship(foreign_keys=[released_by_id])
    request: Mapped[Record | None] = relationship(foreign_keys=[request_id])
    release: Mapped[Record | None] = relationship(foreign_keys=[release_id])

    def named(self, language: str) -> str:
        """Its title in a language; one without an English title has its Chinese one."""
        return self.name_en if language == "en" and self.name_en else self.name

    @property
    def label(self) -> str:
        """Title with number and revision, as pickers show it."""
        return f"{self.name} {self.code}"


class RevisionFile(Base):
    """A picture that the text of a revision shows, by the name that the text gives it."""

    __tablename__ = "document_revision_files"
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("document_revisions.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True)
    file_id: Mapped[int] = mapped_column(sa.ForeignKey("files.id"))

    file: Mapped[StoredFile] = relationship()


class DocumentReading(Base):
    """Somebody has read a revision and says so, or was reminded to."""

    __tablename__ = "document_readings"
    revision_id: Mapped[int] = mapped_column(sa.ForeignKey("document_revisions.id"), primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), primary_key=True)
    read_at: Mapped[datetime | None]
    reminded_at: Mapped[datetime | None]
