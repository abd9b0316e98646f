"""工程结算台帐: the construction projects, newest first, each with its settlement."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Project
from portal.queries import settlement
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

FIGURES = (
    *("contract_price", "water_and_electricity", "added", "deducted"),
    *("payable", "paid", "balance"),
)


def book() -> Source:
    """Every construction project."""
    query = sa.select(Project.id, Project.code, Project.name.label("project"), Project.state).where(
        Project.kind == "works"
    )

    def line(row: Any) -> Cells:
        books = settlement.of(db.session.get_one(Project, row.id))
        return {**row._mapping, **{name: getattr(books, name) for name in FIGURES}}

    return Source(
        query=query,
        order=Order((Project.id,), (int,), descending=True),
        lines=lambda row: [line(row)],
        text=(Project.search_key, Project.code, Project.name),
        picked={"state": Project.state},
    )
