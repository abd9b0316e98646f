"""CS-59 客诉分析改善报告(八项)."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, timedelta

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import FINISHED, Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, head_of, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Stage
from portal.forms.customer_service.complaint_drafts import REPORT_DAYS
from portal.forms.fields import Day, LongText, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Customer, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import followed_cases, goods


class QualityVerify(Stage):
    """Whether the improvement works."""

    effective = YesNo(_l("改善有效"), help=_l("选“否”的，报告退回编写人重新改善"))
    report_8d_needed = YesNo(_l("是否需要8D报告"), when=equals("effective", True))


class ToCustomer(Stage):
    """The report goes to the customer."""

    sent_on = Day(_l("发送日期"))

    def check(self) -> None:
        """It has been sent, after it was written."""
        moments.refuse_future(self, "sent_on")
        moments.refuse_earlier(
            self, "sent_on", moments.submitted_at(self), _l("发送日期不能早于报告提交日期")
        )


class ImprovementReport(CompanyForm):
    """Says in eight items what was behind a complaint, and proves that it cannot come back."""

    code = "CS-59"
    name = _l("客诉分析改善报告(八项)")
    slug = "improvement-reports"
    section = "complaints"
    procedure = "CS-P-04#report"
    opened_by = ("customer_service_officer", "quality_inspector", "assigned_person")
    columns = (
        *("number", "complaint", "customer", "report_due_on", "effective", "report_8d_needed", "sent_on"),
        *("current_step", "due_at", "status"),
    )

    complaint = RecordLink(_l("投诉"), "CS-51")
    customer = Customer(_l("客户"), required=False, help=_l("留空时由系统填入投诉的客户"))
    report_due_on = Day(_l("报告期限"), computed=True, required=False, help=_l("投诉关闭后 30 天"))
    background = LongText(_l("1.客诉背景"))
    problem = LongText(_l("2.客诉问题"))
    cause = LongText(_l("3.问题原因"))
    solution = LongText(_l("4.解决方案"))
    prevention = LongText(_l("5.如何避免问题发生"))
    follow_up_control = LongText(_l("6.后续改善管制"))
    trial_batch = LongText(_l("7.试验一批及结果"))
    proof_of_effect = LongText(_l("8.证明改善有效果"))
    proof_attachment = Attachments(_l("有效性证明"))

    signoff = Route(
        Step(
            "department_check",
            _l("部门负责人审核"),
            head_of(),
            meaning="checked",
            within=working_days(3),
        ),
        Step(
            "quality_verify",
            _l("质量部验证"),
            role("quality_manager"),
            meaning="verified",
            within=weeks(1),
            fills=QualityVerify,
            outcomes=(Back(when=equals("effective", False)),),
        ),
        Step(
            "to_customer",
            _l("客户服务中心发送客户"),
            role("customer_service_officer"),
            meaning="delivered",
            within=working_days(2),
            fills=ToCustomer,
        ),
    )

    def compute(self) -> None:
        """Whose complaint it is, and until when the report is due."""
        super().compute()
        found = followed_cases.case(self.complaint.data.id) if self.complaint.data else None
        if found and found.customer and self.customer.blank and not self.customer.text:
            self.customer.data = Ref(*found.customer)
        closed = found.closed_at if found else None
        self.report_due_on.data = day(closed) + timedelta(days=REPORT_DAYS) if closed else None

    def check(self) -> None:
        """R68: about a complaint that stands, and its customer."""
        found = followed_cases.case(self.complaint.data.id) if self.complaint.data else None
        if found and found.state in ("refused", "voided"):
            self.refuse("complaint", _l("该投诉已拒绝或作废，不需要改善报告"))
        if found and found.customer and self.customer.data and found.customer[0] != self.customer.data.id:
            self.refuse("customer", _l("与投诉的客户不一致"))

    @staticmethod
    @after("quality_verify", _l("需要时生成纠正预防8D报告草稿"))
    def go_deeper(record: Filed) -> Iterator[Effect]:
        """What eight items do not settle is settled by eight disciplines."""
        found = followed_cases.case(record["complaint"].id)
        if record["effective"] and record["report_8d_needed"] and found:
            heard = found.answers.get("received_at")
            yield Opens(
                "QA-15",
                {
                    "subject": found.answers.get("complaint_object"),
                    "problem": record["problem"],
                    "customer": record["customer"],
                    "found_on": day(datetime.fromisoformat(heard)) if heard else None,
                },
                to="role:quality_inspector",
                names_as="source_record",
            )

    @staticmethod
    @after(FINISHED, _l("投诉未转入案例库的：生成问题说明及取证记录草稿"))
    def offer_lesson(record: Filed) -> Iterator[Effect]:
        """The lesson is offered to the case library, unless the complaint has done so already."""
        complaint = record["complaint"]
        found = followed_cases.case(complaint.id)
        if found is None or goods.stage_answers(complaint.id, "close").get("case_needed"):
            return
        heard = found.answers.get("received_at")
        yield Opens(
            "CS-07",
            {
                "customer": record["customer"],
                "source_record": complaint,
                "found_at": datetime.fromisoformat(heard) if heard else None,
                "problem_statement": record["problem"],
                "customer_demand": found.answers.get("demand"),
            },
            to="role:customer_service_officer",
        )
