"""EN-05 施工进度计划."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from portal.domain.conditions import above
from portal.domain.deadlines import working_days
from portal.domain.effects import ChangesProject, Effect, SetsStage, after
from portal.domain.projects import PASSED
from portal.domain.signoff import Route, Step, project_person, role
from portal.forms.base import CompanyForm
from portal.forms.definition import fields
from portal.forms.drawings import Drawing
from portal.forms.engineering import site_parts
from portal.forms.engineering.schedule_picture import bars
from portal.forms.engineering.schedule_rows import (
    ACCEPTANCES,
    PAYMENTS,
    STAGES,
    Acceptance,
    Activity,
    Payment,
    refuse_disorder,
)
from portal.forms.fields import Day, Integer, LongText, Rows
from portal.forms.filed import Filed
from portal.forms.kinds import load
from portal.forms.references import Project
from portal.lib.clock import day
from portal.lib.gantt import draw
from portal.lib.i18n import _, _l
from portal.queries import projects, sites

CARRIED = ("start_on", "finish_on", "activities", "acceptance_dates", "payment_points", "trades_coordination")


class Schedule(CompanyForm):
    """Plans the works day by day; once approved, its days are the project's, until a later revision is approved."""

    code = "EN-05"
    name = _l("施工进度计划")
    slug = "schedules"
    section = "construction"
    procedure = "EN-P-01#schedule"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "planned_days", "start_on", "finish_on", "revision", "current_step", "due_at",
        "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    planned_days = Integer(_l("预定工期(天)"), computed=True, help=_l("日历天数，开工、竣工当天都计算在内"))
    start_on = Day(_l("开工日期"))
    finish_on = Day(_l("竣工日期"), help=_l("不晚于合同约定的竣工日期；要推迟的先办工程延期手续"))
    activities = Rows(_l("施工进度"), Activity)
    acceptance_dates = Rows(
        _l("验收计划"),
        Acceptance,
        help=_l("按材料进场、隐蔽、防水、中期、竣工的先后，各列一行；不办理防水验收的工程不列防水"),
    )
    payment_points = Rows(
        _l("收款节点"),
        Payment,
        required=False,
        help=_l("合计不超过合同价，增减项目在结算时另算"),
    )
    trades_coordination = LongText(_l("各工种协调说明"), required=False)
    revision = Integer(_l("版本"), computed=True, help=_l("同一工程每批准一次加一；批准前原计划继续有效"))
    revision_reason = LongText(_l("调整原因"), required=False, required_when=above("revision", 1))

    signoff = Route(
        Step(
            "supervisor_check",
            _l("监理核对"),
            project_person("project", "site_supervisor"),
            meaning="checked",
            within=working_days(1),
        ),
        Step("manager_approval", _l("工程部经理审批"), role("engineering_manager"), within=working_days(2)),
    )

    def proposal(self) -> dict[str, Any]:
        """The schedule in force to be revised, else the days of the project and the acceptances to be planned."""
        named = self.context.get("project")
        project = projects.project(named.id) if named else None
        if project and (former := sites.schedule(project.id)):
            answers = load(fields(type(self)()), former)
            return {name: answers[name] for name in CARRIED if answers.get(name) is not None}
        rows = [{"acceptance": key} for key in _acceptances(project.id if project else None)]
        days = {"start_on": project.starts_on, "finish_on": project.finishes_on} if project else {}
        return {**days, "acceptance_dates": rows}

    def compute(self) -> None:
        """Length and revision of the schedule, and the numbers of its rows."""
        super().compute()
        start, finish, project = self.start_on.data, self.finish_on.data, self.project.data
        self.planned_days.data = (finish - start).days + 1 if start and finish and finish >= start else None
        approved = sites.finished(self.code, project.id, self.itself) if project else 0
        self.revision.data = approved + 1
        for number, row in enumerate((one for one in self.activities.rows if not one.empty()), 1):
            row.no.data = number

    def check(self) -> None:
        """Days in their order, every acceptance once, no more money than the contract gives."""
        site_parts.refuse_over(self)
        site_parts.refuse_second(self, self.code)
        start, finish = self.start_on.data, self.finish_on.data
        if start and finish and finish < start:
            self.refuse("finish_on", _l("竣工日期不能早于开工日期"))
        self._check_agreed_finish()
        text = _l("验收有先后：材料进场、隐蔽、防水、中期、竣工")
        refuse_disorder(self.acceptance_dates.rows, "acceptance", ACCEPTANCES, text)
        self._check_acceptances()
        text = _l("收款有先后：首期款、中期款、尾款")
        refuse_disorder(self.payment_points.rows, "kind", PAYMENTS, text)
        self._check_payments()

    def _check_agreed_finish(self) -> None:
        """What takes longer than agreed needs the customer's word first."""
        project, finish = site_parts.project_of(self), self.finish_on.data
        known = project is not None and "agreed_finish" in project.facts
        agreed = sites.agreed_finish(project) if known else None
        if agreed and finish and finish > agreed:
            text = _l("晚于约定的竣工日期%(day)s，先办工程延期手续")
            self.refuse("finish_on", text, day=agreed)

    def _check_acceptances(self) -> None:
        """R29: those that the project goes through and has not passed yet, and no other."""
        project = site_parts.project_of(self)
        if project is None:
            return
        planned = {row.acceptance.data for row in self.acceptance_dates.rows}
        wanted = _acceptances(project.id)
        missing = [str(ACCEPTANCES[key]) for key, open_ in wanted.items() if open_ and key not in planned]
        if missing:
            self.refuse("acceptance_dates", _l("还缺：%(names)s"), names=_("、").join(missing))
        for row in self.acceptance_dates.rows:
            if row.acceptance.data and row.acceptance.data not in wanted:
                row.refuse("acceptance", _l("这个工程不办理这项验收"))

    def _check_payments(self) -> None:
        project = self.project.data
        price = sites.contract_price(project.id) if project else None
        total = sum((row["amount"] or Decimal(0) for row in self.payment_points.data), Decimal(0))
        if price is not None and total > price:
            self.refuse("payment_points", _l("合计%(total)s超过合同价%(price)s"), total=total, price=price)

    @classmethod
    def drawing(cls, answers: Mapping[str, Any], today: date) -> Drawing:
        """The schedule as bars, with what has passed by today."""
        return Drawing(
            _l("进度图"), draw(bars(answers, today), today, f"{cls.name} {answers['project'].text}")
        )

    @staticmethod
    @after("manager_approval", _l("工程的开工、竣工日期和各项验收的计划日期随之生效；旧版计划作废"))
    def put_in_force(record: Filed) -> Iterator[Effect]:
        """The stages of the project get their days; what has passed stays as it is."""
        project = record["project"].id
        days = {"starts_on": record["start_on"], "finishes_on": record["finish_on"]}
        yield ChangesProject(project, days, {"planned_days": record["planned_days"]})
        yield SetsStage(project, "schedule", {"state": PASSED, "passed_on": day(record.now)})
        for row in record["acceptance_dates"]:
            yield SetsStage(project, STAGES[row["acceptance"]], {"planned_on": row["planned_on"]})


def _acceptances(project_id: int | None) -> dict[str, bool]:
    """The acceptances that a project goes through, and whether they are still to come; all, where it is unknown."""
    project = projects.project(project_id)
    if project is None:
        return dict.fromkeys(ACCEPTANCES, True)
    stages = {one.row.key: one for one in projects.stages(project)}
    return {
        key: not stages[stage].passed
        for key, stage in STAGES.items()
        if stage in stages and stages[stage].row.applies
    }
