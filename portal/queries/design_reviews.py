"""Design reviews of new products as their book and their charts see them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import Content, Record
from portal.queries import chart_figures, improvement, opening_answers, stage_answers
from portal.queries.chart_figures import Source as Figures
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

FORM, TRIAL = "RD-16", "RD-25"
STEP = "rd_verdict"

_review, _paper = aliased(Record), aliased(Content)


def book() -> Source:
    """产品设计评审表: every review, newest first."""
    stage, product = _said("review_stage"), _said("product")
    query = (
        sa.select(
            _review.id,
            _review.number.label("record"),
            _review.state,
            _paper.answers.label("answers"),
            stage_answers.text(STEP, "verdict", of=_review).label("verdict"),
            improvement.left(_review).label("left"),
            reversed_by(_review.id).label("reversed_by"),
        )
        .join(_paper, sa.and_(_paper.record_id == _review.id, _paper.version == _review.version))
        .where(_review.form_code == FORM, _review.state != "voided")
    )
    return Source(
        query=query,
        order=Order((_review.id,), (int,), descending=True),
        lines=_line,
        text=(product, _paper.answers[("plan", "text")].as_string(), _review.number),
        at=_review.submitted_at,
        picked={"stage": stage},
    )


def verdicts(since: datetime) -> Figures:
    """The reviews that were decided, by their stage; the series is the verdict."""
    verdict = stage_answers.text(STEP, "verdict")
    query = chart_figures.submitted(FORM, since, opening_answers.text("review_stage"))
    return query.add_columns(verdict.label("series")).where(verdict.is_not(None), ~is_corrected(Record.id))


def trials(since: datetime) -> Figures:
    """The trials in the workshop that were concluded, by what was concluded."""
    query = chart_figures.submitted(TRIAL, since, stage_answers.text("rd_conclusion", "trial_verdict"))
    return query.where(~is_corrected(Record.id))


def _line(row: Any) -> list[Cells]:
    """A review; what it has found is open until it is followed to its end."""
    answers = row.answers
    found = len(answers.get("problems_found") or ())
    return [
        {
            "product": answers.get("product"),
            "stage": answers.get("review_stage"),
            "round": answers.get("round"),
            "review_at": answers.get("review_at"),
            "verdict": row.verdict,
            "open_problems": row.left if row.state == "finished" else found,
            "record": row.record,
            "reversed_by": row.reversed_by,
        }
    ]


def _said(name: str) -> Any:
    return _paper.answers[name].as_string()
