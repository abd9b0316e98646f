"""What the permit forms of a project ask of the books: which papers it has got, and what was said in them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from portal.domain import projects as kinds
from portal.extensions import db
from portal.models import Content, Draft, Record, Signature
from portal.queries import goods
from portal.queries.corrected import is_corrected

NAMES = ("project", "new_project")  # by which forms name the project that they are about
OVER = ("finished", "refused", "voided")


def project_of(record_id: int) -> int | None:
    """The id of the project that a record is about."""
    answers = goods.opening_answers(record_id)
    found = (answers.get(name) for name in NAMES)
    return next((one["id"] for one in found if one), None)


def latest(project_id: int, codes: Collection[str]) -> Record | None:
    """The newest finished record of these forms in a project; what a later one corrects stands no more."""
    query = _of(project_id, codes).where(Record.state == "finished", ~is_corrected(Record.id))
    found: Record | None = db.session.scalar(query.order_by(Record.id.desc()).limit(1))
    return found


def under_way(project_id: int, code: str) -> Record | None:
    """A record of the form that is not over yet in a project."""
    query = _of(project_id, (code,)).where(Record.state.not_in(OVER))
    found: Record | None = db.session.scalar(query.order_by(Record.id.desc()).limit(1))
    return found


def drafted(project_id: int, code: str) -> bool:
    """Whether a record has left a draft of the form for the project that is not submitted yet."""
    query = sa.select(Draft.id).where(
        Draft.form_code == code,
        Draft.source_id.is_not(None),
        Draft.answers[("project", "id")].as_integer() == project_id,
    )
    return db.session.scalar(query.limit(1)) is not None


def all_under_way(project_id: int) -> list[int]:
    """The records of all permit forms that are not over yet in a project."""
    codes = {code for stage in kinds.PERMIT.stages for code in stage.forms}
    query = _of(project_id, codes).where(Record.state.not_in(OVER)).with_only_columns(Record.id)
    return list(db.session.scalars(query.order_by(Record.id)))


def schemes_delivered(project_id: int) -> int:
    """How many times a design unit has delivered a scheme (PL-19) for the project, whatever became of it."""
    deliveries = (
        _of(project_id, ("PL-19",))
        .join(Signature, Signature.record_id == Record.id)
        .where(Signature.step == "design_unit_delivery", Signature.act == "signed")
        .with_only_columns(Signature.record_id, Signature.round)
        .distinct()
    )
    return db.session.scalar(sa.select(sa.func.count()).select_from(deliveries.subquery())) or 0


def said(record_id: int | None, step: str, name: str) -> Any:
    """What a record's step has answered to a field, as stored; None for a paper number and before it is signed."""
    return goods.stage_answers(record_id, step).get(name) if record_id else None


def _of(project_id: int, codes: Collection[str]) -> sa.Select[Any]:
    """Records of these forms that are about the project."""
    about = (Content.answers[(name, "id")].as_integer() == project_id for name in NAMES)
    return (
        sa.select(Record)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.form_code.in_(codes), sa.or_(*about))
    )
