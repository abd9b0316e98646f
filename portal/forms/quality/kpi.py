"""The key performance indicators: each declared once, with its parameter, sampling, calculation and what to analyse (R83)."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from portal.forms.quality.process_information import CONTROL, MEASUREMENT, PROCESS
from portal.lib.i18n import _l
from portal.queries import improvement, kpi
from portal.queries.kpi import Count, Source
from portal.queries.months import Month

QUALITY, SERVICE, SECURITY = "quality", "service_process", "information_security"
SCOPES = {QUALITY: _l("质量"), SERVICE: _l("服务流程"), SECURITY: _l("信息安全")}
SHARE, MEAN, COUNT = "share", "mean", "count"  # of a hundred; of marks; how many
READERS = ("customer_service",)  # departments, besides quality, whose work the figures tell of
TENTH = Decimal("0.1")
TREND = 12  # months that a trend shows


@dataclass(frozen=True, slots=True)
class Kpi:
    """A key performance indicator. A count is to stay at its target or below, the others are to reach it."""

    key: str
    scope: str
    title: Any
    parameter: Any  # 设置
    sampling: Any  # 取样
    calculation: Any  # 计算
    guidance: Any  # what the analysis looks at
    unit: Any
    source: Callable[[], Source]
    kind: str = SHARE

    @property
    def limit(self) -> str:
        """Its target's name among the company's limits."""
        return f"@kpi_{self.key}"

    def value(self, count: Count) -> Decimal | None:
        """The figure of what was counted; None where there is nothing to judge by."""
        if self.kind == COUNT:
            return Decimal(count.many)
        if not count.many:
            return None
        share = Decimal(str(count.total)) / count.many
        return (share * (100 if self.kind == SHARE else 1)).quantize(TENTH, ROUND_HALF_UP)

    def reaches(self, value: Decimal | None, target: Decimal) -> bool | None:
        """Whether the target is reached; None where there is nothing to judge by."""
        if value is None:
            return None
        return value <= target if self.kind == COUNT else value >= target

    def trend(self, months: Sequence[Month]) -> dict[str, Decimal | None]:
        """The figure of each of these successive months."""
        return {key: self.value(count) for key, count in kpi.by_month(self.source(), months).items()}

    def actual(self, month: Month) -> Decimal | None:
        """The figure of a month."""
        return self.trend([month])[month.key]


KPIS = (
    Kpi(
        "incoming_lot_pass",
        QUALITY,
        _l("进货批次合格率"),
        _l("采购物资一次交检的质量水平"),
        _l("当月提交的全部进货检验单"),
        _l("结论合格的检验单数÷检验单总数×100%"),
        _l("按供应商和不合格原因分析，说明对不合格供应商的处理"),
        "%",
        lambda: kpi.passed("PU-06"),
    ),
    Kpi(
        "process_pass",
        QUALITY,
        _l("过程检验合格率"),
        _l("制造过程受控的程度"),
        _l("当月的制造过程质量管理信息报送单（产品检验除外）"),
        _l("结论合格的报送单数÷报送单总数×100%"),
        _l("按车间和不合格项目分析，说明工序的改进"),
        "%",
        lambda: kpi.passed("QA-03", (PROCESS, MEASUREMENT, CONTROL)),
    ),
    Kpi(
        "supplier_returns",
        QUALITY,
        _l("退货次数"),
        _l("因质量问题退回供应商的次数"),
        _l("当月提交的退货单"),
        _l("退货单的张数"),
        _l("按供应商分析，说明是否需要重新评价"),
        _l("次"),
        lambda: kpi.submitted("PU-07"),
        COUNT,
    ),
    Kpi(
        "complaints",
        QUALITY,
        _l("投诉件数"),
        _l("顾客对产品和服务的投诉"),
        _l("当月登记的客户投诉登记表"),
        _l("登记的件数"),
        _l("按投诉对象和责任部门分析，说明重复发生的问题"),
        _l("件"),
        lambda: kpi.submitted("CS-51"),
        COUNT,
    ),
    Kpi(
        "complaints_satisfied",
        QUALITY,
        _l("投诉处理满意率"),
        _l("顾客对投诉处理结果的评价"),
        _l("当月每一次处理结果沟通"),
        _l("顾客满意的次数÷沟通总次数×100%"),
        _l("分析不满意的原因和再次处理的情况"),
        "%",
        lambda: kpi.answered_yes("CS-51", "result_confirmation", "satisfied"),
    ),
    Kpi(
        "satisfaction",
        QUALITY,
        _l("顾客满意度总分"),
        _l("年度调查得出的满意度"),
        _l("当月登记入满意度得分台帐的顾客满意度总分"),
        _l("各次调查总分的平均值"),
        _l("与上年和标准比较，分析得分低的模块"),
        _l("分"),
        lambda: kpi.marks("satisfaction", "total", "total"),
        MEAN,
    ),
    Kpi(
        "eight_d_in_time",
        QUALITY,
        _l("8D 报告按期关闭率"),
        _l("纠正预防措施推进的及时性"),
        _l("当月关闭的纠正预防8D报告"),
        _l("各步骤均按期的报告数÷关闭的报告总数×100%"),
        _l("分析逾期的步骤和责任部门"),
        "%",
        lambda: kpi.punctual("QA-15"),
    ),
    Kpi(
        "actions_effective",
        QUALITY,
        _l("改进措施有效率"),
        _l("纠正改进措施是否消除了问题"),
        _l("当月质量部的每一次验证"),
        _l("验证有效的次数÷验证总次数×100%"),
        _l("分析无效的措施，说明原因判断是否正确"),
        "%",
        lambda: kpi.answered_yes("QA-19", improvement.VERIFY, "verified_effective"),
    ),
    Kpi(
        "obligations_in_time",
        QUALITY,
        _l("定期义务按期履行率"),
        _l("程序规定的定期和条件性工作的履行"),
        _l("当月到期的全部义务"),
        _l("按期履行的项数÷到期的总项数×100%"),
        _l("按部门分析错过的义务"),
        "%",
        kpi.obligations,
    ),
    Kpi(
        "call_back_in_time",
        SERVICE,
        _l("投诉一小时内回访率"),
        _l("接到投诉后安抚客户的及时性"),
        _l("当月应回访安抚的全部投诉"),
        _l("一小时内完成回访安抚的件数÷应回访总件数×100%"),
        _l("分析超时的时段和人员安排"),
        "%",
        lambda: kpi.turns("CS-51", "call_back"),
    ),
    Kpi(
        "complaints_in_time",
        SERVICE,
        _l("投诉按期处理率"),
        _l("在处理期限内使客户得到结果"),
        _l("处理期限在当月的全部投诉"),
        _l("期限内完成结果确认的件数÷到期总件数×100%"),
        _l("按受理部门分析逾期的投诉"),
        "%",
        lambda: kpi.solved("CS-51", "cause_and_solution", "result_confirmation"),
    ),
    Kpi(
        "repairs_in_time",
        SERVICE,
        _l("报修按期处理率"),
        _l("报修从受理到关闭的及时性"),
        _l("当月关闭的报修"),
        _l("各步骤均按期的报修数÷关闭总数×100%"),
        _l("分析逾期的步骤、零件和派工情况"),
        "%",
        lambda: kpi.punctual("CS-76"),
    ),
    Kpi(
        "steps_in_time",
        SERVICE,
        _l("步骤按期签署率"),
        _l("全部流程步骤办理的及时性"),
        _l("当月到期的全部签署步骤"),
        _l("按期签署的步骤数÷到期总步骤数×100%"),
        _l("按部门和表单分析逾期的步骤"),
        "%",
        kpi.turns,
    ),
    Kpi(
        "incidents_major",
        SECURITY,
        _l("重大信息安全事件"),
        _l("影响重大的信息安全事件"),
        _l("当月报告并判定为重大的信息安全事件"),
        _l("事件的起数"),
        _l("分析原因、影响和恢复用时"),
        _l("起"),
        lambda: kpi.of_severity("IS-06", "triage", "major"),
        COUNT,
    ),
    Kpi(
        "incidents_serious",
        SECURITY,
        _l("较大信息安全事件"),
        _l("影响较大的信息安全事件"),
        _l("当月报告并判定为较大的信息安全事件"),
        _l("事件的起数"),
        _l("分析原因、影响和恢复用时"),
        _l("起"),
        lambda: kpi.of_severity("IS-06", "triage", "serious"),
        COUNT,
    ),
    Kpi(
        "incidents_minor",
        SECURITY,
        _l("一般信息安全事件"),
        _l("影响轻微的信息安全事件"),
        _l("当月报告并判定为一般的信息安全事件"),
        _l("事件的起数"),
        _l("分析重复发生的事件"),
        _l("起"),
        lambda: kpi.of_severity("IS-06", "triage", "minor"),
        COUNT,
    ),
    Kpi(
        "security_steps_in_time",
        SECURITY,
        _l("信息安全步骤按期签署率"),
        _l("信息安全流程办理的及时性"),
        _l("当月到期的信息安全表单签署步骤"),
        _l("按期签署的步骤数÷到期总步骤数×100%"),
        _l("分析逾期的步骤和责任人"),
        "%",
        lambda: kpi.turns("IS-"),
    ),
)
TITLES = {one.key: one.title for one in KPIS}
PARAMETERS = {one.key: one.parameter for one in KPIS}
SAMPLINGS = {one.key: one.sampling for one in KPIS}
CALCULATIONS = {one.key: one.calculation for one in KPIS}
KPI: Mapping[str, Kpi] = {one.key: one for one in KPIS}


def may_see(actor: Any) -> bool:
    """Whether the company's figures are for the person: of quality, customer service or management, or an auditor."""
    return bool(actor.sees_books_of("quality", *READERS))


def of_scope(scope: str) -> list[Kpi]:
    """The indicators of a scope."""
    return [one for one in KPIS if one.scope == scope]
