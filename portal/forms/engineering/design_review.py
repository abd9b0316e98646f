"""RD-16 产品设计评审表."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import REFUSED, SUBMITTED, Effect, Opens, Tells, after
from portal.domain.signoff import Close, Route, Step, each, project_person, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import product_release, product_words
from portal.forms.engineering.design_review_stages import (
    CONDITIONAL,
    FAIL,
    PARTICIPANTS,
    DepartmentOpinion,
    SampleSignature,
    Verdict,
)
from portal.forms.engineering.product_words import BATCH, FIRST_SAMPLE, REVIEWS
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Rows, Text
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.kinds import Ref
from portal.forms.quality.actions import follow
from portal.forms.references import Attachments, Person, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _, _l
from portal.queries import new_products, projects
from portal.queries.pick import record_label

IS_FIRST_SAMPLE = equals("review_stage", FIRST_SAMPLE)
BEFORE = dict(zip(list(REVIEWS)[1:], REVIEWS, strict=False))  # the review before each
CARRIED = {FIRST_SAMPLE: ("samples",)}  # what passes with a review


class Problem(Sheet):
    """A problem that the review has found, and what is done about it."""

    problem = LongText(_l("问题"))
    measure = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))

    def check(self) -> None:
        """A measure lies ahead."""
        moments.refuse_past(self, "due", _l("措施的期限不能早于今天"))


class DesignReview(CompanyForm):
    """Holds one of the four reviews of a new product's design, with a say for each of five departments (R79)."""

    code = "RD-16"
    name = _l("产品设计评审表")
    slug = "design-reviews"
    section = "product_development"
    procedure = "RD-P-01#design-reviews"
    opened_by = ("rd_engineer",)
    covers = (
        *("产品设计评审表(初审)", "产品设计评审表(产品定型审)", "产品设计评审表(首样审)"),
        *("产品设计评审表(批量审)", "样板登记(签样)单"),
    )
    columns = (
        *("number", "review_stage", "plan", "product", "round", "review_at", "review_subject"),
        *("function_test", "any_against", "verdict", "current_step", "due_at", "status"),
    )

    review_stage = Choice(
        _l("评审阶段"),
        REVIEWS,
        help=_l(
            "按先后办理：前一次评审通过，或有条件通过且措施都已验证有效；首样审须功能测试合格，批量审须试产通过"
        ),
    )
    plan = product_words.plan()
    product = product_words.product()
    round = Integer(_l("评审轮次"), computed=True)
    review_at = Moment(_l("评审时间"))
    review_subject = Text(_l("评审对象及版本"))
    function_test = RecordLink(
        _l("功能测试报告"), "RD-20", computed=True, required=False, when=IS_FIRST_SAMPLE
    )
    trial_report = RecordLink(
        _l("试产报告"), "RD-25", computed=True, required=False, when=equals("review_stage", BATCH)
    )
    meets_requirements = LongText(_l("满足要求的能力"))
    mass_production_fit = LongText(_l("可操作性及量产化"))
    problems_found = Rows(_l("识别的问题"), Problem, required=False, help=_l("没有发现问题的不填"))
    review_files = Attachments(_l("评审资料"), required=False)

    signoff = Route(
        Step(
            PARTICIPANTS,
            _l("各部门评审意见"),
            each(
                project_person("plan", "rd_engineer"),
                role("quality_manager"),
                role("production_manager"),
                role("purchasing_manager"),
                project_person("plan", "salesperson"),
            ),
            meaning="confirmed",
            within=working_days(2),
            fills=DepartmentOpinion,
            clause="RD-P-01#review-route",
        ),
        Step(
            "sample_signature",
            _l("样板登记及签样"),
            role("quality_manager"),
            meaning="done",
            within=working_days(3),
            when=IS_FIRST_SAMPLE,
            fills=SampleSignature,
            on_refusal=Close(),
            clause="RD-P-01#samples",
        ),
        Step(
            "rd_verdict",
            _l("技术部评审结论"),
            product_words.manager(),
            meaning="checked",
            within=working_days(2),
            fills=Verdict,
            on_refusal=Close(),
            outcomes=(Close(when=equals("verdict", FAIL)),),
            clause="RD-P-01#review-route",
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=working_days(3),
            on_refusal=Close(),
            clause="RD-P-01#review-route",
        ),
    )

    def heading(self) -> str:
        """The product, which review, and the round if it is not the first."""
        title = REVIEWS.get(self.review_stage.data or "", "")
        again = f" {self.round.data}" if (self.round.data or 1) > 1 else ""
        return f"{self.product.data or ''} {title}{again}".strip()

    def compute(self) -> None:
        """The product, how often the review was repeated, and the report that it rests on."""
        super().compute()
        plan, key = self.plan.data, self.review_stage.data
        self.product.data = product_words.product_of(plan)
        refused = 0
        if plan and plan.id and key:
            refused = new_products.count(self.code, plan.id, "refused", self.itself, review_stage=key)
        self.round.data = refused + 1
        self.function_test.data = _report(plan, "function_test") if key == FIRST_SAMPLE else None
        self.trial_report.data = _report(plan, "trial_production") if key == BATCH else None

    def check(self) -> None:
        """R79: the reviews have an order, and each passes once."""
        moments.refuse_future(self, "review_at")
        plan, key = self.plan.data, self.review_stage.data
        if not (plan and plan.id and key):
            return
        refuse_closed(self, "plan", key)
        product_words.refuse_double(self, self.code, review_stage=key)
        stage = projects.stage(plan.id, key)
        if stage is not None and stage.passed and stage.row.record_id not in self.itself:
            self.refuse("review_stage", _l("该产品的“%(stage)s”已通过"), stage=REVIEWS[key])
        self._check_before(plan.id, key)

    def _check_before(self, project_id: int, key: str) -> None:
        """What the review before has made a condition is fulfilled."""
        before = projects.stage(project_id, BEFORE[key]) if key in BEFORE else None
        if before is None or before.row.record is None:
            return
        text = _l("评审时间不能早于前一次评审通过的日期")
        moments.refuse_earlier(self, "review_at", before.row.passed_on, text)
        if left := new_products.conditions(before.row.record.id):
            text = _l("%(review)s 有条件通过，须先关闭其措施：%(left)s")
            number = before.row.record.number
            self.refuse("review_stage", text, review=number, left=_("、").join(left))

    @staticmethod
    @after(SUBMITTED, _l("该评审阶段记为进行中"))
    def begin(record: Filed) -> Iterator[Effect]:
        """The review is under way."""
        yield from product_words.begun(record, record["review_stage"])

    @staticmethod
    @after(
        "gm_approval", _l("评审通过，可进行下一阶段；问题逐条跟踪；评审表存入产品档案；批量审核对输出资料")
    )
    def pass_review(record: Filed) -> Iterator[Effect]:
        """R79: the next review may be held; what was found is followed to its end."""
        key = record["review_stage"]
        yield from product_words.passed(record, key, *CARRIED.get(key, ()))
        rows = record["problems_found"] or ()
        yield from follow(
            record, [(f"{row['problem']}：{row['measure']}", row["owner"], row["due"]) for row in rows]
        )
        yield product_words.filed(
            record,
            _l("产品设计评审表(%(stage)s)", stage=REVIEWS[key]),
            sample_no=record["sample_no"] or "",
            place=record["sample_place"] or "",
        )
        if key == BATCH:
            yield from _release(record)

    @staticmethod
    @after(REFUSED, _l("评审不通过：本阶段重做，生成下一轮评审表草稿"))
    def repeat(record: Filed) -> Iterator[Effect]:
        """The stage is repeated, its next review counts one round further; a refused correction has changed nothing."""
        if record["@corrects"]:
            return
        answers = {name: record[name] for name in ("review_stage", "plan", "review_subject")}
        yield Opens("RD-16", answers, to=f"person:{record.applicant_id}")


def _report(plan: Ref | None, key: str) -> Ref | None:
    """The report with which the project has passed a stage."""
    stage = projects.stage(plan.id, key) if plan else None
    if stage is None or not stage.passed or stage.row.record is None:
        return None
    return Ref(stage.row.record.id, record_label(stage.row.record))


def _release(record: Filed) -> Iterator[Effect]:
    """The product is released once its file is complete and no condition is left; until then its manager knows why."""
    project_id, conditional = record["plan"].id, record["verdict"] == CONDITIONAL
    lacking = product_release.missing(project_id)
    yield from product_release.complete(project_id, day(record.now), passed=not conditional)
    if conditional:
        text = _l("批量审有条件通过，其措施全部验证有效后转入量产")
        yield Tells(product_words.holder(record, "rd_manager"), text)
    if lacking:
        papers = product_words.listed(product_words.OUTPUT_PAPERS[code] for code in lacking)
        text = _l("批量审已通过，产品档案尚缺：%(papers)s，补齐后转入量产", papers=papers)
        yield Tells(product_words.holder(record, "rd_manager"), text)
