"""The obligations of purchasing."""

from __future__ import annotations

from portal.domain.obligations import Obligation
from portal.forms.purchasing import obligations_deliveries, obligations_reorder, obligations_suppliers

OBLIGATIONS: tuple[Obligation, ...] = (
    *obligations_deliveries.OBLIGATIONS,
    *obligations_reorder.OBLIGATIONS,
    *obligations_suppliers.OBLIGATIONS,
)
