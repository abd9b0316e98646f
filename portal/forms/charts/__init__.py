"""The charts of the departments' front pages, each declared once: a title, what it counts, the records behind it."""

from __future__ import annotations

from portal.forms.charts.chart import Asked, Bar, Chart
from portal.forms.charts.construction import CONSTRUCTION
from portal.forms.charts.customer_service import CUSTOMER_SERVICE
from portal.forms.charts.documents import DOCUMENT_CONTROL
from portal.forms.charts.every_department import EVERY_DEPARTMENT
from portal.forms.charts.information import INFORMATION
from portal.forms.charts.permits import PERMITS
from portal.forms.charts.products import PRODUCTS
from portal.forms.charts.purchasing import PURCHASING
from portal.forms.charts.quality import QUALITY
from portal.forms.charts.satisfaction import SATISFACTION
from portal.forms.charts.security import SECURITY
from portal.forms.charts.warehouse import WAREHOUSE
from portal.forms.charts.websites import WEBSITES

GROUPS: dict[str, dict[str, tuple[Chart, ...]]] = {
    "customer_service": {"": CUSTOMER_SERVICE},
    "engineering": {"construction": CONSTRUCTION, "product_development": PRODUCTS},
    "design": {"web_design": WEBSITES, "planning_permits": PERMITS},
    "purchasing": {"": PURCHASING},
    "warehouse": {"": WAREHOUSE},
    "quality": {
        "quality_satisfaction": (*QUALITY, *SATISFACTION),
        "information_centre": INFORMATION,
        "document_control": DOCUMENT_CONTROL,
        "information_security": SECURITY,
    },
}
"""The charts of a department by section of its front page; `""` where they are few enough to stand together."""


def groups(key: str) -> dict[str, tuple[Chart, ...]]:
    """The charts of a department by section; those that all departments have come first."""
    own = GROUPS.get(key, {"": ()})
    first = next(iter(own))
    return {**own, first: (*EVERY_DEPARTMENT, *own[first])}


def of_department(key: str) -> tuple[Chart, ...]:
    """The charts of a department: those that all have, then its own."""
    return tuple(chart for group in groups(key).values() for chart in group)


__all__ = ["Asked", "Bar", "Chart", "groups", "of_department"]
