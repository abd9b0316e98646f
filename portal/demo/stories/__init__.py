"""What the demo company's people write into each form: believable, and the same for the same seed."""

from __future__ import annotations

from portal.demo.stories import (
    bookshop,
    customer_service,
    design,
    documents,
    engineering,
    information,
    purchasing,
    quality,
    security,
    stock_plans,
    suppliers,
    warehouse,
)
from portal.demo.story import Story

STORIES: dict[str, Story] = {
    **customer_service.STORIES,
    **engineering.STORIES,
    **design.STORIES,
    **purchasing.STORIES,
    **warehouse.STORIES,
    **quality.STORIES,
    **documents.STORIES,
    **security.STORIES,
    **information.STORIES,
    **suppliers.STORIES,
    **stock_plans.STORIES,
    **bookshop.STORIES,
}
