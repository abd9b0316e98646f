"""CS-01 技术支持服务单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.customer_service.service_words import OTHERS_MACHINE, others_machine
from portal.forms.fields import Choice, LongText, Moment, Number, Phone, Score, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Customer, Product
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import machines, service

VISIT_AFTER = timedelta(days=3)  # a return visit follows the closed request
NOTHING_TO_BEGIN_WITH = 0  # nobody goes unless a technician says so


class FirstAnswer(Stage):
    """The first answer, by telephone or in writing."""

    first_answer_text = LongText(_l("答复内容"))
    solved_remotely = YesNo(_l("远程已解决"))


class Solution(Stage):
    """What the technician found and did."""

    cause = LongText(_l("原因"))
    solution_text = LongText(_l("解决方法"))
    hours_spent = Number(_l("耗时(小时)"), low=0, high=1000)
    site_visit_needed = YesNo(_l("需上门"))


class CustomerConfirm(Stage):
    """Whether it works now, in the customer's word."""

    solved = YesNo(_l("是否解决"))
    rating = Score(_l("评价"), maximum=10, low=1, required=False, help=_l("1 至 10 分，10 分最好"))

    def check(self) -> None:
        """A request that needs somebody to come waits until they have been there."""
        record = self.context.get("@record_id")
        needed = service.orders_needed(record, NOTHING_TO_BEGIN_WITH)
        if record and needed > len(service.done_orders(record)):
            self.refuse("solved", _l("上门的服务派工单还没有完工，完工后才能请客户确认"))


class TechnicalSupport(CompanyForm):
    """Answers a customer's technical question, from afar or by sending somebody."""

    code = "CS-01"
    name = _l("技术支持服务单")
    slug = "technical-support"
    section = "after_sales"
    procedure = "CS-P-01#request"
    opened_by = ("customer_service_officer", "employee")
    columns = (
        *("number", "customer", "contact_person", "channel", "received_at", "priority", "product"),
        *("site_visit_needed", "solved", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    contact_person = Text(_l("联系人"), max=60)
    contact_phone = Phone(_l("联系电话"))
    product = Product(_l("产品(系统)"), required=False)
    serial_no = Text(_l("机编号"), max=60, required=False)
    channel = Choice(
        _l("受理渠道"),
        {
            "telephone": _l("电话"),
            "e_mail": _l("邮件"),
            "website": _l("网站"),
            "wechat": _l("微信"),
            "on_site": _l("现场"),
        },
    )
    received_at = Moment(_l("受理时间"))
    problem = LongText(_l("问题描述"))
    priority = Choice(_l("优先级"), {"high": _l("高"), "medium": _l("中"), "low": _l("低")})
    screenshots = Attachments(_l("截图附件"), required=False)

    signoff = Route(
        Step(
            "first_answer",
            _l("首次答复"),
            role("customer_service_officer"),
            meaning="filled",
            within=hours(1),
            fills=FirstAnswer,
            clause="CS-P-01#first-answer",
        ),
        Step(
            "solution",
            _l("技术人员处理"),
            role("service_technician"),
            meaning="filled",
            within=working_days(1),
            when=equals("solved_remotely", False),
            fills=Solution,
            on_refusal=Back("first_answer"),
            clause="CS-P-01#solution",
        ),
        Step(
            "customer_confirm",
            _l("客户确认"),
            outside("customer"),
            meaning="confirmed",
            within=working_days(3),
            fills=CustomerConfirm,
            on_refusal=Back("solution"),
            outcomes=(Back("solution", when=equals("solved", False)),),
            clause="CS-P-01#confirm",
        ),
        Step(
            "close",
            _l("部门经理关闭"),
            role("after_sales_manager"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Back("solution"),
            clause="CS-P-01#close",
        ),
    )

    def check(self) -> None:
        """Somebody has asked by now; a serial number that the company knows is the customer's."""
        moments.refuse_future(self, "received_at")
        if others_machine(_machine(self.serial_no.data), self.customer.data):
            self.refuse("serial_no", OTHERS_MACHINE)

    @staticmethod
    @after("solution", _l("需上门时：生成服务派工单草稿，完工前本单等待"))
    def send_somebody(record: Filed) -> Iterator[Effect]:
        """What cannot be solved from afar is solved on site."""
        if not record["site_visit_needed"]:
            return
        answers: dict[str, Any] = {
            "customer": record["customer"],
            "site_address": service.contact(record["customer"].id)[0],
            "contact_phone": record["contact_phone"],
            "site_condition": record["problem"],
            "machine": _machine(record["serial_no"]),
        }
        for _time in range(service.orders_needed(record.id, NOTHING_TO_BEGIN_WITH)):
            yield Opens("CS-77", answers, to="role:customer_service_officer", names_as="repair_request")

    @staticmethod
    @after("close", _l("关闭后第 3 天回访客户，生成客户回访记录草稿"))
    def return_visit(record: Filed) -> Iterator[Effect]:
        """Whoever was helped is asked how it went."""
        yield Opens(
            "CS-39",
            {"customer": record["customer"], "reason": "after_service"},
            to="role:customer_service_officer",
            names_as="related_record",
            due=day(record.now) + VISIT_AFTER,
        )


def _machine(serial_no: str | None) -> Ref | None:
    """The machine with this serial number, if the company knows it."""
    found = machines.numbered(serial_no) if serial_no else None
    return Ref(found.id, found.label) if found else None
