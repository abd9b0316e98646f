"""EN-29 每周客户电话联系记录."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.conditions import equals, filled
from portal.domain.deadlines import weeks
from portal.domain.effects import SUBMITTED, Asks, Effect, Opens, after
from portal.domain.signoff import Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.fields import Day, LongText, Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, Project
from portal.lib.clock import day, iso_week
from portal.lib.i18n import _l, _lp
from portal.queries import projects, works

REACHED = equals("reached", True)
AT_ONCE = timedelta(hours=1)  # R63: so soon customer service hears of a complaint


class WeeklyPhoneRecord(CompanyForm):
    """Keeps what the foreman and the customer said to each other on the telephone, at least once a week (R28)."""

    code = "EN-29"
    name = _l("每周客户电话联系记录")
    slug = "weekly-phone-records"
    section = "construction"
    procedure = "EN-P-01#weekly-call"
    opened_by = ("foreman",)
    columns = (
        "number", "project", "customer", "week", "called_at", "person", "reached", "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("工程"), "works")
    customer = Customer(_l("客户"), help=_l("工程登记了客户的，自动填入"))
    called_at = Moment(_l("联系时间"))
    week = Text(_l("周次"), computed=True)
    person_ = Text(_l("通话人"), help=_l("客户方接听电话的人；未接通时填拨打的对象"), max=60)
    reached = YesNo(_l("是否接通"), help=_l("未接通的也请记录；接通后才算完成本周联系"))
    matters = LongText(_l("沟通协调事宜"))
    customer_opinion = LongText(_l("客户意见"), required=False, when=REACHED)
    complaint = YesNo(
        _l("是否投诉"), when=REACHED, help=_l("客户表示不满、要求处理的，提交后生成投诉信息反馈单草稿")
    )
    agreed_action = LongText(_l("商定事项"), required=False, when=REACHED)
    action_due = Day(
        _lp("wanted", "完成日期"), required=False, when=REACHED, required_when=filled("agreed_action")
    )

    signoff = Route(
        Step(
            "manager_read",
            _l("工程部经理审阅"),
            role("engineering_manager"),
            meaning="acknowledged",
            within=weeks(1),
            bulk=True,
        ),
    )

    def compute(self) -> None:
        """The week in which it was; the customer of the project."""
        super().compute()
        self.week.data = iso_week(day(self.called_at.data)) if self.called_at.data else None
        named = self.project.data
        project = projects.project(named.id) if named else None
        if project is not None and project.customer is not None:
            self.customer.data = Ref(project.customer.id, project.customer.label)

    def check(self) -> None:
        """A call lies behind us, what was agreed in it ahead; a complaint is told in words."""
        moments.refuse_future(self, "called_at")
        moments.refuse_earlier(self, "action_due", self.called_at.data, _l("完成日期不能早于联系日期"))
        if self.complaint.data and self.customer_opinion.blank:
            self.refuse("customer_opinion", _l("客户投诉的，请写明客户意见"))
        if self.action_due.data and self.agreed_action.blank:
            self.refuse("agreed_action", _l("填写了完成日期，请写明商定事项"))

    @staticmethod
    @after(SUBMITTED, _l("商定事项：列入工长待办"))
    def ask_foreman(record: Filed) -> Iterator[Effect]:
        """What was agreed is the foreman's to do."""
        if record["agreed_action"]:
            title = _l("与客户商定：%(action)s", action=record["agreed_action"])
            yield Asks(title, works.holder(record["project"].id, "foreman"), record["action_due"])

    @staticmethod
    @after(SUBMITTED, _l("客户投诉：生成投诉信息反馈单草稿"))
    def relay_complaint(record: Filed) -> Iterator[Effect]:
        """What is complained of on the telephone reaches customer service like any complaint."""
        if record["complaint"]:
            yield Opens(
                "CS-50",
                {
                    "received_at": record["called_at"],
                    "complainant": record["person"],
                    "channel": "telephone",
                    "content": record["customer_opinion"],
                },
                to=f"person:{record.applicant_id}",
                due=record.now + AT_ONCE,
            )
