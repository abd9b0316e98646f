"""The modules of the yearly customer survey, and the words for them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.lib.i18n import _l

MODULES = {
    "overall": _l("顾客整体满意度"),
    "service": _l("顾客服务满意度"),
    "product_quality": _l("顾客产品质量满意度"),
}
OWNERS = {"sales": _l("销售部"), "service": _l("服务部"), "quality": _l("质量部")}
LEDGER_MODULES = {**MODULES, "total": _l("顾客满意度总分"), "employee": _l("员工满意度")}
STANDARD = Decimal(80)
# Module, who is in charge of it, the department that answers for it, its share of 100.
USUAL = (
    ("overall", "sales", "customer_service", Decimal(40)),
    ("service", "service", "customer_service", Decimal(30)),
    ("product_quality", "quality", "quality", Decimal(30)),
)
DEPARTMENT = {module: department for module, _owner, department, _weight in USUAL}
CENT = Decimal("0.01")


def rounded(value: Decimal) -> Decimal:
    """A score to two decimals, a half up, without zeros at its end."""
    return Decimal(f"{value.quantize(CENT, ROUND_HALF_UP).normalize():f}")


def said(value: Any) -> str:
    """A score in a sentence; a dash for none."""
    return "—" if value is None else f"{value:f}"
