"""Numbers that the procedures leave to the company: limits of the authority table and tolerances."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _l


@dataclass(frozen=True, slots=True)
class Limit:
    """A number with its first value, which an administrator and its keeper (a role) may change.

    `note` says what happens below, at and above it. The limits of a `share` are parts of so much, those of each
    `group` together, and something is left over.
    """

    key: str
    title: Any
    value: Decimal
    unit: Any
    keeper: str = ""
    share: int = 0
    group: str = ""
    note: Any = ""


def _marks(key: str, title: Any, value: int, form: str) -> Limit:
    """The full marks of one item of a satisfaction survey."""
    return Limit(key, title, Decimal(value), _l("分"), "quality_manager", SURVEY_MARKS, form)


TARGETS = (  # what each key performance indicator is to reach, by its key
    ("incoming_lot_pass", _l("指标目标：进货批次合格率"), 95, "%"),
    ("process_pass", _l("指标目标：过程检验合格率"), 98, "%"),
    ("supplier_returns", _l("指标目标：每月退货次数不超过"), 3, _l("次")),
    ("complaints", _l("指标目标：每月投诉件数不超过"), 5, _l("件")),
    ("complaints_satisfied", _l("指标目标：投诉处理满意率"), 90, "%"),
    ("satisfaction", _l("指标目标：顾客满意度总分"), 85, _l("分")),
    ("eight_d_in_time", _l("指标目标：8D 报告按期关闭率"), 90, "%"),
    ("actions_effective", _l("指标目标：改进措施有效率"), 90, "%"),
    ("obligations_in_time", _l("指标目标：定期义务按期履行率"), 95, "%"),
    ("call_back_in_time", _l("指标目标：投诉一小时内回访率"), 100, "%"),
    ("complaints_in_time", _l("指标目标：投诉按期处理率"), 95, "%"),
    ("repairs_in_time", _l("指标目标：报修按期处理率"), 95, "%"),
    ("steps_in_time", _l("指标目标：步骤按期签署率"), 95, "%"),
    ("incidents_major", _l("指标目标：每月重大信息安全事件不超过"), 0, _l("起")),
    ("incidents_serious", _l("指标目标：每月较大信息安全事件不超过"), 1, _l("起")),
    ("incidents_minor", _l("指标目标：每月一般信息安全事件不超过"), 5, _l("起")),
    ("security_steps_in_time", _l("指标目标：信息安全步骤按期签署率"), 95, "%"),
)
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
        "water_test_hours",
        _l("闭水试验的最短时间"),
        Decimal(24),
        _l("小时"),
        "engineering_manager",
        note=_l("闭水试验不短于它，防水验收才可以判为合格。"),
    ),
    Limit("major_incident_hours", _l("重大信息安全事故的响应时限"), Decimal(4), _l("小时")),
    Limit("serious_incident_hours", _l("较大信息安全事故的响应时限"), Decimal(8), _l("小时")),
    Limit("minor_incident_hours", _l("一般信息安全事故的响应时限"), Decimal(24), _l("小时")),
    *(
        Limit(f"kpi_{key}", title, Decimal(value), unit, "quality_manager")
        for key, title, value, unit in TARGETS
    ),
    _marks("survey_price_marks", _l("满意度调查“产品价格”满分"), 25, "QA-10"),
    _marks("survey_delivery_marks", _l("满意度调查“交货期”满分"), 25, "QA-10"),
    _marks("survey_use_marks", _l("满意度调查“产品使用”满分"), 25, "QA-10"),
    _marks("survey_response_marks", _l("服务满意度调查“信息反馈响应时间”满分"), 35, "QA-11"),
    _marks("survey_occurrence_marks", _l("服务满意度调查“问题出现效率”满分"), 30, "QA-11"),
    _marks("survey_quality_marks", _l("产品质量满意度调查“产品质量”满分"), 60, "QA-12"),
)
