"""The obligations of the warehouse."""

from __future__ import annotations

from portal.domain.obligations import Obligation
from portal.forms.warehouse import obligations_plan

OBLIGATIONS: tuple[Obligation, ...] = (*obligations_plan.OBLIGATIONS,)
