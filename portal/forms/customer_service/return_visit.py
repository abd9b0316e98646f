"""CS-39 客户回访记录."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.conditions import all_of, equals
from portal.domain.deadlines import hours
from portal.domain.effects import CORRECTED, SUBMITTED, Asks, Effect, Opens, after
from portal.domain.signoff import Onward, Route, Step, head_of, role
from portal.forms import moments
from portal.forms.base import CompanyForm
from portal.forms.customer_service.return_visit_stages import (
    CrossDepartment,
    Escalation,
    IssueHandling,
    ResultToCustomer,
)
from portal.forms.customer_service.satisfaction import SATISFACTION
from portal.forms.fields import Choice, LongText, Moment, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Customer, RecordLink
from portal.lib.i18n import _l
from portal.queries import goods, people

PROBLEM = equals("problem_raised", True)
NEEDS_OTHERS = all_of(PROBLEM, equals("can_decide", False))


class ReturnVisit(CompanyForm):
    """Asks a customer how things are; a problem is solved within the hour, or goes up."""

    code = "CS-39"
    name = _l("客户回访记录")
    slug = "return-visits"
    section = "follow_up"
    procedure = "CS-P-03#visits"
    opened_by = ("customer_service_officer",)
    covers = ("客户回访记录(反馈)表", "回访问题处理单(1小时)", "跨部门协调处理单", "问题上报(升级)单")
    columns = (
        *("number", "customer", "visit_way", "visited_at", "person", "reason", "satisfaction"),
        *("can_decide", "department_solved", "current_step", "due_at", "status"),
    )

    customer = Customer(_l("客户"))
    visit_way = Choice(
        _l("回访方式"),
        {
            "telephone": _l("电话沟通"),
            "visit": _l("上门拜访"),
            "wechat": _l("微信服务"),
            "sms": _l("短信"),
            "other": _l("其他"),
        },
    )
    visited_at = Moment(_l("回访时间"))
    person_ = Text(_l("受访人"))
    reason = Choice(
        _l("回访事由"),
        {
            "routine": _l("例行回访"),
            "after_complaint": _l("投诉后回访"),
            "after_repair": _l("报修后回访"),
            "after_service": _l("服务后回访"),
        },
    )
    related_record = RecordLink(_l("相关记录"), "CS-51", "CS-76", "CS-01", "CS-25", required=False)
    customer_needs = LongText(_l("客户需求"), required=False)
    market_information = LongText(_l("市场信息"), required=False, help=_l("填写后会生成信息收集登记表草稿"))
    own_shortcomings = LongText(_l("自身不足"), required=False)
    satisfaction = Choice(_l("满意度"), SATISFACTION)
    problem_raised = YesNo(
        _l("是否有问题需处理"), help=_l("选“是”的立即转客服主管，一小时内、最迟当日下班前处理")
    )
    problem_description = LongText(_l("问题描述"), when=PROBLEM)
    problem_reported_at = Moment(_l("向主管反映时间"), computed=True, when=PROBLEM)

    signoff = Route(
        Step(
            "issue_handling",
            _l("主管当场处理"),
            role("customer_service_supervisor"),
            meaning="done",
            within=hours(1, fixed=True, same_day=True),
            when=PROBLEM,
            fills=IssueHandling,
            overdue_to="escalation",
            clause="CS-P-03#one-hour",
        ),
        Step(
            "cross_department",
            _l("跨部门协调处理"),
            head_of("department_asked"),
            meaning="done",
            within=hours(1, fixed=True),
            when=NEEDS_OTHERS,
            fills=CrossDepartment,
            on_refusal=Onward("escalation"),
            overdue_to="escalation",
            clause="CS-P-03#cross-department",
        ),
        Step(
            "escalation",
            _l("上报上级领导"),
            role("deputy_general_manager"),
            meaning="done",
            within=hours(4),
            when=all_of(NEEDS_OTHERS, equals("department_solved", False)),
            fills=Escalation,
            clause="CS-P-03#escalation",
        ),
        Step(
            "result_to_customer",
            _l("结果告知客户"),
            role("customer_service_officer"),
            meaning="called",
            within=hours(4),
            when=PROBLEM,
            fills=ResultToCustomer,
            clause="CS-P-03#visit-flow",
        ),
    )

    def compute(self) -> None:
        """The problem is reported by being submitted."""
        super().compute()
        self.problem_reported_at.data = moments.submitted_at(self) if self.problem_raised.data else None

    def check(self) -> None:
        """What is reported of a visit has happened."""
        moments.refuse_future(self, "visited_at")
        about = self.related_record.data
        concerned = goods.named(about.id, "customer") if about and about.id else None
        if concerned and self.customer.data and concerned != self.customer.data.id:
            self.refuse("related_record", _l("这条记录属于另一位客户，请核对客户和相关记录"))

    @staticmethod
    @after(SUBMITTED, _l("有市场信息时：为回访人生成信息收集登记表草稿"))
    def collect(record: Filed) -> Iterator[Effect]:
        """What the customer tells of the market is information for the company."""
        yield from _told_of_market(record)

    @staticmethod
    @after(CORRECTED, _l("更正后：信息收集登记表草稿随之更新"))
    def collect_anew(record: Filed) -> Iterator[Effect]:
        """As after the first submission."""
        yield from _told_of_market(record)

    @staticmethod
    @after("escalation", _l("请责任人按期落实可行措施"))
    def carry_out(record: Filed) -> Iterator[Effect]:
        """R21: a measure has somebody who sees to it."""
        yield Asks(
            _l("落实回访问题的可行措施"), f"person:{record['measure_owner'].id}", record["measure_due"]
        )


def _told_of_market(record: Filed) -> Iterator[Effect]:
    if record["market_information"]:
        department = people.department_name(record.department_id, "zh")
        yield Opens(
            "IC-01",
            {
                "collected_at": record["visited_at"],
                "origin": "external",
                "source_kind": "customer",
                "source_name": record["customer"].text,
                "content": record["market_information"],
                "department": Ref(record.department_id, department),
            },
            to=f"person:{record.applicant_id}",
        )
