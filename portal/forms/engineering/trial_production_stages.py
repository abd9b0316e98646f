"""The stages of RD-25: what production made of it, what quality tested, and what the technical department concludes."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal

from portal.forms import moments
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Percent, Rows, Text, YesNo
from portal.forms.references import Person
from portal.lib.i18n import _l

PASS, REPEAT, STOP = "pass", "repeat", "stop"
HUNDREDTH = Decimal("0.01")


class TrialProblem(Sheet):
    """A problem of the trial: why it came about, what is done about it, by whom, until when."""

    problem = LongText(_l("问题"))
    cause = LongText(_l("原因"))
    measure = LongText(_l("措施"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))

    def check(self) -> None:
        """A measure lies ahead."""
        moments.refuse_past(self, "due", _l("措施的期限不能早于今天"))


class ProductionReport(Stage):
    """How many were made and how many are good."""

    made_quantity = Integer(_l("实际产量"), low=1)
    good_quantity = Integer(_l("合格数"))
    yield_rate = Percent(_l("直通率"), computed=True)
    trial_problems = Rows(_l("试产问题"), TrialProblem, required=False, help=_l("没有问题的不填"))

    def compute(self) -> None:
        """The share of those that were good."""
        super().compute()
        made, good = self.made_quantity.data, self.good_quantity.data
        rate = Decimal(good) * 100 / made if made and good is not None and good <= made else None
        self.yield_rate.data = rate.quantize(HUNDREDTH, ROUND_HALF_UP) if rate is not None else None

    def check(self) -> None:
        """The trial has been made, and no more is good than was made."""
        on = self.context.get("trial_on")
        if on and on > self.today:
            self.refuse("made_quantity", _l("试产日期未到；提前试产的请退回改期"))
        made, good = self.made_quantity.data, self.good_quantity.data
        if made is not None and good is not None and good > made:
            self.refuse("good_quantity", _l("合格数不能大于实际产量"))


class TestItem(Sheet):
    """Something tested on the products of the trial."""

    __test__ = False

    item = Text(_l("测试项"))
    limit = Text(_l("要求"))
    result = Text(_l("结果"))
    pass_ = YesNo(_l("合格"))


class QualityTest(Stage):
    """The tests of the products made."""

    test_items = Rows(_l("试产实验测试"), TestItem)
    test_verdict = Choice(_l("测试结论"), {"pass": _l("合格"), "fail": _l("不合格")})

    def check(self) -> None:
        """What is called good has passed every test."""
        failed = [row for row in self.test_items.data if row["pass"] is False]
        if self.test_verdict.data == PASS and failed:
            self.refuse("test_verdict", _l("有测试项目不合格，结论不能为合格"))


class TrialConclusion(Stage):
    """Whether the product may go on to its batch review."""

    trial_verdict = Choice(
        _l("试产结论"),
        {PASS: _l("通过"), REPEAT: _l("再次试产"), STOP: _l("停止")},
        help=_l("通过后才能进行批量审；再次试产的生成新的试产通知草稿"),
    )

    def check(self) -> None:
        """What has failed its tests does not pass."""
        if self.trial_verdict.data == PASS and self.context.get("test_verdict") == "fail":
            self.refuse("trial_verdict", _l("实验测试不合格，只能再次试产或停止"))
