"""What the people of the steps of CR-12 fill in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals, filled
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Choice, Day, LongText, Money, Percent, Rows, Score, Text, YesNo
from portal.forms.references import Person
from portal.lib.i18n import _l
from portal.queries import prices, rights

SALES = frozenset({"salesperson", "sales_manager"})  # roles of those who work on chances


class ValueCheck(Stage):
    """Whether the prospect is worth the work."""

    need_clear = YesNo(_l("需求明确"))
    budget_known = Choice(_l("预算"), {"enough": _l("充足"), "short": _l("不足"), "unknown": _l("未知")})
    decision_maker = Text(_l("决策人"), max=60, required=False)
    value_score = Score(_l("价值评分"), maximum=100)
    worth_following = YesNo(_l("值得跟进"), help=_l("选“否”时转入培育名单，本次登记结束"))
    nurture_reason = LongText(_l("转入培育名单的原因"), when=equals("worth_following", False))


class Allocation(Stage):
    """Who works on the prospect from now on."""

    allocated_to = Person(_l("分配给"))

    def proposal(self) -> dict[str, Any]:
        """The person who looks after the prospect so far."""
        return {"allocated_to": self.context.get("owner")}

    def check(self) -> None:
        """Chances are worked on by people of sales."""
        person = self.allocated_to.data
        if person and not rights.holds(person.id, SALES, self.today):
            self.refuse("allocated_to", _l("%(person)s不是业务人员，请分配给业务人员"), person=person.text)


class ActionRow(Sheet):
    """One thing planned, and what came of it."""

    action = Text(_l("工作"))
    planned_on = Day(_l("计划日期"))
    done_on = Day(_l("完成日期"), required=False)
    result = Text(_l("结果"), required=False, required_when=filled("done_on"))


class WorkPlan(Stage):
    """The work on the prospect: planned and carried out."""

    actions = Rows(_l("计划与执行"), ActionRow)

    def check(self) -> None:
        """What is done was done by today."""
        for row in self.actions.rows:
            if row.done_on.data and row.done_on.data > self.today:
                row.refuse("done_on", _l("完成日期不能晚于今天；尚未完成的请留空"))


class Opportunity(Stage):
    """The chance that came of it, and its outcome."""

    expected_amount = Money(_l("预计金额"), low=Decimal("0.01"))
    probability = Percent(_l("成交概率"))
    expected_close_on = Day(_l("预计成交日期"))
    outcome = Choice(
        _l("结果"),
        {"quote": _l("报价"), "won": _l("赢单"), "lost": _l("丢单")},
        help=_l("选“报价”生成报价单草稿；选“丢单”本次登记结束"),
    )
    lost_reason = Text(_l("丢单原因"), when=equals("outcome", "lost"))

    def proposal(self) -> dict[str, Any]:
        """What the wanted products cost by the price list."""
        rows = [row for row in self.context.get("interested_products") or () if row["product"]]
        known = {row["product"].id: prices.on(row["product"].id, self.today) for row in rows}
        total = sum((row["quantity"] * (known[row["product"].id] or 0) for row in rows), Decimal(0))
        return {"expected_amount": total.quantize(Decimal("0.01"))} if total else {}

    def check(self) -> None:
        """A chance that is quoted for is still ahead."""
        closes = self.expected_close_on.data
        if self.outcome.data == "quote" and closes and closes < self.today:
            self.refuse("expected_close_on", _l("准备报价的机会，预计成交日期不能早于今天"))
