"""RD-20 功能测试报告."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import FINISHED, SUBMITTED, Asks, Effect, after
from portal.domain.signoff import Route, Step, either, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import product_words
from portal.forms.engineering.product_words import FIRST_SAMPLE
from portal.forms.fields import Choice, Integer, LongText, Moment, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_closed
from portal.forms.references import Attachments
from portal.lib.i18n import _l

STAGE = "function_test"
FAILED = equals("conclusion", "fail")


class FunctionTest(Sheet):
    """Something tested: how, against which limit, with which result."""

    item = Text(_l("测试项"))
    method = Text(_l("方法"))
    limit = Text(_l("标准要求"))
    result = Text(_l("结果"))
    pass_ = YesNo(_l("合格"))


class FunctionTestReport(CompanyForm):
    """Reports how a sample does what it is to do; the first sample review waits for a report that is passed (R79)."""

    code = "RD-20"
    name = _l("功能测试报告")
    slug = "function-test-reports"
    section = "product_development"
    procedure = "RD-P-01#function-test"
    opened_by = ("rd_engineer", "quality_inspector")
    columns = (
        *("number", "plan", "product", "sample_no", "sample_quantity", "test_from", "test_to"),
        *("conclusion", "current_step", "due_at", "status"),
    )

    plan = product_words.plan()
    product = product_words.product()
    sample_no = Text(_l("样品编号"), max=60)
    sample_quantity = Integer(_l("样品数量"), low=1, high=100_000)
    test_from = Moment(_l("测试开始"))
    test_to = Moment(_l("测试结束"))
    tests = Rows(_l("测试项目"), FunctionTest)
    equipment = Text(_l("测试设备"), required=False)
    conclusion = Choice(
        _l("测试结论"),
        {"pass": _l("合格"), "fail": _l("不合格")},
        help=_l("合格后才能进行首样审；不合格须修改设计后重新测试"),
    )
    failure_analysis = LongText(_l("不合格分析"), when=FAILED)
    report_file = Attachments(_l("报告附件"), required=False)

    signoff = Route(
        Step(
            "quality_approval",
            _l("品质部经理审核"),
            either(role("quality_manager"), role("general_manager")),
            meaning="checked",
            within=working_days(2),
        ),
        Step(
            "rd_read",
            _l("技术部经理确认"),
            role("rd_manager"),
            meaning="acknowledged",
            within=working_days(1),
        ),
    )

    def heading(self) -> str:
        """The product and its sample."""
        return f"{self.product.data or ''} {self.sample_no.data or ''}".strip()

    def compute(self) -> None:
        """The product as the plan calls it."""
        super().compute()
        self.product.data = product_words.product_of(self.plan.data)

    def check(self) -> None:
        """It has been tested; what is called good has passed every test."""
        refuse_closed(self, "plan", STAGE)
        moments.refuse_future(self, "test_from", "test_to")
        text = _l("测试结束不能早于测试开始")
        moments.refuse_earlier(self, "test_to", self.test_from.data, text)
        failed = [row for row in self.tests.data if row["pass"] is False]
        if self.conclusion.data == "pass" and failed:
            self.refuse("conclusion", _l("有测试项目不合格，结论不能为合格"))
        items = [row["item"] for row in self.tests.data if row["item"]]
        if len(set(items)) < len(items):
            self.refuse("tests", _l("有测试项目填写了两行，请删去一行"))

    @staticmethod
    @after(SUBMITTED, _l("“功能测试”阶段记为进行中"))
    def begin(record: Filed) -> Iterator[Effect]:
        """The test is under way."""
        yield from product_words.begun(record, STAGE)

    @staticmethod
    @after(FINISHED, _l("合格：可以进行首样审，报告存入产品档案；不合格：由设计开发人员修改设计"))
    def conclude(record: Filed) -> Iterator[Effect]:
        """R79: a passed report opens the first sample review; a failed one shuts it until a later one passes."""
        if record["conclusion"] == "pass":
            yield from product_words.passed(record, STAGE)
            yield product_words.filed(record, FunctionTestReport.name, sample_no=record["sample_no"])
            return
        yield from product_words.failed(record, STAGE, FIRST_SAMPLE)
        title = _l("功能测试不合格，修改设计后重新测试：%(product)s", product=record["product"])
        yield Asks(title, product_words.holder(record))
