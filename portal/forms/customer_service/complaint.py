"""CS-51 《客户投诉登记表》."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import all_of, equals, filled
from portal.domain.deadlines import hours, until, working_days
from portal.domain.effects import SUBMITTED, Asks, Effect, Opens, after
from portal.domain.signoff import Back, Entry, Route, Step, every, person_in, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import (
    Choice,
    Day,
    Integer,
    LongText,
    Moment,
    Money,
    Number,
    Phone,
    Rows,
    Text,
    YesNo,
)
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Customer, Department, Person, Product, RecordLink
from portal.lib.i18n import _l
from portal.lib.workdays import SHANGHAI
from portal.queries import customers

VALID = equals("complaint_valid", True)
NOT_VALID = equals("complaint_valid", False)
FOLLOW_UP_DAYS = (7, 30, 90)
BEFORE_RECEIVED = _l("不能早于接到投诉的时间")


class ComplaintStage(Stage):
    """A stage whose times lie after the complaint came in."""

    later: tuple[str, ...] = ()

    def check(self) -> None:
        """Nothing is answered before it is heard."""
        received_at = self.context.get("received_at")
        for name in self.later:
            moment = self._fields[name].data
            if received_at and moment and moment < received_at.replace(second=0, microsecond=0):
                self.refuse(name, BEFORE_RECEIVED)


class CallBack(ComplaintStage):
    """The first call to the customer."""

    later = ("called_back_at",)

    called_back_at = Moment(_l("回访时间"))
    call_back_result = LongText(_l("安抚情况"))
    promised_answer_on = Day(_l("承诺答复日期"), required=False)


class CallTry(ComplaintStage):
    """A call that did not reach the customer."""

    later = ("tried_at",)

    tried_at = Moment(_l("拨打时间"))
    try_note = Text(_l("未接通情况"))


class Investigation(Stage):
    """What happened, and whose matter it is."""

    demand_understood = LongText(_l("确认的投诉要求"))
    confirmed_cause = LongText(_l("投诉原因"))
    investigation_result = LongText(_l("审核、调查情况"))
    responsible_party = Choice(
        _l("责任归属"),
        {
            "own_department": _l("本公司部门"),
            "supplier": _l("供应商"),
            "carrier": _l("运输"),
            "customer_use": _l("客户使用"),
            "other": _l("其他"),
        },
    )
    responsible_department = Department(_l("责任部门"), when=equals("responsible_party", "own_department"))


class ValidityDecision(ComplaintStage):
    """Whether the complaint holds; if not, how the customer was told."""

    later = ("replied_at",)

    reason_sufficient = YesNo(_l("投诉理由是否充分"))
    demand_reasonable = YesNo(_l("投诉要求是否合理"))
    complaint_valid = YesNo(_l("投诉成立"))
    polite_reply = LongText(_l("委婉答复内容"), when=NOT_VALID)
    replied_at = Moment(_l("答复时间"), when=NOT_VALID)


class Assignment(ComplaintStage):
    """Who solves it, and until when."""

    later = ("solve_by",)

    handling_department = Department(_l("受理部门"))
    person_in_charge = Person(_l("受理负责人"))
    solve_by = Moment(_l("处理期限"))
    department_refuses = YesNo(
        _l("受理部门拒绝受理"), help=_l("拒绝后仍须由该部门受理的，选“是”，由总经理裁定")
    )


class Ruling(Stage):
    """The general manager's word on a department that refuses."""

    ruling = Choice(_l("裁定"), {"upheld": _l("由该部门受理"), "reassign": _l("改派其他部门")})
    ruling_note = LongText(_l("裁定说明"))


class CauseAndSolution(Stage):
    """What the handling department found and does."""

    cause_analysis = LongText(_l("原因分析"))
    solution = LongText(_l("解决方案"))
    prevention = LongText(_l("预防措施"), required=False)
    solved_on = Day(_l("完成日期"), required=False)
    compensation_asked = YesNo(_l("是否需要补偿"))


class Compensation(Stage):
    """What the customer gets for the trouble."""

    compensation_kind = Choice(
        _l("补偿方式"),
        {
            "refund": _l("退款"),
            "replacement": _l("换货"),
            "repair": _l("维修"),
            "gift": _l("赠送"),
            "other": _l("其他"),
        },
    )
    compensation_amount = Money(_l("补偿金额"))


class OverdueLine(Sheet):
    """One day past the time limit."""

    date = Day(_l("日期"))
    days_late = Integer(_l("逾期天数"), computed=True)
    reason = Text(_l("逾期原因"))
    told_customer_at = Moment(_l("告知客户时间"))
    customer_answer = Text(_l("客户意见"), required=False)

    def compute(self) -> None:
        """Days since the limit."""
        solve_by = self.context.get("solve_by")
        if self.date.data and solve_by:
            self.days_late.data = (self.date.data - solve_by.astimezone(SHANGHAI).date()).days

    def check(self) -> None:
        """R67: what is tracked is late."""
        if self.days_late.data is not None and self.days_late.data < 0:
            self.refuse("date", _l("这一天还没有超过处理期限"))
        received, told = self.context.get("received_at"), self.told_customer_at.data
        if received and told and told < received.replace(second=0, microsecond=0):
            self.refuse("told_customer_at", BEFORE_RECEIVED)


class OverdueTracking(Stage):
    """Why it takes longer, and that the customer was told."""

    overdue_entries = Rows(_l("逾期跟踪"), OverdueLine)


class ResultConfirmation(ComplaintStage):
    """What the customer says of the result."""

    later = ("result_told_at",)

    result_told_at = Moment(_l("沟通时间"))
    result_told = LongText(_l("处理结果"))
    satisfied = YesNo(_l("客户是否满意"))
    confirmed_way = Choice(
        _l("确认方式"),
        {"signed": _l("客户签字"), "telephone": _l("电话确认"), "written_reply": _l("书面回复")},
    )


class Closing(Stage):
    """What is learnt from the complaint."""

    report_needed = YesNo(_l("是否需要八项报告"))
    case_needed = YesNo(_l("是否转入案例库"))

    def check(self) -> None:
        """R66: closed only for a satisfied customer, or an answered complaint that does not hold."""
        valid, known = self.context.get("complaint_valid"), self.context
        if not (known.get("satisfied") if valid else valid is False and known.get("replied_at")):
            self.refuse("report_needed", _l("客户满意，或投诉不成立并已答复客户后，才能关闭"))


class Complaint(CompanyForm):
    """Takes a complaint from the first word to a satisfied customer."""

    code = "CS-51"
    name = _l("《客户投诉登记表》")
    slug = "complaints"
    section = "complaints"
    opened_by = ("customer_service_officer", "customer_service_supervisor")
    covers = (
        *("投诉记录", "投诉回访安抚记录", "投诉调查及责任归属判定表", "投诉成立判定及不成立答复函"),
        *("投诉受理分派单", "投诉原因分析表", "投诉处理结果沟通及客户满意确认单", "逾期投诉跟踪表"),
        "投诉补偿审批单",
    )
    columns = (
        *("number", "complainant", "intake_point", "channel", "received_at", "first_received_by"),
        *("complaint_object", "report_needed", "case_needed", "current_step", "due_at", "status"),
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
    channel = Choice(
        _l("投诉渠道"),
        {
            "telephone": _l("电话"),
            "visit": _l("来访"),
            "letter": _l("信函"),
            "e_mail": _l("邮件"),
            "website": _l("网站"),
            "wechat": _l("微信"),
            "dealer": _l("销售商"),
            "other": _l("其他"),
        },
    )
    received_at = Moment(_l("接到时间"))
    first_received_by = Person(_l("首先接到投诉的同事"))
    relay_note = RecordLink(_l("投诉信息反馈单"), "CS-50", required=False)
    complaint_object = Text(_l("投诉对象"))
    content = LongText(_l("投诉内容"))
    demand = LongText(_l("投诉的要求"))
    product_model = Product(_l("机型"), required=False)
    machine_no = Text(_l("机编号"), max=60, required=False)
    quantity = Number(_l("数量"), required=False)
    delivery_date = Day(_l("交付日期"), required=False, help=_l("可在产品单机(车辆)信息档案中查询"))
    evidence = Attachments(_l("凭证及照片"), required=False)

    signoff = Route(
        Step(
            "call_back",
            _l("回访安抚"),
            role("customer_service_officer"),
            meaning="done",
            within=hours(1, since="received_at"),
            fills=CallBack,
        ),
        Step(
            "investigation",
            _l("调查及责任归属判定"),
            role("customer_service_officer"),
            meaning="filled",
            within=hours(24),
            fills=Investigation,
        ),
        Step(
            "validity_decision",
            _l("投诉是否成立判定"),
            role("customer_service_supervisor"),
            meaning="verified",
            within=hours(24),
            fills=ValidityDecision,
            on_refusal=Back("investigation"),
        ),
        Step(
            "assignment",
            _l("确定受理部门和受理负责人"),
            role("customer_service_supervisor"),
            meaning="filled",
            within=hours(8),
            when=VALID,
            fills=Assignment,
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
        ),
        Step(
            "compensation",
            _l("投诉补偿审批"),
            every(role("finance_supervisor"), role("general_manager")),
            within=working_days(1),
            when=all_of(VALID, equals("compensation_asked", True)),
            fills=Compensation,
            on_refusal=Back("cause_and_solution"),
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
        ),
        Step(
            "close",
            _l("关闭审核"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(1),
            fills=Closing,
            on_refusal=Back("validity_decision"),
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

    @staticmethod
    @after(SUBMITTED, _l("A 类质量信息：生成质量信息传递单草稿"))
    def pass_on(record: Filed) -> Iterator[Effect]:
        """A complaint is quality information of class A."""
        yield Opens(
            "QA-01",
            {
                "information_class": "class_a",
                "class_item": "important_customer_opinion_or_complaint",
                "found_at": record["received_at"],
                "department": Ref(record.department_id, customers.department_name(record.department_id)),
                "product": record["product_model"],
                "description": record["content"],
                "evidence": record["evidence"],
            },
            to=f"person:{record.applicant_id}",
            names_as="source_record",
        )

    @staticmethod
    @after(SUBMITTED, _l("未及时反馈的投诉：向客服主管提出警告处分通知单草稿"))
    def propose_warning(record: Filed) -> Iterator[Effect]:
        """R64: a colleague outside customer service heard of it and did not relay it."""
        heard_by = record["first_received_by"]
        if record["relay_note"] is None and not customers.works_in(heard_by.id, "customer_service"):
            yield Opens(
                "AD-01",
                {
                    "employee": heard_by,
                    "received_at": record["received_at"],
                    "discovered_on": record.now.astimezone(SHANGHAI).date(),
                },
                to="role:customer_service_supervisor",
                names_as="complaint",
            )

    @staticmethod
    @after("close", _l("需要时生成八项报告和案例取证记录的草稿"))
    def learn(record: Filed) -> Iterator[Effect]:
        """R68 and the case library."""
        if record["report_needed"]:
            yield Opens(
                "CS-59",
                {
                    "customer": record["customer"],
                    "problem": record["content"],
                    "cause": record["cause_analysis"] or record["confirmed_cause"],
                    "solution": record["solution"],
                    "prevention": record["prevention"],
                },
                to=_in_charge(record),
                names_as="complaint",
            )
        if record["case_needed"]:
            yield Opens(
                "CS-07",
                {
                    "customer": record["customer"],
                    "found_at": record["received_at"],
                    "problem_statement": record["content"],
                    "customer_demand": record["demand"],
                },
                to="role:customer_service_officer",
                names_as="source_record",
            )

    @staticmethod
    @after("close", _l("关闭后第 7、30、90 天电话访问跟踪"))
    def follow_up(record: Filed) -> Iterator[Effect]:
        """R76: three calls after every complaint."""
        closed_on = record.now.astimezone(SHANGHAI).date()
        for number in FOLLOW_UP_DAYS:
            yield Asks(
                _l("电话访问跟踪（CS-100）：投诉关闭后第 %(days)d 天", days=number),
                "role:customer_service_officer",
                closed_on + timedelta(days=number),
            )


def _in_charge(record: Filed) -> str:
    """Who writes the report: the person in charge; for a complaint that did not hold, customer service."""
    person = record["person_in_charge"] if record["complaint_valid"] else None
    return f"person:{person.id}" if person else "role:customer_service_officer"
