"""Characteristics of products (RD-23) as those who inspect ask for them."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Product, Project
from portal.queries import technical_papers
from portal.queries.goods import opening_answers
from portal.queries.technical_papers import Paper

FORM = "RD-23"


def paper_of(product_id: int) -> Paper | None:
    """The paper in force that says what counts of a product of the catalogue."""
    found = [
        one
        for one in technical_papers.every_in_force(FORM)
        if (opening_answers(one.record_id).get("catalogue_product") or {}).get("id") == product_id
    ]
    return found[-1] if found else None


def of_product(product_id: int) -> list[dict[str, Any]]:
    """The characteristics in force of a product of the catalogue: item, requirement, class, method."""
    paper = paper_of(product_id)
    return opening_answers(paper.record_id).get("characteristics") or [] if paper else []


def of_items(item_ids: Collection[int]) -> dict[int, list[dict[str, Any]]]:
    """The characteristics in force of the products that the warehouse keeps as these items, by item."""
    if not item_ids:
        return {}
    query = sa.select(Product.id, Product.item_id).where(Product.item_id.in_(set(item_ids)))
    found = {row.item_id: of_product(row.id) for row in db.session.execute(query)}
    return {item: rows for item, rows in found.items() if rows}


def project_of(product_id: int) -> Project | None:
    """The project in which a product of the catalogue was developed, as its characteristics tell; None if they do not."""
    paper = paper_of(product_id)
    return db.session.get(Project, paper.project_id) if paper else None
