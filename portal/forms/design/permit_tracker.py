"""PL-01 项目前期手续进度台帐."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain import projects as kinds
from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import (
    CORRECTED,
    REFUSED,
    SUBMITTED,
    VOIDED,
    ChangesProject,
    Effect,
    SetsStage,
    Tells,
    after,
)
from portal.domain.permissions import person_key
from portal.domain.signoff import Entry, Route, Step, either, person_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.design import permit_project, permits
from portal.forms.design.permit_tracker_parts import (
    STAGES,
    Finish,
    PermitRow,
    PermitRows,
    ProjectChange,
    refuse_disorder,
    rows,
)
from portal.forms.fields import Choice, Day, Number, Text
from portal.forms.filed import Filed
from portal.forms.references import Person
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import projects, rights

OFFICER = "planning_officer"


class PermitTracker(CompanyForm):
    """Opens a project that needs permits, and follows its procedures until all are through (R32, R33)."""

    code = "PL-01"
    name = _l("项目前期手续进度台帐")
    slug = "permit-trackers"
    section = "planning_permits"
    procedure = "PL-P-01#tracker"
    opened_by = (OFFICER, "land_development_manager")
    columns = (
        "number", "project_name", "project_kind", "construction_unit", "plot", "location", "land_area",
        "finished_on", "current_step", "due_at", "status",
    )  # fmt: skip

    project_name = Text(_l("项目名称"))
    project_kind = Choice(_l("项目类型"), kinds.PERMIT_KINDS)
    construction_unit = Text(_l("建设单位"))
    plot = Text(_l("地块"))
    location = Text(_l("位置"))
    land_area = Number(_l("用地面积(m2)"))
    floor_area = Number(_l("总建筑面积(m2)"), required=False)
    air_defence_kind = Choice(
        _l("人防建设方式"), kinds.AIR_DEFENCE_KINDS, when=equals("project_kind", "not_municipal")
    )
    civil_works_start = Day(_l("计划开工日期"), required=False)
    officer = Person(_l("规划经办人"))
    stages = PermitRows(
        _l("手续进度"),
        PermitRow,
        help=_l("是否办理和前置手续由项目类型决定；只填要办理的手续的计划完成日期"),
    )

    signoff = Route(
        Step(
            "manager_check",
            _l("规划设计部审核"),
            role("planning_manager"),
            meaning="checked",
            within=working_days(2),
        ),
        Step(
            "development_read",
            _l("地产开发部确认"),
            role("land_development_manager"),
            meaning="acknowledged",
            within=working_days(2),
        ),
        Step(
            "finish",
            _l("手续办结"),
            role("planning_manager"),
            meaning="confirmed",
            fills=Finish,
            clause="PL-P-01#finish",
        ),
        entries=(
            Entry(
                "change",
                _l("项目变更"),
                either(person_in("officer"), role(OFFICER), role("planning_manager")),
                ProjectChange,
            ),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Whoever opens the tracker mostly sees to it."""
        return {"stages": rows({})}

    def compute(self) -> None:
        """The thirteen procedures; none is planned that does not apply."""
        super().compute()
        self.stages.stand(rows(self._facts()))
        for row in self.stages.rows:
            if row.applies.data is False:
                row.planned_on.clear()

    def _facts(self) -> dict[str, Any]:
        kind = self.project_kind.data
        municipal = kind != "not_municipal"
        return {
            "project_kind": kind,
            "air_defence_kind": None if municipal else self.air_defence_kind.data,
        }

    def check(self) -> None:
        """An officer sees to it, and no procedure is planned to be through before what it waits for."""
        officer = self.officer.data
        if officer and officer.id and not rights.holds(officer.id, [OFFICER], self.today):
            self.refuse("officer", _l("%(name)s不是规划设计部经办人", name=officer.text))
        permits.refuse_nothing(self, "land_area", "floor_area")
        self._check_twin()
        self._check_days()
        self._check_change()

    def _check_twin(self) -> None:
        """No other tracker follows the same project."""
        for other in projects.under_way("permit", ("preparing", "running", "held")):
            same = other.name == self.project_name.data and other.facts.get("plot") == self.plot.data
            if same and other.record_id not in self.itself:
                self.refuse("project_name", _l("同一地块的“%(project)s”已有台帐", project=other.label))

    def _check_days(self) -> None:
        """Planned days lie ahead and in their order."""
        asked = self._stage_rows()
        for row in asked.values():
            submitted = day(moments.submitted_at(self))
            moments.refuse_earlier(row, "planned_on", submitted, _l("计划完成日期不能早于提交日期"))
        refuse_disorder({key: row.planned_on.data for key, row in asked.items()}, asked, self._facts())

    def _check_change(self) -> None:
        """A correction does not undo what a change of the project has said since."""
        for field, kind in (
            (self.project_kind, kinds.PERMIT_KINDS),
            (self.air_defence_kind, kinds.AIR_DEFENCE_KINDS),
        ):
            said = self.context.get(f"new_{field.short_name}")
            if said and field.data and field.data != said:
                text = _l("项目已变更为“%(kind)s”，请照填；再有变化的，另作项目变更", kind=kind[said])
                self.refuse(field.short_name, text)
        asked = self._stage_rows()
        for moved in self.context.get("new_days") or ():
            row, said = asked[moved["stage"]], moved["planned_on"]
            if row.applies.data and row.planned_on.data != said:
                text = _l("项目变更已调整为 %(day)s，请照填；再有变化的，另作项目变更", day=said)
                row.refuse("planned_on", text)

    def _stage_rows(self) -> dict[str, Any]:
        return {stage.key: row for stage, row in zip(STAGES, self.stages.rows, strict=True)}

    @staticmethod
    @after(SUBMITTED, _l("建立报批项目，按项目类型列出应办手续和计划日期"))
    def open_project(record: Filed) -> Iterator[Effect]:
        """R32, R33: the project with the procedures of its kind."""
        yield from permit_project.opened(record)

    @staticmethod
    @after(CORRECTED, _l("按更正后的内容更新报批项目"))
    def correct_project(record: Filed) -> Iterator[Effect]:
        """The project as it is told now."""
        yield from permit_project.opened(record)

    @staticmethod
    @after("manager_check", _l("告知规划经办人可以按前置条件办理各项手续"))
    def tell_officer(record: Filed) -> Iterator[Effect]:
        """The officer begins."""
        text = _l("%(number)s：“%(project)s”的前期手续可以开始办理", number=record.number,
                  project=record["project_name"])  # fmt: skip
        yield Tells(person_key(record["officer"].id), text)

    @staticmethod
    @after("change", _l("按变更后的类型重新确定应办手续，已办手续保留"))
    def change_project(record: Filed) -> Iterator[Effect]:
        """R32, R33: what applies is decided anew; what was done or decided by hand stays."""
        project = projects.opened_by({record.id})
        if project is None:
            return
        facts = {
            "project_kind": record["new_project_kind"],
            "air_defence_kind": record["new_air_defence_kind"],
        }
        yield ChangesProject(project.id, facts=facts)
        for row in record["new_days"] or ():
            yield SetsStage(project.id, row["stage"], {"planned_on": row["planned_on"]})

    @staticmethod
    @after("finish", _l("项目记为已完成，或连同原因记为已终止；终止时在办的申请一并作废"))
    def close_project(record: Filed) -> Iterator[Effect]:
        """The project is through, or given up."""
        project = projects.opened_by({record.id})
        if project is not None:
            values: dict[str, Any] = {"state": record["outcome"], "finished_on": record["finished_on"]}
            facts = {"end_reason": record["end_reason"]} if record["outcome"] == "ended" else {}
            yield ChangesProject(project.id, values, facts)
            if record["outcome"] == "ended":
                yield from permit_project.closed(project.id, record)

    @staticmethod
    @after(VOIDED, _l("项目记为已终止，在办的申请一并作废；更正台帐的，恢复原办结状态"))
    def give_up(record: Filed) -> Iterator[Effect]:
        """A tracker that is given up leaves no project under way."""
        yield from permit_project.given_up(record)

    @staticmethod
    @after(REFUSED, _l("项目记为已终止，在办的申请一并作废；更正台帐的，恢复原办结状态"))
    def give_up_refused(record: Filed) -> Iterator[Effect]:
        """Nor does one that is refused."""
        yield from permit_project.given_up(record)
