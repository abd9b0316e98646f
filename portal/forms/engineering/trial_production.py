"""RD-25 新产品试产通知及试产报告."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.deadlines import days, weeks, working_days
from portal.domain.effects import FINISHED, SUBMITTED, Effect, Opens, Tells, after
from portal.domain.signoff import Route, Step, project_person, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.checklists import Checklist, Done
from portal.forms.engineering import product_words
from portal.forms.engineering.product_words import (
    ASSEMBLY,
    BATCH,
    BOM,
    INSTRUCTION,
    OUTPUT_PAPERS,
    PAINTING,
    PROCESS_CARD,
)
from portal.forms.engineering.trial_production_stages import (
    PASS,
    REPEAT,
    STOP,
    ProductionReport,
    QualityTest,
    TrialConclusion,
)
from portal.forms.fields import Day, Integer, LongText, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.quality.actions import follow
from portal.lib.i18n import _l

STAGE = "trial_production"
PAPERS = (BOM, PROCESS_CARD, PAINTING, ASSEMBLY, INSTRUCTION)


class TrialProduction(CompanyForm):
    """Announces a trial of a new product in the workshop, reports what came of it, and decides whether it is good."""

    code = "RD-25"
    name = _l("新产品试产通知及试产报告")
    slug = "trial-productions"
    section = "product_development"
    procedure = "RD-P-01#trial-production"
    opened_by = ("rd_engineer", "production_manager")
    covers = ("新产品试产通知/试产报告", "试产实验测试报告")
    columns = (
        *("number", "plan", "product", "trial_quantity", "trial_on", "materials_ready", "yield_rate"),
        *("test_verdict", "trial_verdict", "current_step", "due_at", "status"),
    )

    plan = product_words.plan()
    product = product_words.product()
    trial_quantity = Integer(_l("试产数量"), low=1, high=1_000_000)
    trial_on = Day(_l("试产日期"))
    purpose = LongText(_l("试产目的"))
    documents_ready = Checklist(
        _l("技术文件"),
        tuple(OUTPUT_PAPERS[code] for code in PAPERS),
        row=Done,
        help=_l("已完成的填写日期；该产品不需要或尚缺的在说明中写明"),
    )
    materials_ready = YesNo(_l("物料到位"))

    signoff = Route(
        Step(
            "production_report",
            _l("生产部试产报告"),
            role("production_manager"),
            meaning="filled",
            within=days(3, since="trial_on"),
            fills=ProductionReport,
        ),
        Step(
            "quality_test",
            _l("品质部实验测试"),
            project_person("plan", "quality_inspector"),
            meaning="inspected",
            within=weeks(1),
            fills=QualityTest,
            clause="RD-P-01#trial-test",
        ),
        Step(
            "quality_approval",
            _l("品质部经理审核"),
            role("quality_manager"),
            meaning="checked",
            within=working_days(2),
            clause="RD-P-01#trial-test",
        ),
        Step(
            "rd_conclusion",
            _l("技术部结论"),
            product_words.manager(),
            within=working_days(2),
            fills=TrialConclusion,
            clause="RD-P-01#trial-test",
        ),
    )

    def heading(self) -> str:
        """The product, and when it is tried."""
        return f"{self.product.data or ''} {self.trial_on.data or ''}".strip()

    def compute(self) -> None:
        """The product as the plan calls it."""
        super().compute()
        self.product.data = product_words.product_of(self.plan.data)

    def check(self) -> None:
        """It is announced in advance, once at a time; every paper is there since a day, or it is said why not."""
        refuse_closed(self, "plan", STAGE)
        product_words.refuse_double(self, self.code)
        moments.refuse_past(self, "trial_on", _l("试产日期不能早于通知日期"))
        for row in self.documents_ready.rows:
            moments.refuse_future(row, "done_on")
            if row.done.data and row.done_on.blank:
                row.refuse("done_on", _l("请填写完成日期"))
            elif row.done.data is False and not row.done_on.blank:
                row.refuse("done_on", _l("尚未完成的不填日期"))
            elif row.done.data is False and row.remark.blank:
                row.refuse("remark", _l("请说明不需要，或何时补齐"))

    @staticmethod
    @after(SUBMITTED, _l("“试产”阶段记为进行中"))
    def begin(record: Filed) -> Iterator[Effect]:
        """The trial is under way."""
        yield from product_words.begun(record, STAGE)

    @staticmethod
    @after(
        FINISHED, _l("通过：可以进行批量审，报告存入产品档案；再次试产：生成新的试产通知草稿；问题逐条跟踪")
    )
    def conclude(record: Filed) -> Iterator[Effect]:
        """R79: a passed trial opens the batch review; another is repeated or stopped."""
        verdict = record["trial_verdict"]
        if verdict != STOP:
            rows = record["trial_problems"] or ()
            yield from follow(
                record, [(f"{row['problem']}：{row['measure']}", row["owner"], row["due"]) for row in rows]
            )
        if verdict == PASS:
            yield from product_words.passed(record, STAGE)
            yield product_words.filed(record, TrialProduction.name)
            return
        yield from product_words.failed(record, STAGE, BATCH)
        if verdict == REPEAT:
            answers = {name: record[name] for name in ("plan", "trial_quantity", "purpose")}
            yield Opens("RD-25", answers, to=f"person:{record.applicant_id}")
        else:
            text = _l("试产结论为停止：%(product)s", product=record["product"])
            yield Tells(product_words.holder(record), text)
            yield Tells("role:general_manager", text)
