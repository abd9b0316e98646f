"""CS-12 设计原因客户投诉归类及原因分析建议."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.deadlines import weeks
from portal.domain.effects import SUBMITTED, Effect, Opens, PostsEntry, Tells, after
from portal.domain.projects import PERMIT
from portal.domain.signoff import Back, Route, Step, every, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.customer_service.case_words import NOT_IN_LIBRARY
from portal.forms.customer_service.design_complaints_stages import (
    NOT_CLOSED,
    DesignClose,
    DesignReply,
    InternalReview,
)
from portal.forms.fields import Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, Project, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import cases, projects


class ComplaintClass(Sheet):
    """Complaints of one kind, what in the drawings caused them, and what is proposed."""

    class_ = Text(_l("投诉类别"))
    count = Integer(_l("件数"), low=1, high=100_000)
    drawing_cause = LongText(_l("设计图纸原因"))
    cause_analysis = LongText(_l("原因分析"))
    proposal_ = LongText(_l("建议"))


class CaseUsed(Sheet):
    """A case of the library that the proposals rest on."""

    case = RecordLink(_l("案例库编号"), "CS-07")
    note = Text(_l("说明"), required=False)

    def check(self) -> None:
        """Only what stands in the library is a case."""
        for name in cases.unknown([self.case.data]):
            self.refuse("case", NOT_IN_LIBRARY, case=name)


class DesignComplaints(CompanyForm):
    """Classes the complaints that a design caused, proposes, and closes the review of the construction drawings."""

    code = "CS-12"
    name = _l("设计原因客户投诉归类及原因分析建议")
    slug = "design-complaints"
    section = "case_library"
    procedure = "CS-P-02#design-complaints"
    opened_by = ("customer_service_officer", "customer_service_supervisor")
    readers = ("planning_officer",)
    covers = ("设计原因客户投诉归类及原因分析建议书", "施工图内审意见表")
    columns = (
        *("number", "new_project", "period_from", "period_to", "planned_drawing_start"),
        *("all_opinions_closed", "current_step", "due_at", "status"),
    )

    new_project = Project(_l("新项目"))
    period_from = Day(_l("统计起始日期"))
    period_to = Day(_l("统计截止日期"))
    period_complaints = LongText(
        _l("统计期内责任归属设计部的投诉"),
        computed=True,
        required=False,
        help=_l("由系统在投诉登记中查出，供归类和统计件数"),
    )
    complaint_classes = Rows(_l("投诉归类及原因分析"), ComplaintClass)
    cases_used = Rows(_l("引用案例"), CaseUsed, required=False)
    summary = LongText(_l("建议摘要"))
    planned_drawing_start = Day(
        _l("施工图设计计划开始日期"), help=_l("本单应在该日期之前提交，逾期提交的将提醒有关人员")
    )
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "design_reply",
            _l("设计管理部答复"),
            role("design_manager"),
            meaning="filled",
            within=weeks(1),
            fills=DesignReply,
        ),
        Step(
            "internal_review",
            _l("施工图内审意见"),
            every(role("customer_service_supervisor"), role("engineering_manager"), role("planning_manager")),
            meaning="inspected",
            within=weeks(1),
            fills=InternalReview,
            on_refusal=Back("design_reply"),
            clause="CS-P-02#internal-review",
        ),
        Step(
            "design_close",
            _l("设计管理部关闭"),
            role("design_manager"),
            meaning="done",
            within=weeks(1),
            fills=DesignClose,
            on_refusal=Back("internal_review"),
            outcomes=(Back("internal_review", when=NOT_CLOSED),),
            clause="CS-P-02#internal-review",
        ),
    )

    def heading(self) -> str:
        """The project and the days that were looked at."""
        project = self.new_project.data
        return f"{project.text if project else ''} {self.period_from.data}—{self.period_to.data}".strip()

    def compute(self) -> None:
        """The complaints that are to be classed."""
        super().compute()
        since, until = self.period_from.data, self.period_to.data
        found = cases.caused_by_design(since, until, self.itself) if since and until else []
        self.period_complaints.data = "\n".join(found)

    def check(self) -> None:
        """A period ends after it begins, by today; each class and each case stands there once."""
        since, until = self.period_from.data, self.period_to.data
        if since and until and until < since:
            self.refuse("period_to", _l("统计截止日期不能早于起始日期"))
        elif until and until > self.today:
            self.refuse("period_to", _l("统计截止日期不能晚于今天"))
        seen: set[str] = set()
        for row in self.cases_used.rows:
            case = row.case.data.text if row.case.data else ""
            if case in seen:
                row.refuse("case", _l("这个案例填写了两行，请合并说明"))
            seen |= {case} - {""}
        named = [row["class"] for row in self.complaint_classes.data if row["class"]]
        double = next((one for one in named if named.count(one) > 1), None)
        if double:
            self.refuse(
                "complaint_classes", _l("“%(class)s”填写了两行，请合并件数和分析"), **{"class": double}
            )

    @staticmethod
    @after(SUBMITTED, _l("迟于施工图设计计划开始日期提交时：提醒客服主管、设计部经理、客服中心主任和提交人"))
    def warn(record: Filed) -> Iterator[Effect]:
        """The proposals were due before the construction drawings."""
        if day(record.now) > record["planned_drawing_start"]:
            text = _l(
                "%(project)s的设计投诉归类建议迟于施工图设计计划开始日期 %(day)s 提交，请尽快处理",
                project=record["new_project"].text,
                day=record["planned_drawing_start"].isoformat(),
            )
            for holder in ("customer_service_supervisor", "design_manager", "customer_service_director"):
                yield Tells(f"role:{holder}", text)
            yield Tells(f"person:{record.applicant_id}", text)

    @staticmethod
    @after(
        "design_close",
        _l("内审意见全部关闭：可以报送施工图外部审查（报批项目生成送审清单草稿），引用的案例登记使用一次"),
    )
    def release(record: Filed) -> Iterator[Effect]:
        """With every opinion closed the drawings may go to the reviewing agency (PL-37)."""
        if not record["all_opinions_closed"]:
            return
        yield Tells(
            "role:design_manager",
            _l(
                "%(project)s施工图内审已关闭，可以报送施工图审查（PL-37）",
                project=record["new_project"].text,
            ),
        )
        yield from _submission(record)
        for row in record["cases_used"] or ():
            yield PostsEntry(
                cases.USES,
                {
                    "case": row["case"].text,
                    "project": record["new_project"].text,
                    "result": record["drawing_no"],
                    "version": record["drawing_version"],
                    "adopted": True,
                    "used_on": day(record.now).isoformat(),
                },
                about=row["case"].id,
            )


def _submission(record: Filed) -> Iterator[Effect]:
    """A draft of the submission to the reviewing company, where the drawings are those of a permit project."""
    project = projects.project(record["new_project"].id)
    if project is not None and project.kind == PERMIT.key:
        to = projects.holder(project, "planning_officer")
        yield Opens("PL-37", {"project": record["new_project"]}, to=to, names_as="internal_review")
