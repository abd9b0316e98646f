"""CS-25 超过一周未订货客户登记表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import all_of, equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Money, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Person
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import follow_ups

WEEK = timedelta(days=7)
REACHED = equals("reached", True)


class PhoneVisit(Stage):
    """A call: whether the customer was reached, and why nothing is ordered."""

    called_at = Moment(_l("拜访时间"))
    reached = YesNo(_l("是否接通"), help=_l("未接通的，本条登记保持待办，请在一周内再次拨打"))
    person_spoken = Text(_l("接听人"), when=REACHED)
    no_order_reason = Choice(
        _l("未订货原因"),
        {
            "has_stock": _l("库存充足"),
            "price": _l("价格"),
            "quality_or_service": _l("质量或服务问题"),
            "went_to_a_competitor": _l("转向同行"),
            "out_of_business": _l("停业"),
            "other": _l("其他"),
        },
        when=REACHED,
    )
    customer_needs = LongText(_l("客户需求"), required=False, when=REACHED)
    next_step = LongText(_l("下一步"), when=REACHED)
    problem_raised = YesNo(_l("是否提出问题"), when=REACHED)
    problem_description = LongText(_l("问题描述"), when=all_of(REACHED, equals("problem_raised", True)))

    def check(self) -> None:
        """A call follows its entry, and has been made."""
        moments.refuse_future(self, "called_at")
        moments.refuse_earlier(self, "called_at", self.context.get("registered_on"), _l("不能早于登记日期"))


class NoOrderEntry(CompanyForm):
    """Notes a customer who has not ordered for a week, to be called within the next one."""

    code = "CS-25"
    name = _l("超过一周未订货客户登记表")
    slug = "no-order-entries"
    section = "follow_up"
    procedure = "CS-P-03#no-order"
    opened_by = ("customer_service_officer",)
    covers = ("超过一周未订货客户登记簿", "电话拜访记录")
    columns = (
        *("number", "customer", "last_order_on", "days_without_order", "registered_on", "officer"),
        *("planned_call_on", "called_at", "no_order_reason", "next_step", "problem_raised"),
        *("current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    last_order_on = Day(_l("最近订货日期"), computed=True)
    days_without_order = Integer(_l("未订货天数"), computed=True)
    registered_on = Day(_l("登记日期"), computed=True)
    officer = Person(_l("负责客服专员"), help=_l("留空时由系统填入客户的负责人"))
    arrears = Money(_l("当前欠款"), computed=True, required=False)
    planned_call_on = Day(_l("计划电话拜访日期"))

    signoff = Route(
        Step(
            "phone_visit",
            _l("电话拜访"),
            role("customer_service_officer"),
            meaning="called",
            within=weeks(1, since="registered_on", fixed=True),
            fills=PhoneVisit,
            outcomes=(Back("phone_visit", when=equals("reached", False)),),
        ),
        Step(
            "supervisor_check",
            _l("客服主管审核"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Back("phone_visit"),
        ),
    )

    def compute(self) -> None:
        """What the books say of the customer on the day of the entry."""
        super().compute()
        today = day(moments.submitted_at(self))
        found = follow_ups.contact(self.customer.data.id) if self.customer.data else None
        told = moments.day_told(self, self.customer.data.id, "last_order_on") if found else None
        ordered = told or (found.last_order_on if found else None)
        self.registered_on.data = today
        self.last_order_on.data = ordered
        self.days_without_order.data = (today - ordered).days if ordered else None
        self.arrears.data = found.arrears if found else None
        if self.officer.blank and not self.officer.text and found and found.owner:
            self.officer.data = Ref(*found.owner)

    def check(self) -> None:
        """R08, R09: a week without an order, one entry at a time, and a call in the week that follows."""
        quiet, planned, today = (
            self.days_without_order.data,
            self.planned_call_on.data,
            self.registered_on.data,
        )
        if self.customer.data and quiet is None:
            self.refuse("customer", _l("该客户还没有订货记录，不需要登记未订货"))
        elif quiet is not None and quiet <= WEEK.days:
            self.refuse(
                "customer", _l("该客户 %(day)s 刚订过货，未超过一周，不需要登记"), day=self.last_order_on.data
            )
        if self.customer.data:
            for earlier in follow_ups.open_no_order_entries(self.customer.data.id, self.itself):
                self.refuse(
                    "customer", _l("该客户已登记（%(number)s），请在原登记中办理"), number=earlier.number
                )
        if planned and not today <= planned <= today + WEEK:
            self.refuse(
                "planned_call_on", _l("电话拜访须安排在登记后一周内，即 %(day)s 之前"), day=today + WEEK
            )

    @staticmethod
    @after("phone_visit", _l("客户提出问题时：为拜访人生成客户回访记录草稿"))
    def pass_on(record: Filed) -> Iterator[Effect]:
        """A problem has an hour from the moment at which it is reported."""
        if record["reached"] and record["problem_raised"]:
            yield Opens(
                "CS-39",
                {
                    "customer": record["customer"],
                    "visit_way": "telephone",
                    "visited_at": record["called_at"],
                    "person": record["person_spoken"],
                    "reason": "routine",
                    "customer_needs": record["customer_needs"],
                    "problem_raised": True,
                    "problem_description": record["problem_description"],
                },
                to=f"person:{record.signers['phone_visit']}",
                names_as="related_record",
                due=record.now + timedelta(hours=1),
            )
