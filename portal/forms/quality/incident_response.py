"""IS-06 事故响应."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals, filled
from portal.domain.deadlines import hours, until, weeks, working_days
from portal.domain.effects import Effect, Opens, Tells, Updates, after
from portal.domain.signoff import Back, Close, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, LongText, Moment, MultiChoice, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.security_words import OFFICER, PROPERTIES, READERS, SEVERITIES
from portal.forms.references import Attachments, Customer, InformationAsset, Person
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import first_line

INCIDENT = equals("is_incident", True)
CLOCKS = {  # hours within which a response is due, until the company sets others
    "major": ("@major_incident_hours", Decimal(4)),
    "serious": ("@serious_incident_hours", Decimal(8)),
    "minor": ("@minor_incident_hours", Decimal(24)),
}
TOLD = ("role:deputy_general_manager", "role:management_representative")  # of a major incident, at once
TITLE = 60  # characters of a problem that lists show


class Measure(Sheet):
    """Something done about the incident."""

    time_ = Moment(_l("时间"))
    measure = LongText(_l("措施"))
    person_ = Person(_l("人员"))

    def check(self) -> None:
        """What is written down has been done."""
        moments.refuse_future(self, "time")


class Triage(Stage):
    """Whether it is an incident, how grave, and by when it must be answered."""

    is_incident = YesNo(
        _l("确定为事故"), help=_l("不属于信息安全问题的，请选“不同意”并写明原因，记录随即关闭")
    )
    severity = Choice(_l("级别"), SEVERITIES, when=INCIDENT)
    respond_by = Moment(_l("响应期限"), computed=True, when=INCIDENT)

    def compute(self) -> None:
        """The graver, the sooner."""
        super().compute()
        limit, usual = CLOCKS.get(self.severity.data or "", ("", None))
        allowed = self.context.get(limit) or usual
        self.respond_by.data = self.now + timedelta(hours=float(allowed)) if allowed else None


class Response(Stage):
    """What was done, when things ran again, and why it came about."""

    timeline = Rows(_l("处置过程"), Measure)
    recovered_at = Moment(_l("恢复时间"))
    cause = LongText(_l("原因"))
    change_needed = YesNo(_l("需要变更系统"))

    def check(self) -> None:
        """One thing after the other: found, treated, recovered."""
        moments.refuse_future(self, "recovered_at")
        found_at = self.context.get("found_at")
        moments.refuse_earlier(self, "recovered_at", found_at, _l("恢复时间不能早于发现时间"))
        for row in self.timeline.rows:
            moments.refuse_earlier(row, "time", found_at, _l("处置时间不能早于发现时间"))


class CustomerNotice(Stage):
    """That the customer knows."""

    told_customer_at = Moment(_l("告知时间"))

    def check(self) -> None:
        """It has been told, after it was found."""
        moments.refuse_future(self, "told_customer_at")
        found_at = self.context.get("found_at")
        moments.refuse_earlier(self, "told_customer_at", found_at, _l("告知时间不能早于发现时间"))


class Lessons(Stage):
    """What is learned, and whether a team looks deeper."""

    lessons = LongText(_l("经验教训"))
    report_8d = YesNo(_l("需8D报告"))


class IncidentResponse(CompanyForm):
    """Takes a security problem in, and leads an incident from its grading to its lessons."""

    code = "IS-06"
    name = _l("事故响应")
    slug = "incident-responses"
    section = "information_security"
    procedure = "IS-S-03#incident-report"
    opened_by = ("employee", "security_officer")
    covers = ("信息安全问题报告单", "事故响应记录")
    readers = READERS
    columns = (
        *("number", "found_at", "reporter", "affected", "still_going_on", "asset", "customer_affected"),
        *("severity", "report_8d", "current_step", "due_at", "status"),
    )

    found_at = Moment(_l("发现时间"))
    reporter = Person(_l("报告人"))
    asset = InformationAsset(_l("涉及资产"), required=False)
    problem = LongText(_l("问题描述"))
    affected = MultiChoice(_l("影响特性"), PROPERTIES)
    customer_affected = Customer(_l("涉及客户"), required=False)
    still_going_on = YesNo(_l("是否仍在发生"))
    evidence = Attachments(_l("证据"), required=False)

    signoff = Route(
        Step(
            "triage",
            _l("研判分级"),
            role("security_officer"),
            meaning="done",
            within=hours(1),
            fills=Triage,
            on_refusal=Close(),
            clause="IS-S-03#triage",
        ),
        Step(
            "response",
            _l("响应处置"),
            role("security_officer"),
            meaning="done",
            within=until("respond_by"),
            when=INCIDENT,
            fills=Response,
            clause="IS-S-03#response",
        ),
        Step(
            "customer_notice",
            _l("告知客户"),
            role("customer_service_director"),
            meaning="done",
            within=working_days(1),
            when=filled("customer_affected"),
            fills=CustomerNotice,
            clause="IS-S-03#customer-notice",
        ),
        Step(
            "management_close",
            _l("管理者代表关闭"),
            role("management_representative"),
            within=weeks(1),
            when=INCIDENT,
            fills=Lessons,
            on_refusal=Back("response"),
            clause="IS-S-03#incident-closing",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Whoever opens the page reports."""
        reporter = self.person.person
        return {"reporter": Ref(reporter.id, reporter.label)}

    def heading(self) -> str:
        """The beginning of the problem."""
        return first_line(self.problem.data, TITLE)

    def check(self) -> None:
        """What is reported has been found."""
        moments.refuse_future(self, "found_at")

    @staticmethod
    @after("triage", _l("重大事故：立即告知主管副总经理和管理者代表；涉及资产的风险列入重新评估"))
    def alarm(record: Filed) -> Iterator[Effect]:
        """Who leads the company hears of the worst at once; the risk was judged wrongly."""
        if not record["is_incident"]:
            return
        if record["severity"] == "major":
            for to in TOLD:
                yield Tells(
                    to, _l("%(number)s：发生重大信息安全事故，正在处置，请立即查看", number=record.number)
                )
        if record["asset"]:
            yield Updates("asset", record["asset"].id, {"assess": True})

    @staticmethod
    @after("response", _l("需要变更系统时：生成变更请求草稿"))
    def ask_for_change(record: Filed) -> Iterator[Effect]:
        """What let it happen is changed."""
        if record["change_needed"]:
            answers = {
                "asset": record["asset"],
                "title": _title(record),
                "reason": f"{record.number}：{record['cause']}",
                "customer_affected": record["customer_affected"],
            }
            yield Opens("IS-12", answers, to=OFFICER)

    @staticmethod
    @after("management_close", _l("需8D报告时：生成纠正预防8D报告草稿"))
    def open_report(record: Filed) -> Iterator[Effect]:
        """A team looks for the cause."""
        if record["report_8d"]:
            answers = {
                "subject": _title(record),
                "problem": record["problem"],
                "found_on": day(record["found_at"]),
                "customer": record["customer_affected"],
            }
            yield Opens("QA-15", answers, to="role:quality_inspector", names_as="source_record")


def _title(record: Filed) -> str:
    return first_line(record["problem"], TITLE)
