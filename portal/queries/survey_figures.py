"""Figures of the surveys for charts, each with the records behind it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from decimal import Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, LedgerEntry, Record, Signature
from portal.models.records import OPEN
from portal.queries import chart_figures
from portal.queries.actors import Actor
from portal.queries.chart_figures import Source
from portal.queries.corrected import is_corrected
from portal.queries.surveys import ANSWER, LEDGER, PLAN
from portal.queries.visible import visible_to


def surveys_by_year() -> Source:
    """Finished yearly surveys by year."""
    return _finished(PLAN)


def employee_answers() -> Source:
    """Answers of employees by year, each with its total."""
    total = sa.cast(Content.answers["total_score"].as_string(), sa.Float).label("value")
    return _finished("QA-16", total)


def _finished(code: str, *more: Any) -> Source:
    year = sa.cast(Content.answers["year"].as_integer(), sa.String)
    return (
        sa.select(Record.id.label("record_id"), year.label("part"), *more)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(Record.form_code == code, Record.state == "finished", ~is_corrected(Record.id))
    )


def scores(seen_by: Actor | None) -> dict[tuple[int, str], Decimal]:
    """The means of customers' modules, and their total, by year and module; the latest survey of a year counts."""
    query = (
        sa.select(LedgerEntry.facts)
        .join(Record, Record.id == LedgerEntry.record_id)
        .where(LedgerEntry.ledger == LEDGER, ~is_corrected(LedgerEntry.record_id))
        .order_by(LedgerEntry.id)
    )
    if seen_by is not None:
        query = visible_to(query, seen_by)
    found: dict[tuple[int, str], Decimal] = {}
    for facts in db.session.scalars(query):
        score = facts["total"] if facts["module"] == "total" else facts["mean"]
        if score is not None:
            found[facts["year"], facts["module"]] = Decimal(score)
    return found


def employee_means(seen_by: Actor | None) -> list[Any]:
    """The average total of the employees' answers of each year."""
    return chart_figures.averages(employee_answers(), seen_by)


def returns(codes: Sequence[str], since: datetime) -> Source:
    """Questionnaires sent since a moment by form; the series says whether the customer has answered."""
    answered = (
        sa.exists()
        .where(Signature.record_id == Record.id, Signature.step == ANSWER, Signature.act == "signed")
        .correlate(Record)
    )
    series = sa.case((answered, "answered"), else_="outstanding").label("series")
    return sa.select(Record.id.label("record_id"), Record.form_code.label("part"), series).where(
        *(Record.form_code.in_(codes), Record.submitted_at >= since),
        *(Record.state.in_((*OPEN, "finished")), ~is_corrected(Record.id)),
    )


def items(names: Mapping[str, Sequence[str]], since: datetime) -> Source:
    """Marks that customers gave since a moment: a row for each item and questionnaire; `names` are the items by form."""
    every = [
        chart_figures.ratings(code, since, ANSWER, items).where(
            Record.state.in_((*OPEN, "finished")), ~is_corrected(Record.id)
        )
        for code, items in names.items()
    ]
    rows = sa.union_all(*every).subquery()
    return sa.select(Record.id.label("record_id"), rows.c.part, rows.c.value).join(
        rows, rows.c.record_id == Record.id
    )
