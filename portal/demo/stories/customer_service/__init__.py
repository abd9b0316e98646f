"""Stories of the customer service forms: what its people write, drawn so that each reads differently."""

from __future__ import annotations

from portal.demo.stories.customer_service import (
    after_sales,
    allocation,
    case_library,
    complaints,
    contracts,
    crm,
    files,
    follow_up,
    service_desk,
    service_system,
)
from portal.demo.story import Story

STORIES: dict[str, Story] = {
    **service_system.STORIES,
    **case_library.STORIES,
    **files.STORIES,
    **contracts.STORIES,
    **allocation.STORIES,
    **follow_up.STORIES,
    **complaints.STORIES,
    **after_sales.STORIES,
    **service_desk.STORIES,
    **crm.STORIES,
}
