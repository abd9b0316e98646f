"""The parts of PL-01: the table of stages, the change of the project, and how the procedures end."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from portal.domain import projects as kinds
from portal.domain.conditions import equals
from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, PairedRows, Rows, Text, YesNo
from portal.lib.i18n import _, _l
from portal.queries import projects

STAGES = kinds.PERMIT.stages
TITLES = {stage.key: stage.title for stage in STAGES}
NUMBERS = {stage.key: number for number, stage in enumerate(STAGES, 1)}


class PermitRow(Sheet):
    """One procedure of the tracker; all but its planned day follows from the project's kind."""

    no = Integer(_l("序号"), computed=True)
    stage = Text(_l("手续"), computed=True)
    form = Text(_l("表单"), computed=True)
    applies = YesNo(_l("是否办理"), computed=True)
    prerequisites = Text(_l("前置手续"), computed=True)
    authority = Text(_l("审批机关"), computed=True)
    planned_on = Day(_l("计划完成"), required=False)


class PermitRows(PairedRows):
    """The table of procedures: each has its row, planned or not."""

    @property
    def data(self) -> list[dict[str, Any]]:
        """Typed answers of every row."""
        return [row.answers() for row in self.rows]

    @data.setter
    def data(self, value: Any) -> None:
        pass

    def dump(self) -> Any:
        """Every row as JSON."""
        return [row.dump() for row in self.rows] or None

    def stand(self, every: Sequence[Mapping[str, Any]]) -> None:
        """Gives each row, by its place, what follows from the project; its planned day stays."""
        while len(self.entries) > len(every):
            self.pop_entry()
        while len(self.entries) < len(every):
            self.append_entry(every[len(self.entries)])
        for row, form in zip(every, self.rows, strict=True):
            for field in form:
                if field.short_name in row:
                    field.data = row[field.short_name]
        self.items, self.most = tuple(every), len(every)


def rows(facts: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The thirteen procedures of a project with these facts; what applies is open until its kind is known."""
    known = facts.get("project_kind") is not None
    return [
        {
            "no": number,
            "stage": str(stage.title),
            "form": stage.forms[0],
            "applies": stage.applies(facts) if known else None,
            "prerequisites": _("、").join(str(TITLES[key]) for key in waits(stage, facts)),
            "authority": str(stage.authority),
        }
        for number, stage in enumerate(STAGES, 1)
    ]


def waits(stage: kinds.StageKind, facts: Mapping[str, Any]) -> list[str]:
    """The stages before this one that a project with these facts goes through."""
    applying = {one.key for one in STAGES if one.applies(facts)}
    return [key for key in stage.waits_for(facts) if key in applying]


def refuse_disorder(
    planned: Mapping[str, date | None], asked: Mapping[str, Sheet], facts: Mapping[str, Any]
) -> None:
    """Says no beside each day asked for that lies before a procedure which must be through first, or after the next."""
    for stage in STAGES:
        for key in waits(stage, facts):
            before, mine = planned.get(key), planned.get(stage.key)
            if not before or not mine or before <= mine:
                continue
            if stage.key in asked:
                text = _l("不能早于前置手续“%(stage)s”的计划完成日期", stage=TITLES[key])
                asked[stage.key].refuse("planned_on", text)
            elif key in asked:
                text = _l("不能晚于后续手续“%(stage)s”的计划完成日期", stage=TITLES[stage.key])
                asked[key].refuse("planned_on", text)


class PlannedDay(Sheet):
    """A new planned day of a procedure."""

    stage = Choice(_l("手续"), TITLES)
    planned_on = Day(_l("计划完成"))


class ProjectChange(Stage):
    """What has changed about the project; the procedures that apply are decided anew, what was done is kept."""

    new_project_kind = Choice(_l("项目类型(变更后)"), kinds.PERMIT_KINDS)
    new_air_defence_kind = Choice(
        _l("人防建设方式(变更后)"),
        kinds.AIR_DEFENCE_KINDS,
        when=equals("new_project_kind", "not_municipal"),
    )
    new_days = Rows(_l("计划日期调整"), PlannedDay, required=False)
    change_reason = LongText(_l("变更原因"))

    def proposal(self) -> dict[str, Any]:
        """The project as it stands."""
        project = projects.opened_by(self.itself)
        facts = project.facts if project else self.context
        return {
            "new_project_kind": facts.get("project_kind"),
            "new_air_defence_kind": facts.get("air_defence_kind"),
        }

    def check(self) -> None:
        """A day is planned for procedures that apply, once each, in their order and not behind us."""
        asked: dict[str, Sheet] = {}
        stages = {stage.key: stage for stage in STAGES}
        facts = {
            "project_kind": self.new_project_kind.data,
            "air_defence_kind": self.new_air_defence_kind.data,
        }
        for row in self.new_days.rows:
            key = row.stage.data
            if key in asked:
                row.refuse("stage", _l("同一手续只填一行"))
            elif key in stages and self.new_project_kind.data and not stages[key].applies(facts):
                row.refuse("stage", _l("这类项目不办理“%(stage)s”", stage=TITLES[key]))
            asked[key] = row
            moments.refuse_earlier(row, "planned_on", self.today, _l("计划完成日期不能早于今天"))
        self._check_order(asked, facts)

    def _check_order(self, asked: Mapping[str, Sheet], facts: Mapping[str, Any]) -> None:
        project = projects.opened_by(self.itself)
        if project is not None:
            standing = {one.row.key: one.row.planned_on for one in projects.stages(project) if not one.passed}
            planned = standing | {key: row["planned_on"].data for key, row in asked.items()}
            refuse_disorder(planned, asked, {**project.facts, **facts})


class StageResult(Sheet):
    """How a procedure stood when the tracker was closed."""

    stage = Text(_l("手续"), computed=True)
    applies = YesNo(_l("是否办理"), computed=True)
    planned_on = Day(_l("计划完成"), computed=True)
    submitted_on = Day(_l("送件"), computed=True)
    issued_on = Day(_l("取得"), computed=True)
    paper_no = Text(_l("证照编号"), computed=True)
    state = Text(_l("状态"), computed=True)


class Finish(Stage):
    """All procedures are through, or the project is given up."""

    outcome = Choice(
        _l("办结方式"),
        {"completed": _l("手续全部取得"), "ended": _l("项目终止")},
        help=_l("未中标、项目取消等不再办理的，选“项目终止”"),
    )
    end_reason = LongText(_l("终止原因"), when=equals("outcome", "ended"))
    finished_on = Day(_l("办结日期"))
    results = Rows(_l("手续办理结果"), StageResult, computed=True, required=False)

    def proposal(self) -> dict[str, Any]:
        """Today."""
        return {"outcome": "completed", "finished_on": self.today}

    def compute(self) -> None:
        """The procedures as they stand now."""
        super().compute()
        project = projects.opened_by(self.itself)
        if project is not None:
            self.results.fill(_result(one) for one in projects.stages(project))

    def check(self) -> None:
        """R32, R33: nothing that applies is missing, unless the project is given up."""
        moments.refuse_future(self, "finished_on")
        project = projects.opened_by(self.itself)
        if project is None or self.outcome.data != "completed":
            return
        every = projects.stages(project)
        missing = [str(one.kind.title) for one in every if one.row.applies and not one.passed]
        if missing:
            self.refuse("outcome", _l("尚未取得：%(stages)s", stages=_("、").join(missing)))
        last = max((one.row.passed_on for one in every if one.row.passed_on), default=None)
        moments.refuse_earlier(self, "finished_on", last, _l("办结日期不能早于最后一项手续的取得日期"))


def _result(one: projects.Stage) -> dict[str, Any]:
    row = one.row
    state = kinds.STAGE_STATES[row.state] if row.applies or one.passed else _l("不办理")
    return {
        "stage": str(one.kind.title),
        "applies": row.applies,
        "planned_on": row.planned_on,
        "submitted_on": row.submitted_on,
        "issued_on": row.passed_on,
        "paper_no": row.paper_no,
        "state": str(state),
    }
