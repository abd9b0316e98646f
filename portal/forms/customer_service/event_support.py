"""CS-15 客户活动配合单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Integer, LongText, Moment, Money, Phone, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.references import Customer, Photos, Project
from portal.lib.clock import minute
from portal.lib.i18n import _l

OPEN_DAY = equals("event_kind", "site_open_day")
REQUEST = equals("request", True)


class SupportArrangement(Stage):
    """Who of customer service helps, and with what."""

    support_staff = Text(_l("配合人员"))
    arrangement = LongText(_l("配合安排"))


class SiteSafety(Stage):
    """Whether visitors may come to the site."""

    safety_measures = LongText(_l("安全措施"))
    site_ready = YesNo(_l("现场具备开放条件"))

    def check(self) -> None:
        """Nobody is led over a site that is not safe."""
        if self.site_ready.data is False:
            self.refuse("site_ready", _l("现场不具备开放条件时请拒绝并说明原因，由组织部门改期后重新提交"))


class Visitor(Sheet):
    """Somebody who came, and what they said."""

    name_ = Text(_l("姓名"), max=60)
    phone = Phone(_l("电话"), required=False, required_when=REQUEST)
    customer = Customer(_l("客户"), required=False)
    remark = LongText(_l("意见"), required=False, required_when=REQUEST)
    request = YesNo(_l("是否提出诉求"))


class EventRecord(Stage):
    """Who came, and what came of it."""

    visitors = Rows(_l("到场登记"), Visitor, required=False)
    actual_visitors = Integer(_l("实到人数"), high=100_000)
    feedback = LongText(_l("活动效果及反馈"))
    event_photos = Photos(_l("活动照片"), required=False)

    def check(self) -> None:
        """An event is written down once it has begun; as many came as are listed, or more."""
        begins = self.context.get("event_start")
        if begins and begins > self.now:
            self.refuse("feedback", _l("活动在 %(at)s 开始，开始后才能登记记录和反馈"), at=minute(begins))
        listed = len(self.visitors.data)
        if self.actual_visitors.data is not None and self.actual_visitors.data < listed:
            self.refuse(
                "actual_visitors", _l("到场登记已有 %(count)d 人，实到人数不能少于登记人数"), count=listed
            )


class EventSupport(CompanyForm):
    """Asks customer service to support an event for customers; at a site open day also for a safe site."""

    code = "CS-15"
    name = _l("客户活动配合单")
    slug = "customer-events"
    section = "case_library"
    procedure = "CS-P-02#events"
    opened_by = ("sales_manager", "project_department_head", "customer_service_supervisor")
    covers = ("客户活动配合单(活动记录)", "工地开放日活动方案及登记反馈表")
    columns = (
        *("number", "event_name", "event_kind", "organiser", "event_start", "event_place", "project"),
        *("site_ready", "current_step", "due_at", "status"),
    )

    event_name = Text(_l("活动名称"))
    event_kind = Choice(
        _l("活动类型"),
        {
            "sales_promotion": _l("促进销售活动"),
            "customer_satisfaction": _l("提高客户满意度活动"),
            "site_open_day": _l("施工现场工地开放日"),
        },
    )
    organiser = Choice(
        _l("组织部门"),
        {
            "sales_management": _l("销售管理部"),
            "project_sales": _l("项目销售部"),
            "customer_service": _l("客户服务部"),
        },
    )
    project = Project(_l("项目"), required=False, required_when=OPEN_DAY)
    event_start = Moment(_l("开始时间"))
    event_place = Text(_l("地点"))
    purpose = LongText(_l("活动目的"))
    support_needed = LongText(_l("需客户服务部配合事项"))
    expected_visitors = Integer(_l("预计人数"), required=False, high=100_000)
    visit_route = LongText(_l("参观路线"), when=OPEN_DAY)
    budget = Money(_l("预算"), required=False)

    signoff = Route(
        Step(
            "support_arrangement",
            _l("客户服务部安排配合"),
            role("customer_service_director"),
            meaning="confirmed",
            within=working_days(2),
            fills=SupportArrangement,
        ),
        Step(
            "site_safety",
            _l("现场安全确认"),
            role("project_department_head"),
            meaning="confirmed",
            within=working_days(2),
            when=OPEN_DAY,
            fills=SiteSafety,
            clause="CS-P-02#open-day",
        ),
        Step(
            "event_record",
            _l("活动记录及反馈"),
            role("customer_service_officer"),
            meaning="filled",
            within=working_days(3, since="event_start"),
            fills=EventRecord,
            on_refusal=Back("support_arrangement"),
        ),
    )

    def check(self) -> None:
        """An event lies ahead when support is asked for."""
        moments.refuse_past(self, "event_start", _l("开始时间不能早于提交日期，请填写将要举办的时间"))

    @staticmethod
    @after("event_record", _l("提出诉求的到场客户：各生成一份来访来电受理记录草稿"))
    def take_requests(record: Filed) -> Iterator[Effect]:
        """What a visitor asks for is work for customer service."""
        for visitor in record["visitors"] or ():
            if visitor["request"]:
                yield Opens(
                    "CS-90",
                    {
                        "kind": "request",
                        "channel": "visit",
                        "caller": visitor["name"],
                        "caller_phone": visitor["phone"],
                        "customer": visitor["customer"],
                        "received_at": record["event_start"],
                        "content": visitor["remark"],
                    },
                    to="role:customer_service_officer",
                )
