"""RD-04 《新产品开发进度表》."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain import projects as kinds
from portal.domain.conditions import above
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, SetsStage, after
from portal.domain.signoff import Route, Step, every, project_person, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import product_words
from portal.forms.engineering.product_words import ROUTES, STAGES
from portal.forms.fields import Choice, Day, Integer, LongText, Rows
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Person
from portal.lib.i18n import _l
from portal.queries import new_products, projects

LAST = "mass_production"


class ScheduledStage(Sheet):
    """A stage: when it begins, when it is to be finished, who sees to it."""

    stage = Choice(_l("阶段"), STAGES)
    start = Day(_l("开始"))
    finish = Day(_l("完成"))
    owner = Person(_l("负责人"))

    def check(self) -> None:
        """It is finished after it begins."""
        if self.start.data and self.finish.data and self.finish.data < self.start.data:
            self.refuse("finish", _l("完成日期不能早于开始日期"))


class DevelopmentSchedule(CompanyForm):
    """Says when each stage of a new product is to be finished, and by whom."""

    code = "RD-04"
    name = _l("新产品开发进度表")
    slug = "development-schedules"
    section = "product_development"
    procedure = "RD-P-01#schedule"
    opened_by = ("rd_engineer", "rd_manager")
    columns = (
        *("number", "plan", "product", "route", "mass_production_on", "revision"),
        *("current_step", "due_at", "status"),
    )

    plan = product_words.plan()
    product = product_words.product()
    route = Choice(_l("开发类别"), ROUTES, computed=True)
    stages = Rows(
        _l("进度"),
        ScheduledStage,
        most=len(STAGES),
        help=_l("每个阶段一行；没有列出的阶段不排计划。批准后成为各负责人的到期待办"),
    )
    mass_production_on = Day(_l("计划量产日期"))
    revision = Integer(_l("版本"), computed=True, help=_l("同一方案每批准一次加一"))
    revision_reason = LongText(_l("调整原因"), required=False, required_when=above("revision", 1))
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "departments_agree",
            _l("相关部门会签"),
            every(
                project_person("plan", "salesperson"),
                role("production_manager"),
                role("quality_manager"),
                role("purchasing_manager"),
            ),
            meaning="confirmed",
            within=working_days(2),
        ),
        Step("rd_approval", _l("技术部经理批准"), product_words.manager(), within=working_days(2)),
    )

    def heading(self) -> str:
        """The product, and which revision of its schedule."""
        return f"{self.product.data or ''} {self.revision.data or ''}".strip()

    def compute(self) -> None:
        """Product and route as the plan has them; the revision counts what was approved before."""
        super().compute()
        plan = self.plan.data
        self.product.data = product_words.product_of(plan)
        self.route.data = product_words.fact(plan, "route")
        before = new_products.count(self.code, plan.id, "finished", self.itself) if plan and plan.id else 0
        self.revision.data = before + 1

    def check(self) -> None:
        """Each stage once, none before those that it waits for; one schedule at a time."""
        refuse_closed(self, "plan", "plan")
        product_words.refuse_double(self, self.code)
        moments.refuse_past(self, "mass_production_on", _l("计划量产日期不能早于今天"))
        self._check_order()
        self._check_end()

    def _check_order(self) -> None:
        rows = {row.stage.data: row for row in self.stages.rows if row.stage.data}
        if len(rows) < sum(1 for row in self.stages.rows if row.stage.data):
            self.refuse("stages", _l("每个阶段只能排一行，请删去重复的行"))
        for key, row in rows.items():
            for before in _all_before(key):
                earlier = rows[before].finish.data if before in rows else None
                if earlier and row.finish.data and row.finish.data < earlier:
                    row.refuse("finish", _l("不能早于“%(stage)s”的完成日期", stage=STAGES[before]))

    def _check_end(self) -> None:
        end = self.mass_production_on.data
        for row in self.stages.rows:
            finish = row.finish.data
            if not (end and finish):
                continue
            if row.stage.data == LAST and finish != end:
                self.refuse("mass_production_on", _l("须与进度中“量产”的完成日期一致"))
            elif finish > end:
                row.refuse("finish", _l("不能晚于计划量产日期"))

    @staticmethod
    @after("rd_approval", _l("各阶段按计划日期成为负责人的待办；未列出的阶段不再有计划日期"))
    def schedule(record: Filed) -> Iterator[Effect]:
        """Every stage gets its dates and its owner; what this revision leaves out and has not passed has none."""
        project_id, rows = record["plan"].id, {row["stage"]: row for row in record["stages"]}
        found = projects.project(project_id)
        for one in projects.stages(found) if found else ():
            key = one.row.key
            if row := rows.get(key):
                values = {
                    "starts_on": row["start"],
                    "planned_on": row["finish"],
                    "owner_id": row["owner"].id,
                }
                yield SetsStage(project_id, key, values)
            elif key == LAST:
                yield SetsStage(project_id, key, {"planned_on": record["mass_production_on"]})
            elif not one.passed and one.row.planned_on is not None:
                yield SetsStage(project_id, key, {"starts_on": None, "planned_on": None, "owner_id": None})


def _all_before(key: str) -> list[str]:
    """The stages that a stage waits for, directly or by others; the nearest first."""
    found = _direct(key)
    for one in found:
        found += [earlier for earlier in _direct(one) if earlier not in found]
    return found


def _direct(key: str) -> list[str]:
    return [wait.key for wait in kinds.STAGES["product", key].after]
