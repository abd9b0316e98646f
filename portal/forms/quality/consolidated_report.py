"""IC-05 信息归类分析汇总报告."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Tells, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality import periods
from portal.forms.quality.archive import archived
from portal.forms.quality.department_report import MONTHLY
from portal.forms.quality.information_words import CLASSES
from portal.forms.references import Attachments, Department, RecordLink
from portal.lib.i18n import _l, both
from portal.queries import information


class ReportLine(Sheet):
    """A department's report that was received, and how much it draws upon."""

    report = RecordLink(_l("部门报告"), "IC-04", computed=True)
    department = Department(_l("部门"), computed=True)
    items = Integer(_l("信息数"), computed=True)


class CountLine(Sheet):
    """How much information of a class there was, in this month and the last."""

    class_ = Choice(_l("类别"), CLASSES, computed=True)
    count = Integer(_l("数量"), computed=True)
    last_period = Integer(_l("上期"), computed=True)


class Representative(Stage):
    """What the management representative makes of it."""

    representative_instruction = LongText(_l("指示"), required=False)


class ConsolidatedReport(CompanyForm):
    """Puts the departments' reports of a month together for the management representative."""

    code = "IC-05"
    name = _l("信息归类分析汇总报告")
    slug = "consolidated-reports"
    section = "information_centre"
    procedure = "QA-P-01#consolidated-reports"
    opened_by = ("information_officer",)
    covers = ("信息流向分析表",)
    columns = ("number", "period", "current_step", "due_at", "status")

    period = Text(_l("期间"), max=7, help=_l("年-月，例如 2026-05；部门报告和分类统计由系统列出"))
    department_reports = Rows(_l("部门报告"), ReportLine, computed=True)
    missing_departments = Text(_l("未交报告的部门"), computed=True)
    counts = Rows(_l("分类统计"), CountLine, computed=True)
    classified_analysis = LongText(_l("归类分析"))
    flow_direction = LongText(_l("信息流向"), required=False)
    inner_relation = LongText(_l("内在联系"), required=False)
    collection_priorities = LongText(
        _l("下期收集重点"), required=False, help=_l("批准后，新开信息收集计划时会带出")
    )
    proposals = LongText(_l("建议措施"))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "centre_head",
            _l("信息中心主任审核"),
            role("information_centre_head"),
            meaning="checked",
            within=working_days(2),
        ),
        Step(
            "representative",
            _l("报管理者代表"),
            role("management_representative"),
            meaning="accepted",
            within=working_days(3),
            fills=Representative,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """The month before."""
        return {"period": information.month_before(self.today)}

    def heading(self) -> str:
        """The month."""
        return self.period.data or ""

    def compute(self) -> None:
        """What the departments have reported, who has not, and what was registered."""
        super().compute()
        period = self.period.data or ""
        known = periods.PERIOD.fullmatch(period) is not None
        reports = information.reports(period) if known else []
        received = [one for one in reports if one.state == "finished"]
        self.department_reports.fill(
            {
                "report": Ref(one.id, one.label),
                "department": Ref(one.department_id, one.department),
                "items": len(one.items),
            }
            for one in received
        )
        there = {one.department_id for one in received if one.kind == MONTHLY}
        missing = [name for id, name in information.departments() if id not in there] if known else []
        self.missing_departments.data = "、".join(missing) or None
        self.counts.fill(
            {"class": one, "count": many, "last_period": before}
            for one, many, before in (information.counts(period) if known else ())
        )

    def check(self) -> None:
        """One report a month."""
        if periods.refuse_odd(self, self.period.data):
            found = information.consolidated(self.period.data, self.itself)
            if found:
                self.refuse("period", _l("该月的汇总报告 %(number)s 已提交，请勿重复"), number=found[0])

    @staticmethod
    @after("representative", _l("登记入信息归档保管台帐；指示告知编制人"))
    def keep(record: Filed) -> Iterator[Effect]:
        """R74: what the representative has seen is kept, and what was said is heard."""
        yield archived(record, "management", f"{both(ConsolidatedReport.name)['zh']} {record['period']}")
        if record["representative_instruction"]:
            yield Tells(
                f"person:{record.applicant_id}",
                _l("管理者代表指示：%(text)s", text=record["representative_instruction"]),
            )
