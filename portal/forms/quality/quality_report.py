"""QA-02 质量检验及质量指标完成情况报告."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, Integer, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality import kpi as declared
from portal.forms.quality import quality_report_rows as rows
from portal.forms.quality.actions import ImprovementAction, follow, measures
from portal.forms.quality.archive import archived
from portal.forms.references import Attachments
from portal.lib.i18n import _l, both
from portal.queries import kpi, quality_reports
from portal.queries.months import Month

MISSED = equals("targets_reached", False)


class QualityReport(CompanyForm):
    """Reports a month's inspections and indicators, why targets were missed, and what is done about it."""

    code = "QA-02"
    name = _l("质量检验及质量指标完成情况报告")
    slug = "quality-reports"
    section = "quality_satisfaction"
    procedure = "QA-P-01#indicators"
    opened_by = ("quality_inspector", "quality_manager", "security_officer")
    covers = ("关键绩效指标(KPI)设置与分析表",)
    columns = (
        *("number", "period", "scope", "complaints_count", "returns_count", "targets_reached"),
        *("current_step", "due_at", "status"),
    )

    period = Text(_l("期间"), max=7, help=_l("写年和月，例如 2026-05；表中数字由系统按这个月的记录计算"))
    scope = Choice(_l("范围"), declared.SCOPES)
    inspection_results = Rows(
        _l("检验结果"), rows.InspectionResult, computed=True, when=equals("scope", declared.QUALITY)
    )
    indicators = Rows(
        _l("质量指标及KPI"),
        rows.Indicator,
        help=_l("所选范围的每个指标占一行，改选范围后重新列出；请逐项写明分析"),
    )
    complaints_count = Integer(_l("投诉件数"), computed=True)
    returns_count = Integer(_l("退货次数"), computed=True)
    targets_reached = YesNo(_l("指标全部达成"), computed=True)
    gaps = LongText(_l("未达成原因"), required=False, required_when=MISSED)
    actions = Rows(_l("改进措施"), ImprovementAction, required=False, required_when=MISSED)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "quality_sign",
            _l("质量部经理审核"),
            role("quality_manager"),
            meaning="checked",
            within=working_days(2),
        ),
        Step(
            "deputy_read",
            _l("主管副总经理审阅"),
            role("deputy_general_manager"),
            meaning="acknowledged",
            within=working_days(3),
        ),
        Step(
            "centre_receipt",
            _l("信息中心接收"),
            role("information_officer"),
            meaning="received",
            within=working_days(1),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Last month's report of what the writer looks after."""
        security = self.person is not None and "security_officer" in self.person.roles
        month = Month.of(self.today).back(1)
        scope = declared.SECURITY if security else declared.QUALITY
        return {
            "period": month.key,
            "scope": scope,
            "indicators": rows.indicators(scope, month, ()),
        }

    def heading(self) -> str:
        """Period and scope."""
        scope = both(declared.SCOPES.get(self.scope.data or "", ""))["zh"]
        return f"{self.period.data or ''} {scope}".strip()

    def compute(self) -> None:
        """The figures of the month, from the portal's own records."""
        super().compute()
        month = Month.read(self.period.data or "")
        if month is None or not self.scope.data or month.begin > self.now:
            return
        if self.scope.data == declared.QUALITY:
            self.inspection_results.fill(rows.inspections(month))
        self.indicators.fill(rows.indicators(self.scope.data, month, self.indicators.data))
        self.complaints_count.data = kpi.by_month(kpi.submitted("CS-51"), [month])[month.key].many
        self.returns_count.data = kpi.by_month(kpi.submitted("PU-07"), [month])[month.key].many
        self.targets_reached.data = not rows.missed(self.indicators.data)

    def check(self) -> None:
        """One report for each month and scope, of a month that has begun."""
        if self.period.blank:
            return
        month = Month.read(self.period.data or "")
        if month is None:
            self.refuse("period", _l("期间请写成四位年、短横和两位月，例如 2026-05"))
        elif month.begin > self.now:
            self.refuse("period", _l("这个月还没有开始，请填写已经开始的月份"))
        elif other := quality_reports.of_period(month.key, self.scope.data or "", self.itself):
            self.refuse("period", _l("这个月份和范围的报告已有 %(number)s，请勿重复填报"), number=other)

    @staticmethod
    @after("centre_receipt", _l("改进措施登记入纠正改进措施台帐，并生成纠正改进措施跟踪表草稿"))
    def follow_actions(record: Filed) -> Iterator[Effect]:
        """Each measure is followed to its end."""
        yield from follow(record, measures(record["actions"]))

    @staticmethod
    @after("centre_receipt", _l("登记入信息归档保管台帐"))
    def archive(record: Filed) -> Iterator[Effect]:
        """R74: the information centre keeps the report."""
        scope = both(declared.SCOPES[record["scope"]])["zh"]
        yield archived(record, "quality", f"{record['period']} {scope}")
