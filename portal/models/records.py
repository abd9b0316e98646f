"""Records, their content versions, drafts, links, readers and numbers."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.people import Department, Person

if TYPE_CHECKING:
    from portal.models.signatures import Signature

OPEN = ("running", "returned", "withdrawn", "stuck")


class FormVersion(Base):
    """A form as it was when records were filled in: its definition, frozen."""

    __tablename__ = "form_versions"
    id: Mapped[int] = mapped_column(primary_key=True)
    code: Mapped[str] = mapped_column(index=True)
    sha256: Mapped[str] = mapped_column(unique=True)
    frozen: Mapped[dict[str, Any]] = mapped_column("definition", deferred=True)
    created_at: Mapped[datetime]

    @property
    def definition(self) -> dict[str, Any]:
        """The form as JSON, read once for each hash that names it; do not change it."""
        if self.sha256 not in _definitions:
            _definitions[self.sha256] = self.frozen
        return _definitions[self.sha256]

    @definition.setter
    def definition(self, value: dict[str, Any]) -> None:
        self.frozen = value


_definitions: dict[str, dict[str, Any]] = {}


class NumberSeries(Base):
    """The last number drawn for a form in a year."""

    __tablename__ = "number_series"
    form_code: Mapped[str] = mapped_column(primary_key=True)
    year: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    last: Mapped[int]


class Record(Base):
    """One filled form. `state` is running, returned, withdrawn, stuck, finished or refused."""

    __tablename__ = "records"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[str] = mapped_column(unique=True)
    key: Mapped[str] = mapped_column(unique=True)  # of the submission, so that a retry is the same record
    form_code: Mapped[str]
    form_version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_versions.id"))
    applicant_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    department_id: Mapped[int] = mapped_column(sa.ForeignKey("departments.id"))
    state: Mapped[str]
    round: Mapped[int] = mapped_column(default=1)
    version: Mapped[int] = mapped_column(default=1)
    step: Mapped[str] = mapped_column(default="")
    title: Mapped[str] = mapped_column(default="")
    cells: Mapped[dict[str, Any]] = mapped_column(default=dict)  # register columns: {name: shown text}
    submitted_at: Mapped[datetime]
    due_at: Mapped[datetime | None]
    closed_at: Mapped[datetime | None]
    pdf_id: Mapped[int | None]  # of files: the print
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))  # finished, taken back

    form_version: Mapped[FormVersion] = relationship(lazy="joined", innerjoin=True)
    applicant: Mapped[Person] = relationship(foreign_keys=[applicant_id])
    department: Mapped[Department] = relationship()
    contents: Mapped[list[Content]] = relationship(order_by="Content.version")
    signatures: Mapped[list[Signature]] = relationship(order_by="Signature.id")

    __table_args__ = (
        sa.Index("ix_records_form_code_id", "form_code", "id"),
        sa.Index("ix_records_form_code_state_id", "form_code", "state", "id"),
        sa.Index("ix_records_form_code_state_closed_at", "form_code", "state", "closed_at"),
        sa.Index("ix_records_applicant_id_id", "applicant_id", "id"),
        sa.Index("ix_records_department_id_state_due_at", "department_id", "state", "due_at"),
        sa.Index("ix_records_corrects_id", "corrects_id"),
    )


class Content(Base):
    """The opening answers of a record as submitted, read by their form version; a correction makes the next."""

    __tablename__ = "contents"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"))
    version: Mapped[int]
    form_version_id: Mapped[int] = mapped_column(sa.ForeignKey("form_versions.id"))
    answers: Mapped[dict[str, Any]]
    sha256: Mapped[str]
    created_by_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    created_at: Mapped[datetime]
    reason: Mapped[str] = mapped_column(default="")

    form_version: Mapped[FormVersion] = relationship()
    created_by: Mapped[Person] = relationship()

    __table_args__ = (sa.UniqueConstraint("record_id", "version"),)


class RecordReader(Base):
    """An authority key that may read the record."""

    __tablename__ = "record_readers"
    key: Mapped[str] = mapped_column(primary_key=True)
    form_code: Mapped[str] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), primary_key=True)

    __table_args__ = (sa.Index("ix_record_readers_record_id_key_form_code", "record_id", "key", "form_code"),)


class RecordLink(Base):
    """Two records that belong together: `source` caused or names `target`."""

    __tablename__ = "record_links"
    source_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), primary_key=True)
    target_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)  # opened, named

    __table_args__ = (sa.Index("ix_record_links_target_id", "target_id"),)


class RecordSubject(Base):
    """What a record is about: a row of master data (customer, supplier, project ...) that its answers name."""

    __tablename__ = "record_subjects"
    kind: Mapped[str] = mapped_column(primary_key=True)
    row_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), primary_key=True)

    __table_args__ = (sa.Index("ix_record_subjects_record_id", "record_id"),)


class Draft(Base):
    """What somebody has typed and not submitted. `typed` holds the posted pairs word for word;

    `answers` what a former record or an effect has filled in. A draft without a person waits for
    whoever takes up its task; one with a task and a step is a half-written stage.
    """

    __tablename__ = "drafts"
    id: Mapped[int] = mapped_column(primary_key=True)
    form_code: Mapped[str]
    person_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))  # being corrected
    task_id: Mapped[int | None] = mapped_column(index=True)  # of tasks, whose stage is being filled
    source_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))  # record that opened it
    corrects_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"))  # finished, to be reversed
    key: Mapped[str] = mapped_column(unique=True)
    answers: Mapped[dict[str, Any]] = mapped_column(default=dict)
    typed: Mapped[list[Any] | None]
    title: Mapped[str] = mapped_column(default="")
    updated_at: Mapped[datetime]

    corrects: Mapped[Record | None] = relationship(foreign_keys=[corrects_id])

    __table_args__ = (sa.Index("ix_drafts_person_id_updated_at", "person_id", "updated_at"),)


class Comment(Base):
    """Something said about a record, outside its sheet."""

    __tablename__ = "comments"
    id: Mapped[int] = mapped_column(primary_key=True)
    record_id: Mapped[int] = mapped_column(sa.ForeignKey("records.id"), index=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    text: Mapped[str]
    files: Mapped[list[Any]] = mapped_column(default=list)
    at: Mapped[datetime]

    person: Mapped[Person] = relationship()


class SavedView(Base):
    """A person's own filter of a register, by name."""

    __tablename__ = "saved_views"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"))
    form_code: Mapped[str]
    name: Mapped[str]
    query: Mapped[str]

    __table_args__ = (sa.UniqueConstraint("person_id", "form_code", "name"),)


class Phrase(Base):
    """A person's own stock phrase for opinions."""

    __tablename__ = "phrases"
    id: Mapped[int] = mapped_column(primary_key=True)
    person_id: Mapped[int] = mapped_column(sa.ForeignKey("people.id"), index=True)
    text: Mapped[str]
