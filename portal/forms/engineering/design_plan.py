"""RD-05 设计计划."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.domain.conditions import any_row
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import FINISHED, SUBMITTED, Effect, SetsStage, after
from portal.domain.signoff import Back, Route, Step, project_person
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.engineering import product_words
from portal.forms.engineering.product_words import REVIEWS
from portal.forms.fields import Choice, Day, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Person
from portal.lib.i18n import _l
from portal.queries import projects

DESIGN = "design"


class TeamMember(Sheet):
    """Who designs what."""

    person_ = Person(_l("人员"))
    task = Text(_l("分工"))


class DesignStage(Sheet):
    """A part of the design work, and what comes out of it."""

    stage = Text(_l("阶段"), max=60)
    start = Day(_l("开始"))
    finish = Day(_l("完成"))
    output = Text(_l("输出"))

    def check(self) -> None:
        """It is finished after it begins."""
        if self.start.data and self.finish.data and self.finish.data < self.start.data:
            self.refuse("finish", _l("完成日期不能早于开始日期"))


class PlannedReview(Sheet):
    """When a review is to be held, and who comes."""

    review = Choice(_l("评审"), REVIEWS)
    planned_on = Day(_l("计划日期"))
    people = Text(_l("参加人员"))


class Verified(Sheet):
    """A requirement, how it was verified, and whether the design meets it."""

    requirement = Text(_l("输入要求"))
    way = Choice(
        _l("验证方式"),
        {
            "calculation": _l("计算"),
            "comparison": _l("对比"),
            "test": _l("试验"),
            "review": _l("评审"),
        },
    )
    result = Text(_l("结果"))
    met = YesNo(_l("满足"))


class InputVerification(Stage):
    """The proof that the design answers to what was asked for."""

    verification = Rows(
        _l("验证情况"), Verified, help=_l("逐条验证设计输入要求；有一条不满足，签署后即退回修改设计计划")
    )

    def proposal(self) -> dict[str, Any]:
        """A row for each line of what was asked for."""
        asked = (self.context.get("design_input") or "").splitlines()
        return {"verification": [{"requirement": line.strip()[:200]} for line in asked if line.strip()]}


class DesignPlan(CompanyForm):
    """Plans the design of a new product and its four reviews, and verifies it against what was asked for."""

    code = "RD-05"
    name = _l("设计计划")
    slug = "design-plans"
    section = "product_development"
    procedure = "RD-P-01#design-plan"
    opened_by = ("rd_engineer",)
    covers = ("设计和开发输入验证记录",)
    columns = ("number", "plan", "product", "current_step", "due_at", "status")

    plan = product_words.plan()
    product = product_words.product()
    design_team = Rows(_l("设计人员及分工"), TeamMember)
    design_stages = Rows(_l("设计阶段"), DesignStage)
    reviews = Rows(
        _l("评审安排"),
        PlannedReview,
        at_least=len(REVIEWS),
        most=len(REVIEWS),
        help=_l("四次评审各一行，按先后排列；批准后成为评审的计划日期，替代进度表中的日期"),
    )
    design_input = LongText(_l("设计输入要求"), help=_l("一条要求写一行，验证时逐条列出"))
    standards = LongText(_l("适用标准"), required=False)
    interfaces = LongText(_l("部门接口"), required=False)

    signoff = Route(
        Step("rd_approval", _l("技术部经理批准"), product_words.manager(), within=working_days(2)),
        Step(
            "input_verification",
            _l("设计输入验证"),
            project_person("plan", "rd_engineer"),
            meaning="done",
            within=weeks(1),
            fills=InputVerification,
            outcomes=(Back(when=any_row("verification", "met", "equals", False)),),
            clause="RD-P-01#input-verification",
        ),
    )

    def heading(self) -> str:
        """The product."""
        return self.product.data or ""

    def compute(self) -> None:
        """The product as the plan calls it."""
        super().compute()
        self.product.data = product_words.product_of(self.plan.data)

    def check(self) -> None:
        """R79: the four reviews stand in their order, and what was not held yet lies ahead."""
        refuse_closed(self, "plan", DESIGN)
        product_words.refuse_double(self, self.code)
        plan = self.plan.data
        planned = {row.review.data: row for row in self.reviews.rows if row.review.data}
        if len(self.reviews.rows) == len(REVIEWS) and len(planned) < len(REVIEWS):
            self.refuse("reviews", _l("四次评审须各排一行，请改正重复或缺少的评审"))
        earlier: date | None = None
        for key in REVIEWS:
            row = planned.get(key)
            if row is None or row.planned_on.data is None:
                continue
            if not projects.passed(plan.id if plan else None, key):
                moments.refuse_past(row, "planned_on", _l("评审的计划日期不能早于今天"))
            if earlier and row.planned_on.data < earlier:
                row.refuse("planned_on", _l("不能早于前一次评审的日期"))
            earlier = row.planned_on.data

    @staticmethod
    @after(SUBMITTED, _l("“设计”阶段记为进行中"))
    def begin(record: Filed) -> Iterator[Effect]:
        """The design is under way."""
        yield from product_words.begun(record, DESIGN)

    @staticmethod
    @after("rd_approval", _l("四次评审按计划日期成为设计开发人员的待办"))
    def plan_reviews(record: Filed) -> Iterator[Effect]:
        """R79: each review is held at the day planned for it."""
        for row in record["reviews"]:
            yield SetsStage(record["plan"].id, row["review"], {"planned_on": row["planned_on"]})

    @staticmethod
    @after(FINISHED, _l("“设计”阶段通过；验证记录存入产品档案"))
    def verified(record: Filed) -> Iterator[Effect]:
        """What was asked for is met."""
        yield from product_words.passed(record, DESIGN)
        yield product_words.filed(record, _l("设计和开发输入验证记录"))
