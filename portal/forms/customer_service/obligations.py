"""The obligations of customer service."""

from __future__ import annotations

from portal.forms.customer_service import (
    obligations_complaints,
    obligations_customers,
    obligations_service,
)

OBLIGATIONS = (
    *obligations_customers.OBLIGATIONS,
    *obligations_complaints.OBLIGATIONS,
    *obligations_service.OBLIGATIONS,
)
