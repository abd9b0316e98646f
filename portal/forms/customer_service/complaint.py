"""CS-51 客户投诉登记表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import all_of, equals, filled
from portal.domain.deadlines import hours, until, working_days
from portal.domain.effects import CORRECTED, SUBMITTED, Effect, after
from portal.domain.signoff import Back, Entry, Route, Step, every, person_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.customer_service import complaint_drafts
from portal.forms.customer_service.complaint_channels import CHANNELS
from portal.forms.customer_service.complaint_stages import (
    Assignment,
    CallBack,
    CallTry,
    CauseAndSolution,
    Closing,
    Compensation,
    Investigation,
    OverdueTracking,
    ResultConfirmation,
    Ruling,
    ValidityDecision,
)
from portal.forms.fields import (
    Choice,
    Day,
    LongText,
    Moment,
    Number,
    Phone,
    Text,
)
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Customer, Person, Product, RecordLink
from portal.lib.i18n import _l
from portal.queries import complaints, machines

VALID = equals("complaint_valid", True)


class Complaint(CompanyForm):
    """Takes a complaint from the first word to a satisfied customer."""

    code = "CS-51"
    name = _l("客户投诉登记表")
    slug = "complaints"
    section = "complaints"
    procedure = "CS-P-04#register"
    opened_by = ("customer_service_officer", "customer_service_supervisor")
    covers = (
        *("投诉记录", "投诉回访安抚记录", "投诉调查及责任归属判定表", "投诉成立判定及不成立答复函"),
        *("投诉受理分派单", "投诉原因分析表", "投诉处理结果沟通及客户满意确认单", "逾期投诉跟踪表"),
        *("投诉补偿审批单", "《客户投诉登记表》"),
    )
    columns = (
        *("number", "complainant", "intake_point", "channel", "received_at", "first_received_by"),
        *(
            "complaint_object",
            "demand",
            "product_model",
            "machine_no",
            "complaint_valid",
            "handling_department",
        ),
        *("solve_by", "satisfied", "report_needed", "case_needed", "current_step", "due_at", "status"),
    )

    complainant = Text(_l("投诉人"))
    complainant_phone = Phone(_l("联系电话"))
    customer = Customer(_l("客户"), required=False)
    intake_point = Choice(
        _l("受理入口"),
        {
            "service_centre": _l("客户服务中心"),
            "owner_service_desk": _l("业户服务台"),
            "marketing": _l("营销部"),
            "call_centre": _l("呼叫中心"),
        },
    )
    channel = Choice(_l("投诉渠道"), CHANNELS)
    received_at = Moment(_l("接到时间"))
    first_received_by = Person(_l("首先接到投诉的同事"))
    relay_note = RecordLink(_l("投诉信息反馈单"), "CS-50", required=False)
    complaint_object = Text(_l("投诉对象"))
    content = LongText(_l("投诉内容"))
    demand = LongText(_l("投诉的要求"))
    product_model = Product(_l("机型"), required=False)
    machine_no = Text(_l("机编号"), max=60, required=False)
    quantity = Number(_l("数量"), required=False, low=Decimal("0.001"))
    delivery_date = Day(
        _l("交付日期"), required=False, help=_l("留空时按机编号从产品单机(车辆)信息档案中填入")
    )
    evidence = Attachments(_l("凭证及照片"), required=False)

    signoff = Route(
        Step(
            "call_back",
            _l("回访安抚"),
            role("customer_service_officer"),
            meaning="done",
            within=hours(1, since="received_at"),
            fills=CallBack,
            clause="CS-P-04#call-back",
        ),
        Step(
            "investigation",
            _l("调查及责任归属判定"),
            role("customer_service_officer"),
            meaning="filled",
            within=hours(24),
            fills=Investigation,
            clause="CS-P-04#investigation",
        ),
        Step(
            "validity_decision",
            _l("投诉是否成立判定"),
            role("customer_service_supervisor"),
            meaning="verified",
            within=hours(24),
            fills=ValidityDecision,
            on_refusal=Back("investigation"),
            clause="CS-P-04#validity",
        ),
        Step(
            "assignment",
            _l("确定受理部门和受理负责人"),
            role("customer_service_supervisor"),
            meaning="filled",
            within=hours(8),
            when=VALID,
            fills=Assignment,
            clause="CS-P-04#assignment",
        ),
        Step(
            "handling_ruling",
            _l("总经理裁定受理部门"),
            role("general_manager"),
            within=hours(8),
            when=all_of(VALID, equals("department_refuses", True)),
            fills=Ruling,
            on_refusal=Back("assignment"),
            outcomes=(Back("assignment", when=equals("ruling", "reassign")),),
            clause="CS-P-04#assignment",
        ),
        Step(
            "cause_and_solution",
            _l("受理部门原因分析及处理方案"),
            person_in("person_in_charge"),
            meaning="filled",
            within=until("solve_by"),
            when=VALID,
            fills=CauseAndSolution,
            on_refusal=Back("assignment"),
            clause="CS-P-04#cause",
        ),
        Step(
            "compensation",
            _l("投诉补偿审批"),
            every(role("finance_supervisor"), role("general_manager")),
            within=working_days(1),
            when=all_of(VALID, equals("compensation_asked", True)),
            fills=Compensation,
            on_refusal=Back("cause_and_solution"),
            clause="CS-P-04#compensation",
        ),
        Step(
            "result_confirmation",
            _l("处理结果沟通及客户满意确认"),
            role("customer_service_officer"),
            meaning="confirmed",
            within=working_days(1),
            when=VALID,
            fills=ResultConfirmation,
            on_refusal=Back("cause_and_solution"),
            outcomes=(Back("assignment", when=equals("satisfied", False)),),
            clause="CS-P-04#result",
        ),
        Step(
            "close",
            _l("关闭审核"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(1),
            fills=Closing,
            on_refusal=Back("validity_decision"),
            clause="CS-P-04#close",
        ),
        entries=(
            Entry("call_tries", _l("未接通记录"), role("customer_service_officer"), CallTry),
            Entry(
                "overdue_tracking",
                _l("逾期投诉跟踪"),
                role("customer_service_officer"),
                OverdueTracking,
                when=filled("solve_by"),
                daily_after="solve_by",
            ),
        ),
    )

    def compute(self) -> None:
        """When the machine was delivered, as its file has it."""
        super().compute()
        machine = machines.numbered((self.machine_no.data or "").strip())
        if machine is not None and self.delivery_date.blank and not any(self.delivery_date.raw_data or ()):
            self.delivery_date.data = machine.delivered_on

    def check(self) -> None:
        """A complaint was heard by now; a relay note is of the colleague who has heard of it first."""
        moments.refuse_future(self, "received_at", "delivery_date")
        note, heard_by = self.relay_note.data, self.first_received_by.data
        teller = complaints.received_by(note.id) if note and note.id else None
        if teller and heard_by and teller[0] != heard_by.id:
            self.refuse(
                "relay_note", _l("这张反馈单的接收人是%(who)s，与首先接到投诉的同事不一致"), who=teller[1]
            )

    @staticmethod
    @after(SUBMITTED, _l("A 类质量信息：生成质量信息传递单草稿"))
    def pass_on(record: Filed) -> Iterator[Effect]:
        """A complaint is quality information of class A."""
        yield complaint_drafts.quality_information(record)

    @staticmethod
    @after(SUBMITTED, _l("未及时反馈的投诉：向客服主管提出警告处分通知单草稿"))
    def propose_warning(record: Filed) -> Iterator[Effect]:
        """R64: a colleague outside customer service heard of it and did not relay it."""
        yield from complaint_drafts.warning(record)

    @staticmethod
    @after(CORRECTED, _l("更正后：尚未办理的质量信息、警告处分草稿随之更新"))
    def pass_on_anew(record: Filed) -> Iterator[Effect]:
        """Drafts that nobody has begun follow what was put right."""
        yield complaint_drafts.quality_information(record)
        yield from complaint_drafts.warning(record)

    @staticmethod
    @after("close", _l("需要时生成八项报告和案例取证记录的草稿"))
    def learn(record: Filed) -> Iterator[Effect]:
        """R68 and the case library."""
        if record["report_needed"]:
            yield complaint_drafts.report(record)
        if record["case_needed"]:
            yield complaint_drafts.case(record)
