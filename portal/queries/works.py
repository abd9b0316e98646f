"""What the forms of engineering, design and quality ask of the books: stages of projects, their people, papers."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import role_key
from portal.extensions import db
from portal.models import ProjectStage, Record
from portal.queries import projects
from portal.queries.goods import opening_answers


def stages_of(record_id: int | None) -> list[ProjectStage]:
    """The stages of projects that stand as this record has left them."""
    if record_id is None:
        return []
    return list(db.session.scalars(sa.select(ProjectStage).where(ProjectStage.record_id == record_id)))


def former(row: ProjectStage) -> dict[str, Any]:
    """How a stage stood before the record at hand had changed it."""
    return {
        name: date.fromisoformat(value) if name.endswith("_on") and value else value
        for name, value in row.former.items()
    }


def holder(project_id: int | None, role: str) -> str:
    """The authority key of whoever has the role in the project; of all its holders where the project is unknown."""
    project = projects.project(project_id)
    return projects.holder(project, role) if project else role_key(role)


def origin(record_id: int | None) -> tuple[str, int] | None:
    """Form code and applicant of a record; None for a paper number."""
    if record_id is None:
        return None
    query = sa.select(Record.form_code, Record.applicant_id).where(Record.id == record_id)
    row = db.session.execute(query).one_or_none()
    return (row.form_code, row.applicant_id) if row else None


def fact(record_id: int | None, name: str) -> Any:
    """One stored opening answer of a record; None for a paper number."""
    return opening_answers(record_id).get(name) if record_id else None
