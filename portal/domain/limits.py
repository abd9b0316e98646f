"""Numbers that the procedures leave to the company: limits of the authority table and tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Limit:
    """A number that an administrator may change, with its first value."""

    key: str
    title: Any
    value: Decimal
    unit: Any


LIMITS = (
    Limit("purchase_order_limit", _l("采购订货单须总经理审批的金额"), Decimal(50_000), _l("元")),
    Limit("write_off_limit", _l("报损清单须财务和总经理批准的金额"), Decimal(5_000), _l("元")),
    Limit("stocktake_tolerance_percent", _l("盘存差异容许比例"), Decimal("0.5"), "%"),
)
