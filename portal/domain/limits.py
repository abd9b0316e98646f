"""Numbers that the procedures leave to the company: limits of the authority table and tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with its first value, which an administrator and its keeper (a role) may change.

    `note` says what happens below, at and above it. The limits of a `share` are parts of so much, and something is left over.
    """

    key: str
    title: Any
    value: Decimal
    unit: Any
    keeper: str = ""
    share: int = 0
    note: Any = ""


SURVEY_MARKS = 100  # of a satisfaction survey's items together (R45)
LIMITS = (
    Limit(
        "purchase_order_limit",
        _l("采购订货单须总经理审批的金额"),
        Decimal(50_000),
        _l("元"),
        note=_l("订单金额不超过它，由采购部经理审批；超过它，另须总经理审批。"),
    ),
    Limit(
        "write_off_limit",
        _l("报损清单须财务和总经理批准的金额"),
        Decimal(5_000),
        _l("元"),
        note=_l("报损金额不超过它，仓库主管审核即可；超过它，另须财务主管和总经理批准，批准后才登记出库。"),
    ),
    Limit(
        "stocktake_tolerance_percent",
        _l("盘存差异容许比例"),
        Decimal("0.5"),
        "%",
        note=_l("首次盘点的差异不超过帐面数量的这个比例，可以审核为合格；超过的须退回重新盘点。"),
    ),
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
)
