"""CS-90 来访来电受理记录."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import all_of, any_of, equals
from portal.domain.deadlines import hours, working_days
from portal.domain.effects import CORRECTED, SUBMITTED, Effect, after
from portal.domain.signoff import Back, Route, Step, head_of, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.customer_service.intake_drafts import drafts
from portal.forms.fields import Choice, LongText, Moment, Phone, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Department, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import calendar

TITLE = 60  # characters that a list shows
BEFORE_RECEIVED = _l("不能早于受理时间")
PASSED_ON = any_of(equals("kind", "other_matter"), equals("kind", "request"))
UNABLE = equals("cannot_be_handled", True)


class IntakeStage(Stage):
    """A stage whose time lies after the call, and not ahead."""

    when_done: str

    def check(self) -> None:
        """Nothing is done before it is asked for."""
        moments.refuse_future(self, self.when_done)
        moments.refuse_earlier(self, self.when_done, self.context.get("received_at"), BEFORE_RECEIVED)


class OtherMatter(IntakeStage):
    """What the department that was told has done."""

    when_done = "result_at"

    department_result = LongText(_l("处理结果"))
    result_at = Moment(_l("处理时间"))


class CannotHandle(Stage):
    """How the director has settled what customer service could not."""

    coordination = LongText(_l("协调沟通情况"))
    coordination_result = LongText(_l("处理结果说明"))


class ReportToOffice(Stage):
    """What the management office says to the result."""

    office_opinion = LongText(_l("管理处意见"), required=False)


class ToldCustomer(IntakeStage):
    """The answer to the person who called."""

    when_done = "told_at"

    told_at = Moment(_l("告知时间"))
    caller_answer = LongText(_l("对方意见"), required=False)


class Intake(CompanyForm):
    """Takes in whoever visits, calls or writes, and turns it into what it is: an enquiry, a complaint, a repair."""

    code = "CS-90"
    name = _l("来访来电受理记录")
    slug = "intakes"
    section = "service_desk"
    procedure = "CS-P-06#intake"
    opened_by = ("customer_service_officer", "employee")
    covers = (
        *("咨询记录", "客户诉求受理登记表", "其他事件通知及处理结果反馈单", "公司资料递交及客户资料搜集记录"),
        *("无法处理情况上报单", "处理结果报告(报管理处)", "客户服务管理记录"),
        "客户请求/投诉/询问统一受理记录(呼叫中心)",
    )
    columns = (
        *("number", "kind", "channel", "caller", "received_at", "late_entry", "content", "content_repeated"),
        *("cannot_be_handled", "department_told", "department_result", "told_at"),
        *("current_step", "due_at", "status"),
    )

    kind_ = Choice(
        _l("受理类别"),
        {
            "enquiry": _l("咨询"),
            "complaint": _l("投诉"),
            "repair": _l("报修"),
            "request": _l("请求(诉求)"),
            "order_service": _l("订单服务"),
            "other_matter": _l("其他事件"),
        },
        help=_l("提交后，投诉、报修会自动生成对应表单的草稿"),
    )
    channel = Choice(
        _l("渠道"),
        {
            "visit": _l("来访"),
            "telephone": _l("电话"),
            "hotline": _l("服务热线"),
            "website": _l("网站"),
            "e_mail": _l("邮件"),
            "wechat": _l("微信"),
            "dealer": _l("销售商"),
            "repair_station": _l("维修服务站"),
        },
    )
    caller = Text(_l("来访来电人"))
    caller_phone = Phone(_l("电话"))
    customer = Customer(_l("客户(业户)"), required=False)
    room_or_project = Text(_l("房号或项目"), required=False)
    received_at = Moment(_l("受理时间"))
    late_entry = YesNo(_l("补登(未在当日提交)"), computed=True)
    content = LongText(_l("了解的内容"))
    content_repeated = YesNo(_l("已向客户复述确认"))
    cannot_be_handled = YesNo(_l("客服人员无法处理"), help=_l("选“是”的，由客服中心主任协调，结果报管理处"))
    answer = LongText(
        _l("解答内容"),
        required=False,
        required_when=all_of(equals("kind", "enquiry"), equals("cannot_be_handled", False)),
    )
    department_told = Department(_l("通知处理的部门"), when=PASSED_ON)
    related_order = RecordLink(
        _l("相关订单"), "CR-17", "CS-34", required=False, when=equals("kind", "order_service")
    )
    technical_problem = YesNo(_l("属技术问题"), required=False, help=_l("选“是”会生成技术支持服务单草稿"))
    purchase_intention = LongText(_l("购买意图"), required=False, help=_l("填写后会生成潜在客户登记表草稿"))
    company_material_given = Text(_l("已递交公司资料"), required=False)
    customer_data_gathered = YesNo(
        _l("已搜集客户资料"), required=False, help=_l("客户资料库中还没有的客户会生成客户信息登记草稿")
    )

    signoff = Route(
        Step(
            "other_matter",
            _l("其他事件处理结果反馈"),
            head_of("department_told"),
            meaning="done",
            within=hours(24),
            when=PASSED_ON,
            fills=OtherMatter,
            clause="CS-P-06#other-matter",
        ),
        Step(
            "cannot_handle",
            _l("客服中心主任协调"),
            role("customer_service_director"),
            meaning="done",
            within=hours(4),
            when=UNABLE,
            fills=CannotHandle,
            clause="CS-P-06#cannot-handle",
        ),
        Step(
            "report_to_office",
            _l("处理结果报告管理处"),
            role("property_office"),
            meaning="acknowledged",
            within=working_days(1),
            when=UNABLE,
            fills=ReportToOffice,
            on_refusal=Back("cannot_handle"),
            clause="CS-P-06#report-to-office",
        ),
        Step(
            "told_customer",
            _l("告知来访来电人"),
            role("customer_service_officer"),
            meaning="done",
            within=working_days(1),
            when=any_of(PASSED_ON, UNABLE),
            fills=ToldCustomer,
        ),
    )

    def heading(self) -> str:
        """Who called, and what about."""
        return f"{self.caller.data or ''} {self.content.data or ''}".strip()[:TITLE]

    def compute(self) -> None:
        """R75: late is what is not submitted on the working day on which it came in."""
        super().compute()
        received = self.received_at.data
        limit = calendar.current().end_of_working_day(received) if received else None
        self.late_entry.data = day(moments.submitted_at(self)) > day(limit) if limit else None

    def check(self) -> None:
        """Nobody has called yet who will call."""
        moments.refuse_future(self, "received_at")

    @staticmethod
    @after(SUBMITTED, _l("按受理类别为受理人生成投诉、报修、技术支持、潜在客户、客户信息登记的草稿"))
    def become(record: Filed) -> Iterator[Effect]:
        """What it is goes on as that."""
        yield from drafts(record)

    @staticmethod
    @after(CORRECTED, _l("更正后补上应生成的草稿"))
    def become_anew(record: Filed) -> Iterator[Effect]:
        """As after the first submission."""
        yield from drafts(record)
