"""Numbers that the procedures leave to the company: limits of the authority table and tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with its first value, which an administrator and its keeper (a role) may change.

    The limits of a `share` are parts of so much, and something is left over.
    """

    key: str
    title: Any
    value: Decimal
    unit: Any
    keeper: str = ""
    share: int = 0


SURVEY_MARKS = 100  # of a satisfaction survey's items together (R45)
LIMITS = (
    Limit("purchase_order_limit", _l("采购订货单须总经理审批的金额"), Decimal(50_000), _l("元")),
    Limit("write_off_limit", _l("报损清单须财务和总经理批准的金额"), Decimal(5_000), _l("元")),
    Limit("stocktake_tolerance_percent", _l("盘存差异容许比例"), Decimal("0.5"), "%"),
    Limit(
        "survey_price_marks",
        _l("满意度调查“产品价格”满分"),
        Decimal(25),
        _l("分"),
        "quality_manager",
        SURVEY_MARKS,
    ),
    Limit(
        "survey_delivery_marks",
        _l("满意度调查“交货期”满分"),
        Decimal(25),
        _l("分"),
        "quality_manager",
        SURVEY_MARKS,
    ),
    Limit(
        "survey_use_marks",
        _l("满意度调查“产品使用”满分"),
        Decimal(25),
        _l("分"),
        "quality_manager",
        SURVEY_MARKS,
    ),
    Limit("major_incident_hours", _l("重大信息安全事故的响应时限"), Decimal(4), _l("小时")),
    Limit("serious_incident_hours", _l("较大信息安全事故的响应时限"), Decimal(8), _l("小时")),
    Limit("minor_incident_hours", _l("一般信息安全事故的响应时限"), Decimal(24), _l("小时")),
)
