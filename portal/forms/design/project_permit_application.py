"""PL-35 《建设工程规划许可证》申请表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.effects import Effect, after
from portal.domain.signoff import Route
from portal.forms.base import CompanyForm, Sheet
from portal.forms.checklists import Checklist, Material
from portal.forms.design import area_totals, external_papers, permits, project_papers
from portal.forms.design.air_defence_stages import refuse_twice
from portal.forms.fields import Integer, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Attachments, Project, RecordLink
from portal.lib.i18n import _l

STAGE = "project_permit"
PRACTICE = (4, 5, 6, 7)  # rows of the materials that practice has added
PERMIT = _l("建设工程规划许可证")


class PermitBuilding(Sheet):
    """A building that is to be permitted."""

    building = Text(_l("楼栋"))
    storeys = Integer(_l("层数"), low=1, high=300)
    height = Number(_l("高度(m)"), high=1000)
    area = Number(_l("面积(m2)"))
    use = Text(_l("用途"))

    def check(self) -> None:
        """A building has a height and an area."""
        permits.refuse_nothing(self, "height", "area")


class ProjectPermitResult(permits.PermitResult):
    """The bureau's decision, and the permit where it is granted."""

    papers = ("project_permit",)

    project_permit_no = external_papers.number(PERMIT, when=permits.GRANTED)
    project_permit_issuer = external_papers.issuer(PERMIT, _l("规划局"), when=permits.GRANTED)
    project_permit_issue_date = external_papers.issued(PERMIT, when=permits.GRANTED)
    project_permit_expiry_date = external_papers.expires(PERMIT, when=permits.GRANTED)
    project_permit_scan = external_papers.scan(PERMIT, when=permits.GRANTED)


class ProjectPermitApplication(permits.Application, CompanyForm):
    """Applies for the permit to build, once land, scheme, air defence, seismic and environment papers are there."""

    code = "PL-35"
    name = _l("建设工程规划许可证申请表")
    slug = "project-permit-applications"
    section = "planning_permits"
    procedure = "PL-P-01#project-permit"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("建设工程规划许可证",)
    columns = (
        "number", "project", "construction_unit", "design_unit", "location", "floor_area", "land_permit",
        "decision", "project_permit_issue_date", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    construction_unit = Text(_l("建设单位"))
    design_unit = Text(_l("设计单位"))
    location = Text(_l("建设地点"))
    buildings = Rows(_l("单体"), PermitBuilding)
    floor_area = Number(_l("总建筑面积(m2)"), computed=True, help=_l("各单体面积之和，须与明细表一致"))
    land_permit = RecordLink(_l("用地规划许可证"), "PL-17")
    land_papers = RecordLink(_l("土地手续"), "PL-02")
    stamped_drawings = RecordLink(_l("盖章图纸"), "PL-26", help=_l("选择登记了盖章图纸的明细表"))
    construction_drawings = Attachments(_l("建筑平立剖施工图"))
    materials = Checklist(
        _l("报批资料"),
        (
            _l("《建设工程规划许可证》申请表"),
            _l("用地规划许可证和土地手续"),
            _l("建设项目总平图、建筑平立剖图(设计章、节能章、注册章)"),
            _l("建筑平立剖施工图"),
            _l("方案审核意见单"),
            _l("人防意见书"),
            _l("抗震审批意见书"),
            _l("环评批复"),
        ),
        row=Material,
    )

    signoff = Route(*permits.steps("project_permit_result", _l("规划局办理结果"), ProjectPermitResult))

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def compute(self) -> None:
        """The areas of all buildings together."""
        super().compute()
        areas = [row.area.data for row in self.buildings.rows if row.area.data is not None]
        self.floor_area.data = sum(areas, Decimal()) if areas else None

    def check(self) -> None:
        """The stages before have passed; the areas are those of the schedule with the stamped drawings."""
        refuse_closed(self, "project", STAGE)
        permits.refuse_second(self, self.code)
        permits.refuse_unready(self, self.materials, practice=PRACTICE)
        project_papers.refuse_foreign(self)
        refuse_twice(self.buildings)
        area_totals.refuse_other(self, "floor_area", self.stamped_drawings.data, "total_area")

    @staticmethod
    @after("project_permit_result", _l("许可证登记入外来证照批文台帐，手续进度记下办理结果"))
    def decide(record: Filed) -> Iterator[Effect]:
        """The permit enters the ledger; the tracker's row follows every decision."""
        if record["decision"] == "granted":
            yield from external_papers.registered(record, "project_permit", _l("建设工程规划许可证"))
        yield from permits.decided(record, STAGE, "project_permit")
