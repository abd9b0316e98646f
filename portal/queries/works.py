"""What the forms of engineering, design and quality ask of the books: stages of projects, their people, papers."""

from __future__ import annotations

from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import person_key, role_key
from portal.extensions import db
from portal.models import LedgerEntry, Project, ProjectStage, Record
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
    """The authority key of the project's person for a role; else of everyone who holds the role."""
    project = db.session.get(Project, project_id) if project_id else None
    person = project.people.get(role) if project else None
    return person_key(person) if person else role_key(role)


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


def paper_registered(record_id: int, number: str) -> bool:
    """Whether the record has already entered this paper in the ledger of external papers."""
    query = (
        sa.select(LedgerEntry.id)
        .where(
            LedgerEntry.ledger == "external_papers",
            LedgerEntry.record_id == record_id,
            LedgerEntry.facts["number"].as_string() == number,
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None
