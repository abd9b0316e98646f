"""PL-04 项目可行性研究报告或项目申请报告."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import until, weeks, working_days
from portal.domain.effects import Effect, after
from portal.domain.signoff import Back, Route, Step, either, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import Choice, Day, Integer, LongText, Money, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Attachments, Project
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import history

STAGE = "report"
TO_COMPILER = Back("compiler_delivery")
KINDS = {
    "feasibility_study": _l("项目可行性研究报告"),
    "project_application_report": _l("项目申请报告"),
}


class CompilerDelivery(Stage):
    """The report as its compiler delivers it; what comes again is the next version."""

    delivered_version = Integer(_l("提交版次"), computed=True)
    delivered_on = Day(_l("提交日期"))
    report_file = Attachments(_l("报告文件"))
    copies = Integer(_l("份数"), low=1, high=999)

    def compute(self) -> None:
        """Each version that was sent back makes a next one."""
        super().compute()
        record = self.context.get("@record_id")
        self.delivered_version.data = history.decided_rounds(record) + 1 if record else 1

    def check(self) -> None:
        """It is delivered after it was ordered, and is there."""
        moments.refuse_future(self, "delivered_on")
        ordered = self.context.get("contract_date")
        moments.refuse_earlier(self, "delivered_on", ordered, _l("提交日期不能早于委托日期"))


class FeasibilityReport(permits.Preparation, CompanyForm):
    """Has the report on a project compiled by a qualified unit, and takes it over."""

    code = "PL-04"
    name = _l("项目可行性研究报告或项目申请报告")
    slug = "feasibility-reports"
    section = "planning_permits"
    procedure = "PL-P-01#feasibility"
    opened_by = ("planning_officer", "land_development_manager")
    readers = permits.READERS
    columns = (
        "number", "project", "report_kind", "compiler", "compiler_qualification", "investment", "funding",
        "delivered_on", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    report_kind = Choice(_l("报告类型"), KINDS)
    compiler = Text(_l("可研编制单位"))
    compiler_qualification = Text(_l("编制单位资质"))
    contract_date = Day(_l("委托日期"), required=False)
    scale = LongText(_l("建设规模"))
    investment = Money(_l("总投资"))
    funding = Text(_l("资金来源"))
    report_version = Text(_l("版本"), help=_l("委托编制的版本，例如送审稿；每次提交另计版次"))
    finish_by = Day(_l("要求完成日期"))

    signoff = Route(
        Step(
            "compiler_delivery",
            _l("编制单位提交"),
            outside("external_unit"),
            meaning="delivered",
            within=until("finish_by"),
            fills=CompilerDelivery,
        ),
        Step(
            "planning_acceptance",
            _l("规划设计部审核"),
            role("planning_manager"),
            meaning="accepted",
            within=weeks(1),
            on_refusal=TO_COMPILER,
        ),
        Step(
            "development_acceptance",
            _l("地产开发部接收"),
            either(role("land_development_manager"), role("general_manager")),
            meaning="accepted",
            within=working_days(3),
            on_refusal=TO_COMPILER,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """What is known of the project."""
        return project_papers.known(self)

    def check(self) -> None:
        """It is ordered by now and wanted later."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_nothing(self, "investment")
        moments.refuse_future(self, "contract_date")
        moments.refuse_past(self, "finish_by", _l("要求完成日期不能早于今天"))

    @staticmethod
    @after("development_acceptance", _l("报告登记入外来证照批文台帐，手续进度记为已通过"))
    def accept(record: Filed) -> Iterator[Effect]:
        """The report is among the project's papers; the project may be asked approval for."""
        yield from external_papers.entered(
            record,
            KINDS[record["report_kind"]],
            f"{record.number} V{record['delivered_version']}",
            record["compiler"],
            record["delivered_on"],
            None,
            record["report_file"],
        )
        yield from permits.passed(record, STAGE, passed_on=day(record.now))
