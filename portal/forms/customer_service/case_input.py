"""CS-11 设计阶段案例前端输入单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import until, weeks
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.signoff import Back, Route, Step, every, head_of, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.customer_service.case_words import GROUPS, NOT_IN_LIBRARY, WORK_STAGES
from portal.forms.fields import Choice, Day, LongText, MultiChoice, PairedRows, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Attachments, Department, Project, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import cases

ADOPTED = equals("adopted", True)
NOT_ADOPTED = equals("adopted", False)
REMAIN = equals("review_verdict", "problems_remain")


class CaseLine(Sheet):
    """A case of an earlier project, and what it asks of the new one."""

    case = RecordLink(_l("案例库编号"), "CS-07")
    old_project = Project(_l("老项目"), computed=True)
    lesson = LongText(_l("经验教训成果"), computed=True)
    question = LongText(_l("向方案提出的问题"))

    def compute(self) -> None:
        """What the library says of the case."""
        found = cases.case(self.case.data.id) if self.case.data else None
        self.old_project.data = Ref(**found.project) if found else None
        self.lesson.data = found.lesson if found else None

    def check(self) -> None:
        """Only what stands in the library is a case."""
        for name in cases.unknown([self.case.data]):
            self.refuse("case", NOT_IN_LIBRARY, case=name)


class Reply(Sheet):
    """What the department makes of one case."""

    case = RecordLink(_l("案例库编号"), "CS-07", computed=True)
    adopted = YesNo(_l("是否采纳"))
    how = LongText(_l("落实方式"), required=False, when=ADOPTED, required_when=ADOPTED)
    reason = LongText(_l("不采纳理由"), required=False, when=NOT_ADOPTED, required_when=NOT_ADOPTED)


class Avoided(Sheet):
    """Whether the work avoids the problem of one case, and by what that is seen."""

    case = RecordLink(_l("案例库编号"), "CS-07", computed=True)
    avoided = YesNo(_l("已规避"))
    evidence = Text(_l("依据"))


class ReceivingReply(Stage):
    """The receiving department's answer to every case."""

    replies = PairedRows(_l("逐条答复"), Reply)

    def compute(self) -> None:
        """One answer for each case, in their order."""
        super().compute()
        self.replies.pair(_cases(self))


class ResultReview(Stage):
    """Whether the work of the department avoids the problems of all cases."""

    reviewed_result = Text(_l("审核的工作成果"))
    result_version = Text(_l("成果版本"), max=40)
    avoided_list = PairedRows(_l("规避情况"), Avoided)
    review_verdict = Choice(
        _l("审核结论"),
        {"problems_avoided": _l("问题已规避"), "problems_remain": _l("仍有问题")},
        help=_l("选“仍有问题”时，签署后退回接收部门修改，再审下一轮"),
    )

    def compute(self) -> None:
        """One row for each case, in their order."""
        super().compute()
        self.avoided_list.pair(_cases(self))

    def check(self) -> None:
        """The conclusion is what the rows say."""
        remains = any(row["avoided"] is False for row in self.avoided_list.data)
        if self.review_verdict.data == "problems_avoided" and remains:
            self.refuse("review_verdict", _l("还有未规避的案例，请选“仍有问题”，由接收部门修改成果后再审"))
        if REMAIN.holds(self.answers()) and not remains:
            self.refuse("review_verdict", _l("各案例均已规避，请选“问题已规避”，或指出未规避的案例"))


class CaseInput(CompanyForm):
    """Brings the lessons of earlier projects into a new one, and sees that its work avoids their problems."""

    code = "CS-11"
    name = _l("设计阶段案例前端输入单")
    slug = "case-inputs"
    section = "case_library"
    procedure = "CS-P-02#case-input"
    opened_by = ("customer_service_officer", "customer_service_supervisor")
    readers = ("planning_officer",)
    covers = (
        "新项目案例输入移交单",
        "设计阶段案例前端输入单(致设计管理部)",
        "部门成果审核确认单(问题已规避)",
    )
    columns = (
        *("number", "new_project", "receiving_department", "work_stage", "question_groups", "answer_by"),
        *("review_verdict", "current_step", "due_at", "status"),
    )

    new_project = Project(_l("新项目"))
    receiving_department = Department(_l("接收部门"), help=_l("一般为设计部（设计管理部）"))
    work_stage = Choice(_l("工作阶段"), {**WORK_STAGES, "other": _l("其他")})
    question_groups = MultiChoice(_l("问题类别"), GROUPS)
    cases = Rows(_l("老项目案例及问题"), CaseLine)
    answer_by = Day(_l("要求答复日期"))
    customer_needs = LongText(_l("导入的客户需求"), required=False)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "receiving_reply",
            _l("接收部门答复"),
            head_of("receiving_department"),
            meaning="filled",
            within=until("answer_by"),
            fills=ReceivingReply,
        ),
        Step(
            "result_review",
            _l("成果审核确认(问题已规避)"),
            every(role("customer_service_officer"), head_of("receiving_department")),
            meaning="confirmed",
            within=weeks(1),
            fills=ResultReview,
            on_refusal=Back("receiving_reply"),
            outcomes=(Back("receiving_reply", when=REMAIN),),
            clause="CS-P-02#result-review",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Most cases go to the design department."""
        found = cases.design_department()
        return {"receiving_department": Ref(found.id, found.name)} if found else {}

    def check(self) -> None:
        """Each case stands there once; an answer is due from today on."""
        moments.refuse_past(self, "answer_by", _l("要求答复日期不能早于提交日期"))
        named = [row["case"].text for row in self.cases.data if row["case"]]
        double = next((one for one in named if named.count(one) > 1), None)
        if double:
            self.refuse("cases", _l("%(case)s填写了两次，请合并为一行"), case=double)

    @staticmethod
    @after("result_review", _l("问题已规避时：登记各案例被使用一次"))
    def mark_used(record: Filed) -> Iterator[Effect]:
        """What remains to be put right is not used yet."""
        if record["review_verdict"] != "problems_avoided":
            return
        adopted = {row["case"].text: row["adopted"] for row in record["replies"]}
        for row in record["avoided_list"]:
            yield PostsEntry(
                cases.USES,
                {
                    "case": row["case"].text,
                    "project": record["new_project"].text,
                    "result": record["reviewed_result"],
                    "version": record["result_version"],
                    "adopted": adopted.get(row["case"].text),
                    "used_on": day(record.now).isoformat(),
                },
                about=row["case"].id,
            )


def _cases(stage: Stage) -> list[dict[str, Any]]:
    return [{"case": row["case"]} for row in stage.context.get("cases") or ()]
