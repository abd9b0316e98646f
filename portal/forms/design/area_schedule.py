"""PL-26 总建筑面积、建筑层数、首层建筑面积、基础埋深明细表."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.signoff import Back, Route, Step, every, outside, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.design import permits, project_papers
from portal.forms.design.air_defence_stages import refuse_twice
from portal.forms.fields import Choice, Integer, Number, Rows, Text, YesNo
from portal.forms.gates import refuse_left_out
from portal.forms.references import Attachments, Project
from portal.lib.i18n import _l

STAGE = "project_permit"
STAMPS = ("design_stamp", "energy_stamp", "registration_stamp")


class BuildingAreas(Sheet):
    """Areas, storeys and depth of one building."""

    building = Text(_l("楼栋"))
    total_area = Number(_l("总建筑面积(m2)"))
    storeys = Integer(_l("建筑层数"), low=1, high=300)
    ground_area = Number(_l("首层建筑面积(m2)"))
    depth = Number(_l("基础埋深(m)"), high=200)

    def check(self) -> None:
        """The ground floor is a part of the building."""
        permits.refuse_nothing(self, "total_area", "ground_area")
        ground, whole = self.ground_area.data, self.total_area.data
        if ground is not None and whole is not None and ground > whole:
            self.refuse("ground_area", _l("首层建筑面积不能大于总建筑面积"))


class StampedDrawing(Sheet):
    """A drawing with its three stamps (R38)."""

    kind = Choice(
        _l("图纸"),
        {
            "master_plan": _l("建设项目总平图"),
            "plan": _l("建筑平面图"),
            "elevation": _l("建筑立面图"),
            "section": _l("建筑剖面图"),
        },
    )
    no = Text(_l("图号"), max=60)
    version = Text(_l("版本"), max=40)
    design_stamp = YesNo(_l("设计章"))
    energy_stamp = YesNo(_l("节能章"))
    registration_stamp = YesNo(_l("注册章"))
    copies = Integer(_l("份数"), low=1, high=999)
    used_for = Choice(
        _l("用于"),
        {
            "air_defence": _l("人防"),
            "seismic": _l("抗震"),
            "planning_permit": _l("建设工程规划许可证"),
        },
    )

    def check(self) -> None:
        """R38: design, energy and registration stamps are all there."""
        for name in STAMPS:
            if self[name].data is False:
                self.refuse(name, _l("三章齐全才能登记；缺章的，请退回设计单位补盖"))


class DesignUnitSeal(Stage):
    """The design unit's seal on the schedule."""

    design_unit_sealed = YesNo(_l("设计单位公章"))


class CompanySeal(Stage):
    """The company's seal on the schedule."""

    company_sealed = YesNo(_l("建设单位公章"))


class StampedDrawings(Stage):
    """The drawings that go with the schedule, as they were stamped."""

    drawings = Rows(_l("盖章图纸"), StampedDrawing)

    def check(self) -> None:
        """One row for each drawing and use."""
        seen: set[tuple[Any, ...]] = set()
        for row in self.drawings.rows:
            drawing = (row.no.data, row.version.data, row.used_for.data)
            if drawing in seen:
                row.refuse("no", _l("这张图纸填写了两行，请合并"))
            seen.add(drawing)


class AreaSchedule(CompanyForm):
    """Lists the areas, storeys and depths of all buildings under two seals, with the stamped drawings (R37, R38)."""

    code = "PL-26"
    name = _l("总建筑面积、建筑层数、首层建筑面积、基础埋深明细表")
    slug = "area-schedules"
    section = "planning_permits"
    procedure = "PL-P-01#area-schedule"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    covers = ("总平图、建筑平立剖图盖章登记表",)
    columns = (
        "number", "project", "design_unit", "construction_unit", "sum_area", "drawing_version", "copies",
        "design_unit_sealed", "company_sealed", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    design_unit = Text(_l("设计单位"))
    construction_unit = Text(_l("建设单位"))
    buildings = Rows(_l("明细"), BuildingAreas)
    sum_area = Number(_l("总建筑面积合计(m2)"), computed=True)
    drawing_version = Text(_l("依据图纸版本"))
    copies = Integer(_l("份数"), default=1, help=_l("明细表一份，盖设计单位和建设单位两章"))
    schedule_file = Attachments(_l("明细表扫描"), required=False)

    signoff = Route(
        Step(
            "design_unit_seal",
            _l("设计单位盖章"),
            outside("external_unit"),
            meaning="sealed",
            within=weeks(1),
            fills=DesignUnitSeal,
            outcomes=(Back(when=equals("design_unit_sealed", False)),),
        ),
        Step(
            "company_seal",
            _l("建设单位用印"),
            every(role("planning_manager"), role("land_development_manager")),
            meaning="sealed",
            within=working_days(1),
            fills=CompanySeal,
            outcomes=(Back(when=equals("company_sealed", False)),),
        ),
        Step(
            "stamped_drawings",
            _l("盖章图纸登记"),
            role(permits.PLANNING),
            meaning="entered",
            within=working_days(2),
            fills=StampedDrawings,
            on_refusal=Back("design_unit_seal"),
            clause="PL-P-01#stamped-drawings",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def compute(self) -> None:
        """The areas of all buildings together."""
        super().compute()
        areas = [row.total_area.data for row in self.buildings.rows if row.total_area.data is not None]
        self.sum_area.data = sum(areas, Decimal()) if areas else None

    def check(self) -> None:
        """R37: one copy; each building stands there once."""
        refuse_left_out(self, "project", STAGE)
        refuse_twice(self.buildings)
        if self.copies.data not in (None, 1):
            self.refuse("copies", _l("明细表为一份"))
