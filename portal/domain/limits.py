"""Numbers that the procedures leave to the company: limits of the authority table and tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with its first value, which an administrator and its keeper (a role) may change.

    The limits of a `share` are parts of so much, those of each `group` together, and something is left over.
    """

    key: str
    title: Any
    value: Decimal
    unit: Any
    keeper: str = ""
    share: int = 0
    group: str = ""


def _marks(key: str, title: Any, value: int, form: str) -> Limit:
    """The full marks of one item of a satisfaction survey."""
    return Limit(key, title, Decimal(value), _l("分"), "quality_manager", SURVEY_MARKS, form)


SURVEY_MARKS = 100  # of a satisfaction survey's items together (R45)
LIMITS = (
    Limit("purchase_order_limit", _l("采购订货单须总经理审批的金额"), Decimal(50_000), _l("元")),
    Limit("write_off_limit", _l("报损清单须财务和总经理批准的金额"), Decimal(5_000), _l("元")),
    Limit("stocktake_tolerance_percent", _l("盘存差异容许比例"), Decimal("0.5"), "%"),
    _marks("survey_price_marks", _l("满意度调查“产品价格”满分"), 25, "QA-10"),
    _marks("survey_delivery_marks", _l("满意度调查“交货期”满分"), 25, "QA-10"),
    _marks("survey_use_marks", _l("满意度调查“产品使用”满分"), 25, "QA-10"),
    _marks("survey_response_marks", _l("服务满意度调查“信息反馈响应时间”满分"), 35, "QA-11"),
    _marks("survey_occurrence_marks", _l("服务满意度调查“问题出现效率”满分"), 30, "QA-11"),
    _marks("survey_quality_marks", _l("产品质量满意度调查“产品质量”满分"), 60, "QA-12"),
)
