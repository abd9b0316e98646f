"""CR-03 客户跟踪记录."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.deadlines import weeks
from portal.domain.effects import CORRECTED, SUBMITTED, Effect, Opens, Updates, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm
from portal.forms.customer_service.prospect_stages import SALES
from portal.forms.fields import Choice, Day, LongText, Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Customer, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import customers, goods, people

CHANNELS = {"telephone": "telephone", "visit": "visit", "wechat": "wechat", "e_mail": "e_mail"}  # of CS-50
PASSED_ON = ("important_enquiry", "complaint")


class FollowUpRecord(CompanyForm):
    """Keeps what was spoken with a customer; what matters goes to quality, a complaint to customer service."""

    code = "CR-03"
    name = _l("客户跟踪记录")
    slug = "follow-up-records"
    section = "crm"
    procedure = "CR-P-01#follow-up"
    opened_by = ("salesperson", "customer_service_officer")
    covers = ("顾客沟通信息记录", "客户跟踪(跟进)记录")
    columns = (
        *("number", "customer", "follow_up_way", "followed_up_at", "person_followed_up", "result", "kind"),
        *("by_sales", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    follow_up_way = Choice(
        _l("跟进方式"),
        {
            "telephone": _l("电话"),
            "visit": _l("上门"),
            "wechat": _l("微信"),
            "e_mail": _l("邮件"),
            "meeting": _l("会议"),
            "other": _l("其他"),
        },
    )
    followed_up_at = Moment(_l("跟进时间"))
    person_followed_up = Text(_l("跟进对象"), max=60)
    details = LongText(_l("沟通细节"))
    result = Choice(
        _l("跟进结果"),
        {
            "interested": _l("有意向"),
            "quoted": _l("已报价"),
            "ordered": _l("已订货"),
            "to_go_on": _l("继续跟进"),
            "not_interested": _l("无意向"),
        },
    )
    kind = Choice(
        _l("信息性质"),
        {
            "ordinary": _l("一般沟通"),
            "important_enquiry": _l("重要意见"),
            "complaint": _l("投诉"),
        },
        help=_l("重要意见和投诉同时传递给质量部；投诉另生成投诉信息反馈单草稿"),
    )
    next_follow_up_on = Day(_l("下次跟进日期"), required=False)
    lead = RecordLink(_l("潜在客户(机会)"), "CR-12", required=False)
    attachments = Attachments(_l("附件"), required=False)
    by_sales = YesNo(
        _l("业务人员跟进"), computed=True, required=False, help=_l("是否由业务人员跟进，由系统判断")
    )

    signoff = Route(
        Step(
            "sales_read",
            _l("销售部经理审阅"),
            role("sales_manager"),
            meaning="acknowledged",
            within=weeks(1),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A contact that has just been."""
        return {"followed_up_at": self.now.replace(second=0, microsecond=0)}

    def compute(self) -> None:
        """Whether the writer is of sales."""
        super().compute()
        self.by_sales.data = not SALES.isdisjoint(self.person.roles) if self.person else None

    def check(self) -> None:
        """A contact has taken place, the next one follows it; a lead is the customer's own."""
        at, following = self.followed_up_at.data, self.next_follow_up_on.data
        if at and at > self.now:
            self.refuse("followed_up_at", _l("跟进时间不能晚于现在"))
        if at and following and following < day(at):
            self.refuse("next_follow_up_on", _l("下次跟进日期不能早于本次跟进"))
        lead, customer = self.lead.data, self.customer.data
        about = customers.about({lead.id}) if lead and lead.id else None
        if about is not None and customer and about.id != customer.id:
            self.refuse("lead", _l("这条客户机会属于另一客户 %(customer)s，请重新选择"), customer=about.label)

    @staticmethod
    @after(SUBMITTED, _l("更新客户的业务最近跟进时间；重要意见和投诉生成草稿"))
    def pass_on(record: Filed) -> Iterator[Effect]:
        """What the contact sets going."""
        yield from _told(record)

    @staticmethod
    @after(CORRECTED, _l("更正后：按更正的内容传递"))
    def pass_on_again(record: Filed) -> Iterator[Effect]:
        """A corrected sheet may turn out to be a complaint."""
        yield from _told(record)


def _told(record: Filed) -> Iterator[Effect]:
    customer, at = customers.find(record["customer"].id), record["followed_up_at"]
    last = customer.last_sales_follow_up if customer else None
    if record["by_sales"] and (last is None or last < at):
        yield Updates("customer", record["customer"].id, {"last_sales_follow_up": at})
    author = f"person:{record.applicant_id}"
    if record["kind"] in PASSED_ON:
        quality = {
            "information_class": "class_a",
            "class_item": "important_customer_opinion_or_complaint",
            "found_at": at,
            "department": Ref(record.department_id, people.department_name(record.department_id, "zh")),
            "description": record["details"],
            "evidence": record["attachments"],
        }
        yield Opens("QA-01", quality, to=author, names_as="source_record")
    if record["kind"] == "complaint":
        relay = {
            "received_at": at,
            "received_by": Ref(record.applicant_id, goods.person_label(record.applicant_id)),
            "complainant": record["person_followed_up"],
            "complainant_phone": (customer.phone or None) if customer else None,
            "channel": CHANNELS.get(record["follow_up_way"], "other"),
            "content": record["details"],
            "evidence": record["attachments"],
        }
        yield Opens("CS-50", relay, to=author)
