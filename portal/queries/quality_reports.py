"""The monthly quality reports (QA-02): whether there is one of a period, and the indicators that they hold."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Person, Record
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

REPORT = "QA-02"


def of_period(period: str, scope: str, but: Collection[int] = ()) -> str:
    """The number of another report of this period and scope; nothing if there is none."""
    query = (
        sa.select(Record.number)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == REPORT, Record.state.not_in(("refused", "voided"))),
            *(Record.id.not_in(list(but)), ~is_corrected(Record.id)),
            Content.answers["period"].as_string() == period,
            Content.answers["scope"].as_string() == scope,
        )
        .limit(1)
    )
    return db.session.scalar(query) or ""


def indicators() -> Source:
    """关键绩效指标(KPI)设置与分析表: each indicator of each finished report, newest report first."""
    scope = Content.answers["scope"].as_string()
    query = (
        sa.select(
            Record.id,
            Record.closed_at,
            Content.answers,
            Record.number.label("record"),
            Person.name.label("reported_by"),
            reversed_by(Record.id).label("reversed_by"),
        )
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .join(Person, Person.id == Record.applicant_id)
        .where(Record.form_code == REPORT, Record.state == "finished")
    )

    def lines(row: Any) -> list[Cells]:
        known = {
            "period": row.answers.get("period"),
            "scope": row.answers.get("scope"),
            "record": row.record,
            "reported_by": row.reported_by,
            "reversed_by": row.reversed_by,
        }
        return [{**known, **one} for one in row.answers.get("indicators") or ()]

    return Source(
        query=query,
        order=Order((Record.id,), (int,), descending=True),
        lines=lines,
        text=(Record.number, Content.answers["period"].as_string()),
        at=Record.closed_at,
        picked={"scope": scope},
    )
