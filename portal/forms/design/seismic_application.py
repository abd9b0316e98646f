"""PL-30 建设工程抗震设防要求申请表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, after
from portal.domain.signoff import Route, Step, applicant
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.checklists import Checklist, Material
from portal.forms.design import external_papers, permits, project_papers
from portal.forms.design.air_defence_stages import refuse_twice
from portal.forms.design.seismic_letter import STAGE
from portal.forms.fields import Choice, Integer, LongText, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Project, RecordLink
from portal.lib.i18n import _l

OPINION = _l("抗震设防要求审批意见书")


class SeismicBuilding(Sheet):
    """A building as far as an earthquake is concerned."""

    building = Text(_l("楼栋"))
    storeys = Integer(_l("层数"), low=1, high=300)
    height = Number(_l("高度(m)"), high=1000)
    area = Number(_l("面积(m2)"))
    structure = Text(_l("结构形式"))
    importance = Text(_l("重要性类别"), help=_l("例如：标准设防类（丙类）"))

    def check(self) -> None:
        """A building has a height and an area."""
        permits.refuse_nothing(self, "height", "area")


class LicenceApplication(Stage):
    """The application for an administrative licence."""

    licence_matter = Text(_l("申请许可事项"))
    licence_applicant = Text(_l("申请人及法定代表人"))
    licence_agent = Text(_l("委托代理人及电话"))
    licence_reason = LongText(_l("申请理由及依据"))


class SeismicResult(permits.PermitResult):
    """The bureau's decision, and its opinion where it is granted."""

    papers = ("seismic",)

    fortification = LongText(_l("设防要求"), required=False, when=permits.GRANTED)
    seismic_no = external_papers.number(OPINION, when=permits.GRANTED)
    seismic_issuer = external_papers.issuer(OPINION, _l("审批局"), when=permits.GRANTED)
    seismic_issue_date = external_papers.issued(OPINION, when=permits.GRANTED)
    seismic_expiry_date = external_papers.expires(OPINION, when=permits.GRANTED)
    seismic_scan = external_papers.scan(OPINION, when=permits.GRANTED)


class SeismicApplication(permits.Application, CompanyForm):
    """Applies for the opinion on the earthquakes that a project must withstand, with six materials (R33, R42)."""

    code = "PL-30"
    name = _l("建设工程抗震设防要求申请表")
    slug = "seismic-applications"
    section = "planning_permits"
    procedure = "PL-P-01#seismic"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("行政许可申请书", "抗震设防要求审批意见书")
    columns = (
        "number", "project", "construction_unit", "location", "request_letter", "conditions_kind",
        "approval_paper", "decision", "seismic_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    location = Text(_l("建设地点"))
    buildings = Rows(_l("单体"), SeismicBuilding)
    site_class = Text(_l("场地类别"), required=False, help=_l("例如：Ⅱ类"))
    request_letter = RecordLink(_l("抗震设防要求请示"), "PL-29")
    conditions_kind = Choice(
        _l("规划依据"),
        {
            "planning_and_design_conditions": _l("规划设计条件"),
            "design_requirement": _l("设计要求"),
        },
    )
    approval_paper = RecordLink(_l("备案证或核准证"), "PL-08")
    land_permit = RecordLink(_l("建设用地规划许可证"), "PL-17")
    materials = Checklist(
        _l("报批资料"),
        (
            _l("抗震设防要求请示"),
            _l("建设工程抗震设防要求申请表"),
            _l("规划设计条件或设计要求"),
            _l("备案证或核准证"),
            _l("建设用地规划许可证"),
            _l("行政许可申请书"),
        ),
        row=Material,
    )

    signoff = Route(
        Step(
            "licence_application",
            _l("行政许可申请书"),
            applicant(),  # a planning officer, so that another is left to count the materials
            meaning="filled",
            within=working_days(1),
            fills=LicenceApplication,
            clause="PL-P-01#licence-application",
        ),
        *permits.steps("seismic_result", _l("审批结果"), SeismicResult),
    )

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def check(self) -> None:
        """R33: not for municipal projects. R42: six materials, two of which may be either of two papers."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_unready(self, self.materials)
        project_papers.refuse_foreign(self)
        refuse_twice(self.buildings)

    @staticmethod
    @after("seismic_result", _l("意见书登记入外来证照批文台帐，手续进度记下办理结果"))
    def decide(record: Filed) -> Iterator[Effect]:
        """The opinion enters the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "seismic", _l("抗震设防要求审批意见书"))
        yield from permits.decided(record, STAGE, "seismic")
