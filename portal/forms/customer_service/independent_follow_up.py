"""CS-28 客户独立跟进登记表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Updates, after
from portal.domain.signoff import Close, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Day, LongText, Moment, Money, Number, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Person
from portal.lib.clock import day, months_later
from portal.lib.i18n import _l
from portal.queries import customers, follow_ups

MONTHS = 2  # R11: so long without a word from sales
CONTINUES = equals("sales_continues", True)
OWES = _l("该客户仍欠公司货款，不能由客服部独立跟进，由业务部门继续跟进")


class FinanceConfirm(Stage):
    """Finance's word that nothing is owed."""

    no_arrears = YesNo(_l("确认无欠款"))

    def check(self) -> None:
        """R12: also looks at what has come up since the form was submitted."""
        customer = self.context.get("customer")
        found = follow_ups.contact(customer.id) if customer else None
        if self.no_arrears.data is False:
            self.refuse("no_arrears", _l("客户仍有欠款的，请选择拒绝，由业务部门继续跟进"))
        elif found and found.arrears > 0:
            self.refuse("no_arrears", OWES)


class SalesInformed(Stage):
    """Whether the sales department leaves the customer to customer service."""

    sales_continues = YesNo(_l("业务部门继续跟进"), help=_l("选“是”的，本登记终止，客户仍由业务部门跟进"))
    sales_reason = LongText(_l("业务部门意见"), when=CONTINUES)


class VisitRecord(Stage):
    """The first visit that customer service pays by itself."""

    visited_on = Moment(_l("拜访日期"))
    visit_way = Choice(
        _l("拜访方式"), {"visit": _l("上门拜访"), "telephone": _l("电话"), "wechat": _l("微信")}
    )
    person_met = Text(_l("会见人"))
    topics = LongText(_l("拜访内容"))
    visit_result = LongText(_l("拜访结果"))
    next_visit_on = Day(_l("下次拜访日期"), required=False)

    def check(self) -> None:
        """A visit has been paid; the next one follows."""
        moments.refuse_future(self, "visited_on")
        asked_on = day(moments.submitted_at(self))
        moments.refuse_earlier(self, "visited_on", asked_on, _l("拜访日期不能早于本登记提交的日期"))
        moments.refuse_earlier(
            self, "next_visit_on", self.visited_on.data, _l("下次拜访日期不能早于本次拜访")
        )


class IndependentFollowUp(CompanyForm):
    """Lets customer service follow up a customer whom sales has left alone for more than two months."""

    code = "CS-28"
    name = _l("客户独立跟进登记表")
    slug = "independent-follow-ups"
    section = "follow_up"
    procedure = "CS-P-03#independent"
    opened_by = ("customer_service_officer",)
    covers = ("客户拜访记录",)
    columns = (
        *("number", "customer", "last_sales_follow_up", "months_without", "arrears", "handed_to_sales"),
        *("officer", "sales_continues", "visit_way", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    last_sales_follow_up = Day(_l("业务部门最近跟进日期"), computed=True)
    months_without = Number(_l("未跟进月数"), computed=True)
    arrears = Money(_l("当前欠款"), computed=True)
    handed_to_sales = YesNo(_l("是否已交由业务部门跟进"))
    officer = Person(_l("跟进客服专员"))
    reason = LongText(_l("申请理由"))
    plan = LongText(_l("跟进计划"))

    signoff = Route(
        Step(
            "finance_confirm",
            _l("财务确认无欠款"),
            role("finance_supervisor"),
            meaning="confirmed",
            within=working_days(1),
            fills=FinanceConfirm,
            on_refusal=Close(),
        ),
        Step(
            "sales_informed",
            _l("业务部门知悉"),
            role("sales_manager"),
            meaning="acknowledged",
            within=working_days(2),
            fills=SalesInformed,
            on_refusal=Close(),
            outcomes=(Close(when=CONTINUES),),
            clause="CS-P-03#with-sales",
        ),
        Step(
            "supervisor_approve",
            _l("客服主管批准"),
            role("customer_service_supervisor"),
            within=working_days(1),
            on_refusal=Close(),
        ),
        Step(
            "visit_record",
            _l("客户拜访记录"),
            role("customer_service_officer"),
            meaning="filled",
            within=weeks(2),
            fills=VisitRecord,
        ),
    )

    def compute(self) -> None:
        """What the books say of the customer today."""
        super().compute()
        found = follow_ups.contact(self.customer.data.id) if self.customer.data else None
        spoken = found.last_sales_follow_up if found else None
        if found and self.context.get("@corrects"):  # what was finished is put right, not asked for again
            spoken = moments.day_told(self, self.customer.data.id, "last_sales_follow_up") or spoken
        self.last_sales_follow_up.data = spoken
        self.months_without.data = _months(spoken, self._today()) if spoken else None
        self.arrears.data = found.arrears if found else None

    def check(self) -> None:
        """R11, R12: three tests, each with its own sentence."""
        spoken, owed = self.last_sales_follow_up.data, self.arrears.data
        if self.customer.data and spoken is None:
            self.refuse(
                "last_sales_follow_up",
                _l("业务部门还没有该客户的跟进记录，无法确认超过 2 个月未跟进，请先与业务部门核实"),
            )
        elif spoken and months_later(spoken, MONTHS) >= self._today():
            self.refuse(
                "last_sales_follow_up",
                _l("业务部门 %(day)s 跟进过该客户，未超过 2 个月，客服部不能独立跟进"),
                day=spoken,
            )
        if owed and owed > 0:
            self.refuse("arrears", OWES)
        if self.handed_to_sales.data:
            self.refuse("handed_to_sales", _l("已交由业务部门跟进的客户，由业务部门继续跟进"))
        who = self.officer.data
        if who and not customers.works_in(who.id, "customer_service"):
            self.refuse("officer", _l("请选择客户服务部的人员"))

    def _today(self) -> date:
        """The day on which it was first submitted."""
        return day(moments.submitted_at(self))

    @staticmethod
    @after("supervisor_approve", _l("客户资料库：改由客户服务部跟进"))
    def take_over(record: Filed) -> Iterator[Effect]:
        """From this day on customer service follows the customer up."""
        yield Updates("customer", record["customer"].id, {"follow_up_by": "customer_service"})


def _months(since: date, until: date) -> Decimal:
    """Whole calendar months from a day to another, and the part of the next one, to a tenth."""
    whole = 0
    while months_later(since, whole + 1) <= until:
        whole += 1
    begun, ends = months_later(since, whole), months_later(since, whole + 1)
    part = Decimal((until - begun).days) / (ends - begun).days
    return whole + part.quantize(Decimal("0.1"), rounding="ROUND_DOWN")
