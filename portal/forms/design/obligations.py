"""The obligations of the design department."""

from __future__ import annotations

from portal.domain.obligations import Obligation
from portal.forms.design import obligations_permits, obligations_websites

OBLIGATIONS: tuple[Obligation, ...] = (
    *obligations_websites.OBLIGATIONS,
    *obligations_permits.OBLIGATIONS,
)
