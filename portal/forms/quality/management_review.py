"""DC-06 管理评审计划/报告."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import includes
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.fields import Day, Integer, LongText, MultiChoice, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.quality.actions import follow
from portal.forms.quality.own import department_of
from portal.forms.references import Attachments, ControlledDocument, Department, Person
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import reviews, submissions

SECURITY = "information_security_system"
INPUTS = {  # what is looked at -> form whose newest record tells of it
    "QA-02": _l("质量指标完成情况"),
    "QA-13": _l("顾客满意度"),
    "QA-17": _l("员工满意度"),
    "CS-51": _l("客户投诉"),
    "IC-05": _l("信息汇总报告"),
    "IS-13": _l("审核报告"),
    "QA-19": _l("纠正改进措施"),
    "IS-08": _l("风险评估"),
    "DC-06": _l("以往评审决议"),
}
TOPICS = (_l("建立"), _l("实施"), _l("运行"), _l("监视"), _l("评审"), _l("保持"), _l("改进"))


class Participant(Sheet):
    """Somebody who takes part."""

    person_ = Person(_l("人员"))
    department = Department(_l("部门"), computed=True)

    def compute(self) -> None:
        """Where they work."""
        self.department.data = department_of(self.person_.data)


class Decision(Sheet):
    """Something that the review has decided."""

    decision = LongText(_l("决议"))
    owner = Person(_l("负责人"))
    due = Day(_l("期限"))
    document = ControlledDocument(_l("须修改的文件"), required=False)


class ReviewRecord(Stage):
    """What the review found and decided."""

    conclusions = LongText(_l("评审结论"))
    decisions = Rows(_l("决议及措施"), Decision)
    system_suitable = YesNo(_l("体系适宜、充分、有效"))

    def check(self) -> None:
        """No measure is due before the review."""
        planned = self.context.get("planned_on")
        for row in self.decisions.rows:
            if planned and row.due.data and row.due.data < planned:
                row.refuse("due", _l("期限不能早于评审日期"))


class ManagementReview(CompanyForm):
    """Plans the yearly review of the management systems by the top management, and records what it decided."""

    code = "DC-06"
    name = _l("管理评审计划/报告")
    slug = "management-reviews"
    section = "document_control"
    procedure = "DC-P-03#plan"
    opened_by = ("management_representative",)
    covers = ("信息安全管理体系监视、评审与改进记录",)
    columns = (
        *("number", "review_year", "scope", "planned_on", "system_suitable"),
        *("current_step", "due_at", "status"),
    )

    review_year = Integer(_l("年度"), low=2000, high=2200)
    scope = MultiChoice(
        _l("评审范围"),
        {
            "quality_system": _l("质量管理体系"),
            SECURITY: _l("信息安全管理体系"),
            "customer_service_system": _l("客户服务体系"),
        },
    )
    planned_on = Day(_l("评审日期"))
    participants = Rows(_l("参加人员"), Participant)
    inputs = Checklist(
        _l("评审输入"),
        tuple(INPUTS.values()),
        row=Done,
        help=_l("说明中已带出最近一份报告的编号；没有的请在说明中写明资料来源"),
    )
    isms_topics = Checklist(_l("信息安全管理体系运行"), TOPICS, row=Done, when=includes("scope", SECURITY))
    input_files = Attachments(_l("输入资料"), required=False)

    signoff = Route(
        Step(
            "plan_approval",
            _l("评审计划批准"),
            role("general_manager"),
            within=working_days(3),
            clause="DC-P-03#plan-approval",
        ),
        Step(
            "review_record",
            _l("评审记录及结论"),
            role("management_representative"),
            meaning="filled",
            within=weeks(1, since="planned_on"),
            fills=ReviewRecord,
            clause="DC-P-03#minutes",
        ),
        Step(
            "gm_approval",
            _l("总经理批准报告"),
            role("general_manager"),
            within=working_days(3),
            on_refusal=Back("review_record"),
            clause="DC-P-03#report",
        ),
    )

    def heading(self) -> str:
        """The review of the year."""
        return f"{self.review_year.data} 年度管理评审" if self.review_year.data else ""

    def proposal(self) -> dict[str, Any]:
        """This year, and each input with the number of its newest report."""
        return {"review_year": self.today.year, "inputs": inputs()}

    def check(self) -> None:
        """A plan looks ahead, into the year that it names, and everybody takes part once."""
        planned, year = self.planned_on.data, self.review_year.data
        if planned and planned < day(submissions.first(self.itself) or self.now):
            self.refuse("planned_on", _l("评审日期不能早于提交日期，计划批准后再评审"))
        elif planned and year and planned.year != year:
            self.refuse("planned_on", _l("评审日期须在所填年度之内"))
        named = [row["person"].id for row in self.participants.data if row["person"]]
        if len(set(named)) < len(named):
            self.refuse("participants", _l("同一人只填一行，请删去重复的行"))
        for row in (*self.inputs.rows, *self.isms_topics.rows):
            if row.done_on.data and row.done_on.data > self.today:
                row.refuse("done_on", _l("完成日期不能晚于今天"))

    @staticmethod
    @after("gm_approval", _l("决议登记入纠正改进措施台帐并生成跟踪表草稿"))
    def follow_decisions(record: Filed) -> Iterator[Effect]:
        """Every decision is followed to its end."""
        yield from follow(
            record, ((line["decision"], line["owner"], line["due"]) for line in record["decisions"])
        )

    @staticmethod
    @after("gm_approval", _l("须修改文件的决议：生成文件更改申请单草稿，交负责人"))
    def change_documents(record: Filed) -> Iterator[Effect]:
        """What a decision changes in a document goes its own way."""
        for line in record["decisions"]:
            if line["document"]:
                yield Opens(
                    "DC-02",
                    {
                        "request_kind": "change",
                        "document": line["document"],
                        "reason": line["decision"],
                        "urgency": "normal",
                    },
                    to=f"person:{line['owner'].id}",
                    names_as="source_record",
                    due=line["due"],
                )


def inputs() -> list[dict[str, Any]]:
    """Each input, with the number of its newest report where there is one."""
    found = reviews.newest(tuple(INPUTS))
    rows = []
    for code, item in INPUTS.items():
        number, closed_on = found.get(code, (None, None))
        known = {"done": True, "done_on": closed_on, "remark": number} if number else {}
        rows.append({"item": str(item), **known})
    return rows
