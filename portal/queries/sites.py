"""What the forms of construction ask of the books: what is open in a project, the schedule in force, what was moved."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Project, Record, Signature
from portal.queries import projects
from portal.queries.corrected import is_corrected
from portal.queries.goods import opening_answers

OVER = ("finished", "refused", "voided")
SCHEDULE, EXTENSION, TASK_ORDER = "EN-05", "EN-10", "EN-01"


def open_numbers(form_code: str, project_id: int | None, but: Collection[int] = ()) -> list[str]:
    """The numbers of a form's records in a project that are under way, those returned or withdrawn among them."""
    query = _of_project(form_code, project_id, but).where(Record.state.not_in(OVER))
    return list(db.session.scalars(query.with_only_columns(Record.number).order_by(Record.id)))


def finished(form_code: str, project_id: int | None, but: Collection[int] = ()) -> int:
    """How many records of a form have come to their end in a project, those corrected not counted."""
    query = _of_project(form_code, project_id, but).where(
        Record.state == "finished", ~is_corrected(Record.id)
    )
    return db.session.scalar(query.with_only_columns(sa.func.count())) or 0


def schedule(project_id: int | None) -> dict[str, Any]:
    """The stored answers of the schedule in force; nothing before one has been approved."""
    stage = projects.stage(project_id, "schedule")
    return opening_answers(stage.row.record_id) if stage and stage.passed and stage.row.record_id else {}


def task_order_open(project: Project) -> str:
    """The number of the project's task order while that is under way; nothing for one begun on paper."""
    if project.record_id is None:
        return ""
    query = sa.select(Record.number).where(Record.id == project.record_id, Record.state.not_in(OVER))
    return db.session.scalar(query) or ""


def agreed_finish(project: Project | None) -> date | None:
    """The last day that the customer has agreed to; where nobody knows it, the one that is planned."""
    if project is None:
        return None
    agreed = project.facts.get("agreed_finish")
    return date.fromisoformat(agreed) if agreed else project.finishes_on


def finish_days(project_id: int | None, itself: Collection[int] = ()) -> set[date]:
    """The days that an extension may start from: the agreed one, and what it was before the record at hand corrects
    its own."""
    agreed = agreed_finish(projects.project(project_id))
    if agreed is None:
        return set()
    days = {agreed}
    for record in itself:
        former = opening_answers(record)
        if former.get("new_finish") == agreed.isoformat() and former.get("old_finish"):
            days.add(date.fromisoformat(former["old_finish"]))
    return days


def project_of(record_id: int | None) -> int | None:
    """The id of the project that a record names; None for a paper number."""
    named = opening_answers(record_id).get("project") if record_id else None
    return named.get("id") if named else None


def signed_times(record_ids: Collection[int], step: str) -> int:
    """How often a step of these records has been signed, over all rounds."""
    query = sa.select(sa.func.count()).where(
        Signature.record_id.in_(record_ids), Signature.step == step, Signature.act == "signed"
    )
    return db.session.scalar(query) or 0


def contract_price(project_id: int | None) -> Decimal | None:
    """The contract price of a project, where it is known."""
    project = projects.project(project_id)
    text = project.facts.get("contract_price") if project else None
    return Decimal(text) if text else None


def _of_project(form_code: str, project_id: int | None, but: Collection[int]) -> sa.Select[Any]:
    return (
        sa.select(Record)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.form_code == form_code,
            Record.id.not_in(but),
            Content.answers[("project", "id")].as_integer() == project_id,
        )
    )
