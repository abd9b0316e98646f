"""What the demo company's people write into each form: believable, and the same for the same seed."""

from __future__ import annotations

from portal.demo.stories import (
    acceptances,
    bookshop,
    building_permits,
    construction,
    customer_service,
    design,
    documents,
    engineering,
    information,
    permits,
    products,
    purchasing,
    quality,
    security,
    sites,
    stock_plans,
    suppliers,
    technical_papers,
    warehouse,
    websites,
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
    **construction.STORIES,
    **sites.STORIES,
    **acceptances.STORIES,
    **products.STORIES,
    **technical_papers.STORIES,
    **websites.STORIES,
    **permits.STORIES,
    **building_permits.STORIES,
}
