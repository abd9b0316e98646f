"""What the forms of engineering, design and quality ask of the books: projects, acceptances, papers."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import person_key, role_key
from portal.extensions import db
from portal.models import Content, LedgerEntry, Project, Record, Signature
from portal.queries.corrected import is_corrected
from portal.queries.goods import opening_answers

VERDICT_STEP = "supervisor_check"  # the step of every acceptance form (EN-20 to EN-24) that holds the verdict


def passed(form_code: str, project_id: int) -> bool:
    """Whether an acceptance of this form has ended in the project with the verdict “pass”."""
    last_verdict = (
        sa.select(sa.func.max(Signature.id))
        .where(Signature.record_id == Record.id, Signature.step == VERDICT_STEP, Signature.act == "signed")
        .correlate(Record)
        .scalar_subquery()
    )
    query = (
        sa.select(Record.id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .join(Signature, Signature.id == last_verdict)
        .where(
            Record.form_code == form_code,
            Record.state == "finished",
            ~is_corrected(Record.id),
            Content.answers[("project", "id")].as_integer() == project_id,
            Signature.answers["verdict"].as_string() == "pass",
        )
        .limit(1)
    )
    return db.session.scalar(query) is not None


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
