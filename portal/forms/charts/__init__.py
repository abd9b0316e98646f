"""The charts of the departments' front pages, each declared once: a title, what it counts, the records behind it."""

from __future__ import annotations

from portal.forms.charts.chart import Asked, Bar, Chart
from portal.forms.charts.customer_service import CUSTOMER_SERVICE
from portal.forms.charts.documents import DOCUMENT_CONTROL
from portal.forms.charts.every_department import EVERY_DEPARTMENT
from portal.forms.charts.information import INFORMATION
from portal.forms.charts.purchasing import PURCHASING
from portal.forms.charts.quality import QUALITY
from portal.forms.charts.satisfaction import SATISFACTION
from portal.forms.charts.security import SECURITY
from portal.forms.charts.warehouse import WAREHOUSE

CHARTS: dict[str, tuple[Chart, ...]] = {
    "customer_service": CUSTOMER_SERVICE,
    "purchasing": PURCHASING,
    "warehouse": WAREHOUSE,
    "quality": (*QUALITY, *SATISFACTION, *INFORMATION, *DOCUMENT_CONTROL, *SECURITY),
}


def of_department(key: str) -> tuple[Chart, ...]:
    """The charts of a department: those that all have, then its own."""
    return (*EVERY_DEPARTMENT, *CHARTS.get(key, ()))


__all__ = ["Asked", "Bar", "Chart", "of_department"]
