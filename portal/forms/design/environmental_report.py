"""PL-33 环评报告书或环评报告表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import until
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route, Step, outside
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.fields import Choice, Day, LongText, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Attachments, Project
from portal.lib.i18n import _l

STAGE = "environment"
PRACTICE = (1, 2, 3)  # rows of the materials that practice has added
APPROVAL = _l("环评批复")


class ReportDelivery(Stage):
    """The report as the unit that made it delivers it."""

    report_file = Attachments(_l("报告文件"))
    delivered_on = Day(_l("提交日期"))

    def check(self) -> None:
        """What is delivered is there."""
        moments.refuse_future(self, "delivered_on")


class SiteCheck(Stage):
    """What the environment bureau demands after it has seen the site."""

    site_checked_on = Day(_l("查验日期"))
    environmental_requirements = LongText(_l("环保要求"))
    requirements_scan = Attachments(_l("环保要求扫描"), required=False)

    def check(self) -> None:
        """The site was looked at once the report was there."""
        moments.refuse_future(self, "site_checked_on")
        text = _l("查验日期不能早于报告提交日期")
        moments.refuse_earlier(self, "site_checked_on", self.context.get("delivered_on"), text)


class EnvironmentalResult(permits.PermitResult):
    """The bureau's decision, and its approval where it is granted."""

    papers = ("eia_approval",)

    eia_approval_no = external_papers.number(APPROVAL, when=permits.GRANTED)
    eia_approval_issuer = external_papers.issuer(APPROVAL, _l("审批局"), when=permits.GRANTED)
    eia_approval_issue_date = external_papers.issued(APPROVAL, when=permits.GRANTED)
    eia_approval_expiry_date = external_papers.expires(APPROVAL, when=permits.GRANTED)
    eia_approval_scan = external_papers.scan(APPROVAL, when=permits.GRANTED)


class EnvironmentalReport(permits.Application, CompanyForm):
    """Has the effects on the environment assessed, the site looked at, and the report approved."""

    code = "PL-33"
    name = _l("环评报告书或环评报告表")
    slug = "environmental-reports"
    section = "planning_permits"
    procedure = "PL-P-01#environment"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("环评批复/环保要求(现场查验)",)
    columns = (
        "number", "project", "report_kind", "eia_unit", "eia_qualification", "construction_unit", "location",
        "decision", "eia_approval_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    report_kind = Choice(_l("报告类型"), {"report": _l("环评报告书"), "report_form": _l("环评报告表")})
    eia_unit = Text(_l("环评单位"))
    eia_qualification = Text(_l("环评单位资质"))
    construction_unit = Text(_l("建设单位"))
    location = Text(_l("建设地点"))
    main_impacts = LongText(_l("主要环境影响"))
    public_participation = LongText(_l("公众参与情况"), required=False)
    finish_by = Day(_l("要求完成日期"))
    materials = Checklist(
        _l("报批资料"),
        (_l("环评报告书或环评报告表"), _l("项目立项文件"), _l("规划设计条件"), _l("申请报告")),
        row=Material,
    )

    signoff = Route(
        Step(
            "eia_unit_delivery",
            _l("环评单位提交"),
            outside("external_unit"),
            meaning="delivered",
            within=until("finish_by"),
            fills=ReportDelivery,
        ),
        Step(
            "site_check",
            _l("环保局现场查验"),
            outside("authority"),
            meaning="inspected",
            fills=SiteCheck,
        ),
        *permits.steps("eia_result", _l("审批局环评批复"), EnvironmentalResult),
    )

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def check(self) -> None:
        """The project is approved; there is time left; the report itself is among the materials."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_unready(self, self.materials, practice=PRACTICE)
        moments.refuse_past(self, "finish_by", _l("要求完成日期不能早于提交日期"))

    @staticmethod
    @after("eia_result", _l("环保要求和环评批复登记入外来证照批文台帐，手续进度记下办理结果"))
    def decide(record: Filed) -> Iterator[Effect]:
        """Both papers enter the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from requirements(record)
            yield from external_papers.registered(record, "eia_approval", _l("环评批复"))
        yield from permits.decided(record, STAGE, "eia_approval")


def requirements(record: Filed) -> Iterator[Effect]:
    """What the environment bureau demands, in the ledger once; it has no number but the day of the visit."""
    checked_on = record["site_checked_on"]
    number, scans = f"现场查验 {checked_on.isoformat()}", record["requirements_scan"]
    yield from external_papers.entered(record, _l("环保要求"), number, "环保局", checked_on, None, scans)
