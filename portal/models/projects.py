"""The stages of projects: what is planned, and how far each has come."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import Mapped, mapped_column, relationship

from portal.models.base import Base
from portal.models.master import Project
from portal.models.people import Person
from portal.models.records import Record


class ProjectStage(Base):
    """A stage of a project, of those that `domain.projects` names for its kind.

    `after` are the keys of the stages that it waits for. `state` is open, preparing, submitted, to_be_corrected,
    refused or passed; `passed_on` is when the paper was issued, where there is one. `former` is how it stood before
    the record at hand has changed it.
    """

    __tablename__ = "project_stages"
    id: Mapped[int] = mapped_column(primary_key=True)
    project_id: Mapped[int] = mapped_column(sa.ForeignKey("projects.id"))
    key: Mapped[str]
    position: Mapped[int]
    applies: Mapped[bool] = mapped_column(default=True)
    after: Mapped[list[str]] = mapped_column(sa.JSON(), default=list)
    adjusted: Mapped[bool] = mapped_column(
        default=False
    )  # somebody has decided what applies and what it waits for
    starts_on: Mapped[date | None]
    planned_on: Mapped[date | None] = mapped_column(index=True)
    owner_id: Mapped[int | None] = mapped_column(sa.ForeignKey("people.id"))
    state: Mapped[str] = mapped_column(default="open")
    submitted_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    passed_on: Mapped[date | None]
    paper_no: Mapped[str] = mapped_column(default="")
    note: Mapped[str] = mapped_column(default="")
    record_id: Mapped[int | None] = mapped_column(sa.ForeignKey("records.id"), index=True)
    former: Mapped[dict[str, Any]] = mapped_column(default=dict)

    project: Mapped[Project] = relationship()
    owner: Mapped[Person | None] = relationship()
    record: Mapped[Record | None] = relationship()

    __table_args__ = (sa.UniqueConstraint("project_id", "key"),)
