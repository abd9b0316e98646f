"""What the forms of product development ask of the books: papers of a project, verdicts, its product file."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, LedgerEntry, Record
from portal.models.records import OPEN
from portal.queries import improvement, stage_answers
from portal.queries.corrected import is_corrected
from portal.queries.technical_papers import FILE

CONDITIONAL = "conditional_pass"
VERDICT = stage_answers.text("rd_verdict", "verdict")


def count(code: str, project_id: int, state: str, but: Collection[int] = (), **said: str) -> int:
    """How many records of a form with this plan ended so, still count, and say this in their opening section."""
    query = _papers(sa.func.count(), code, project_id, but, said)
    return db.session.scalar(query.where(Record.state == state, ~is_corrected(Record.id))) or 0


def under_way(code: str, project_id: int, but: Collection[int] = (), **said: str) -> str:
    """The number of a record of a form with this plan that is not over; nothing if there is none."""
    query = _papers(Record.number, code, project_id, but, said).where(Record.state.in_(OPEN))
    return db.session.scalar(query.order_by(Record.id).limit(1)) or ""


def verdict(record_id: int | None) -> str:
    """What a design review has decided; nothing for one that the portal does not know."""
    return db.session.scalar(sa.select(VERDICT).where(Record.id == record_id)) or "" if record_id else ""


def conditions(review_id: int | None) -> list[str]:
    """The measures of a design review that passed with a condition which have not been found effective yet."""
    if review_id is None or verdict(review_id) != CONDITIONAL:
        return []
    return improvement.unfinished(review_id)


def in_file(project_id: int, codes: Collection[str]) -> set[str]:
    """Those of these forms of which the product file holds a paper in force."""
    facts = LedgerEntry.facts
    query = sa.select(facts["document"].as_string()).where(
        *(LedgerEntry.ledger == FILE, facts["project_id"].as_integer() == project_id),
        *(facts["document"].as_string().in_(list(codes)), facts["state"].as_string() == "effective"),
        ~is_corrected(LedgerEntry.record_id),
    )
    return set(db.session.scalars(query))


def _papers(
    column: Any, code: str, project_id: int, but: Collection[int], said: dict[str, str]
) -> sa.Select[Any]:
    return (
        sa.select(column)
        .select_from(Record)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == code, Record.id.not_in(list(but))),
            Content.answers[("plan", "id")].as_integer() == project_id,
            *(Content.answers[name].as_string() == value for name, value in said.items()),
        )
    )
