"""CS-76 报修登记簿."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date, timedelta

from portal.domain.conditions import equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import CORRECTED, SUBMITTED, Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.customer_service import service_words as words
from portal.forms.customer_service.repair_request_stages import FIRST, RepairFeedback, ReturnVisit
from portal.forms.customer_service.service_words import FEEDBACK_HOURS
from portal.forms.fields import Choice, LongText, Moment, Phone, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Machine, Person, Photos, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import service

WORK_DONE = "@work_done"  # the dispatch order says when, and sets the deadline
DRAWN_UP_WITHIN = timedelta(hours=1)  # the order goes to the manager while the customer waits


class RepairRequest(CompanyForm):
    """Takes a request for repair from the call to a satisfied customer."""

    code = "CS-76"
    name = _l("报修登记簿")
    slug = "repair-requests"
    section = "after_sales"
    procedure = "CS-P-05#repair-register"
    opened_by = ("customer_service_officer",)
    covers = ("报修记录", "维修结果反馈单", "业户回访记录")
    columns = (
        *(
            "number",
            "customer",
            "site_address",
            "contact_phone",
            "site_condition",
            "intake_point",
            "intake_way",
            "received_at",
            "created_at",
        ),
        *("receiver", "service_type", "dispatch_order", "repaired", "owner_satisfied"),
        *("current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户(业户)名称"))
    site_address = Text(_l("地址"))
    contact_phone = Phone(_l("电话"))
    site_condition = LongText(_l("现场情况"))
    machine = Machine(_l("机编号"), required=False, help=_l("报修单机或车辆的，请选择它的机编号"))
    intake_point = Choice(
        _l("受理入口"),
        {"after_sales_centre": _l("售后服务中心"), "owner_service_desk": _l("业户服务台")},
    )
    intake_way = Choice(
        _l("报修方式"),
        {"telephone": _l("电话"), "document": _l("文件"), "visit": _l("来访"), "website": _l("网站")},
    )
    received_at = Moment(_l("接到时间"))
    receiver = Person(_l("信息接收人员"))
    service_type = Choice(
        _l("服务类别"),
        words.SERVICE_TYPES,
        help=_l("有生效的保养合同选 B，在保修期内选 C，其余一律选 A"),
    )
    service_contract = RecordLink(
        _l("保养合同"),
        "CS-73",
        computed=True,
        required=False,
        when=equals("service_type", words.CONTRACT),
    )
    warranty_row = Text(
        _l("保修登记"), computed=True, required=False, when=equals("service_type", words.FREE)
    )
    wanted_time = Moment(_l("期望上门时间"), required=False)
    photos = Photos(_l("现场照片"), required=False)

    signoff = Route(
        Step(
            "repair_feedback",
            _l("维修结果反馈客服"),
            role("service_technician"),
            meaning="filled",
            within=hours(FEEDBACK_HOURS, since=WORK_DONE),
            fills=RepairFeedback,
            outcomes=(Back("repair_feedback", when=equals("repaired", False)),),
            clause="CS-P-05#feedback",
        ),
        Step(
            "return_visit",
            _l("业户回访"),
            role("customer_service_officer"),
            meaning="called",
            within=working_days(3),
            fills=ReturnVisit,
            outcomes=(Back("repair_feedback", when=equals("owner_satisfied", False)),),
            clause="CS-P-05#feedback",
        ),
        Step(
            "close",
            _l("客服主管关闭"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(2),
            on_refusal=Back("return_visit"),
            clause="CS-P-05#feedback",
        ),
    )

    def compute(self) -> None:
        """R69: the contract or warranty by which the service is given, as the ledgers have it."""
        super().compute()
        kind, customer, on = self._asked()
        self.service_contract.data = words.contract_ref(kind, customer, on)
        self.warranty_row.data = words.warranty_text(kind, customer, self.machine.data, on)

    def check(self) -> None:
        """R69: type B needs a contract in force, type C a warranty; all others pay."""
        moments.refuse_future(self, "received_at")
        kind, customer, on = self._asked()
        if problem := words.unfounded(kind, customer, self.machine.data, on):
            self.refuse("service_type", problem)
        if words.others_machine(self.machine.data, customer):
            self.refuse("machine", words.OTHERS_MACHINE)
        received, wanted = self.received_at.data, self.wanted_time.data
        if received and wanted and wanted < received:
            self.refuse("wanted_time", _l("期望上门时间不能早于接到报修的时间"))

    def _asked(self) -> tuple[str | None, Ref | None, date | None]:
        received = self.received_at.data
        return self.service_type.data, self.customer.data, day(received) if received else None

    @staticmethod
    @after(SUBMITTED, _l("生成服务派工单草稿，带出客户、地址、电话和现场情况"))
    def dispatch(record: Filed) -> Iterator[Effect]:
        """R70: the four data go to the department manager at once."""
        yield from _orders(record, record["site_condition"])

    @staticmethod
    @after(CORRECTED, _l("更正后：尚未办理的服务派工单草稿随之更新"))
    def dispatch_corrected(record: Filed) -> Iterator[Effect]:
        """A draft that nobody has begun follows what was put right."""
        yield from _orders(record, record["site_condition"])

    @staticmethod
    @after("repair_feedback", _l("没有修复时：生成新的服务派工单草稿"))
    def dispatch_again(record: Filed) -> Iterator[Effect]:
        """What is not repaired is gone to once more."""
        if record["repaired"] is False:
            yield from _orders(record, f"{record['site_condition']}\n{record['repair_result']}")

    @staticmethod
    @after("return_visit", _l("业户不满意时：重新派工，生成新的服务派工单草稿"))
    def reopen(record: Filed) -> Iterator[Effect]:
        """A customer who is not satisfied opens the case again."""
        if record["owner_satisfied"] is False:
            yield from _orders(record, f"{record['site_condition']}\n{record['owner_opinion']}")


def _orders(record: Filed, condition: str) -> Iterator[Effect]:
    """As many dispatch orders as have been needed so far: those opened before stay, the last one is new."""
    answers = {
        "customer": record["customer"],
        "site_address": record["site_address"],
        "contact_phone": record["contact_phone"],
        "site_condition": condition,
        "machine": record["machine"],
        "service_type": record["service_type"],
    }
    for _time in range(service.orders_needed(record.id, FIRST)):
        yield Opens(
            "CS-77",
            answers,
            to="role:customer_service_officer",
            names_as="repair_request",
            due=record.now + DRAWN_UP_WITHIN,
        )
