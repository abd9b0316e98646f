"""CS-27 不合作客户定期沟通记录."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.deadlines import weeks
from portal.domain.effects import CORRECTED, SUBMITTED, VOIDED, Effect, Updates, after
from portal.domain.signoff import Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Text
from portal.forms.filed import Filed
from portal.forms.references import Customer
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import follow_ups

MONTH = timedelta(days=30)
STATUS = {"cooperates_again": "cooperating", "ended": "ended"}  # result -> state of the customer
INACTIVE = "not_cooperating"


class InactiveContact(CompanyForm):
    """Keeps in touch with a customer who has not ordered for a month, at least twice a month."""

    code = "CS-27"
    name = _l("不合作客户定期沟通记录")
    slug = "inactive-contacts"
    section = "follow_up"
    procedure = "CS-P-03#inactive"
    opened_by = ("customer_service_officer",)
    columns = (
        *("number", "customer", "inactive_since", "month", "contact_of_month", "contact_way", "contacted_at"),
        *("result", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    inactive_since = Day(_l("停止合作日期"), computed=True, help=_l("最近订货满一个月之日"))
    month = Text(_l("所属月份"), computed=True)
    contact_of_month = Integer(_l("当月第几次"), computed=True)
    contact_way = Choice(
        _l("沟通方式"),
        {
            "sms": _l("短信"),
            "telephone": _l("电话"),
            "meeting": _l("会面"),
            "wechat": _l("微信"),
            "other": _l("其他"),
        },
    )
    contacted_at = Moment(_l("沟通时间"))
    contact_person = Text(_l("沟通对象"))
    content = LongText(_l("沟通内容"))
    reason_not_cooperating = Choice(
        _l("不合作原因"),
        {
            "price": _l("价格"),
            "quality": _l("质量"),
            "service": _l("服务"),
            "credit_term": _l("账期"),
            "competitor": _l("转向同行"),
            "other": _l("其他"),
        },
        required=False,
    )
    result = Choice(
        _l("沟通结果"),
        {
            "cooperates_again": _l("恢复合作"),
            "interested": _l("有意向"),
            "not_now": _l("暂无意向"),
            "ended": _l("终止"),
        },
    )
    next_contact_on = Day(_l("下次沟通日期"), required=False)

    signoff = Route(
        Step(
            "supervisor_check",
            _l("客服主管审阅"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=weeks(1),
            bulk=True,
        ),
    )

    def compute(self) -> None:
        """Since when the customer is inactive, and which contact of its month this is."""
        super().compute()
        found = follow_ups.contact(self.customer.data.id) if self.customer.data else None
        told = moments.day_told(self, self.customer.data.id, "inactive_since") if found else None
        ordered = found.last_order_on if found else None
        self.inactive_since.data = told or (ordered + MONTH if ordered else None)
        spoken = day(self.contacted_at.data) if self.contacted_at.data else None
        self.month.data = f"{spoken:%Y-%m}" if spoken else None
        self.contact_of_month.data = None
        if self.customer.data and self.month.data:
            earlier = follow_ups.contacts_in(self.customer.data.id, self.month.data, self.itself)
            self.contact_of_month.data = earlier + 1

    def check(self) -> None:
        """R10: a customer without an order for more than a month, spoken to by now."""
        moments.refuse_future(self, "contacted_at")
        since, spoken = self.inactive_since.data, self.contacted_at.data
        if self.customer.data and since is None:
            self.refuse("customer", _l("该客户还没有订货记录，不属于不合作客户"))
        elif since and spoken and day(spoken) <= since:
            self.refuse(
                "customer",
                _l("沟通时该客户最近一次订货未超过一个月（满一个月之日为 %(day)s），不属于不合作客户"),
                day=since,
            )
        following = self.next_contact_on.data
        if following and spoken and following < day(spoken):
            self.refuse("next_contact_on", _l("下次沟通日期不能早于本次沟通"))

    @staticmethod
    @after(SUBMITTED, _l("恢复合作或终止的，更新客户资料库中的状态"))
    def settle(record: Filed) -> Iterator[Effect]:
        """What the customer has decided counts at once."""
        yield from _settled(record, anew=record["@corrects"] is not None)

    @staticmethod
    @after(CORRECTED, _l("更正沟通结果的，客户状态随之更正"))
    def settle_anew(record: Filed) -> Iterator[Effect]:
        """Another result is another state."""
        yield from _settled(record, anew=True)

    @staticmethod
    @after(VOIDED, _l("作废的，恢复客户原来的状态"))
    def take_back(record: Filed) -> Iterator[Effect]:
        """As if nobody had spoken: whoever is entered here was inactive."""
        found = follow_ups.contact(record["customer"].id)
        if record["result"] in STATUS and found and found.status == STATUS[record["result"]]:
            yield Updates("customer", record["customer"].id, {"status": INACTIVE})


def _settled(record: Filed, *, anew: bool) -> Iterator[Effect]:
    """The state that follows from the result; a customer with whom nobody may trade stays as it is."""
    found = follow_ups.contact(record["customer"].id)
    if found is None or found.status == "blocked":
        return
    wanted = STATUS.get(record["result"], INACTIVE if anew and found.status in STATUS.values() else "")
    if wanted and wanted != found.status:
        yield Updates("customer", record["customer"].id, {"status": wanted})
