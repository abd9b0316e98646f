"""IS-13 审核报告."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import date
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Back, Route, Step, applicant, heads_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.actions import follow
from portal.forms.quality.own import department_of
from portal.forms.quality.security_audit_stages import (
    GRADES,
    MAJOR,
    AuditorOpinion,
    DepartmentAnswer,
    DisputeDecision,
)
from portal.forms.quality.security_words import READERS
from portal.forms.references import Attachments, Department, Person
from portal.lib.i18n import _l
from portal.lib.text import first_line
from portal.queries import security

DISPUTED = equals("any_disputed", True)
TITLE = 60  # characters of a fact that a report is called by


class AuditedDepartment(Sheet):
    """A department, the day on which it was audited, and by whom."""

    department = Department(_l("部门"))
    date = Day(_l("日期"))
    auditor = Person(_l("审核员"))

    def check(self) -> None:
        """Nobody audits their own department."""
        if self.auditor.data and self.department.data:
            own = department_of(self.auditor.data)
            if own is not None and own.id == self.department.data.id:
                self.refuse("auditor", _l("审核员不能审核自己所在的部门，请另选一位"))


class Finding(Sheet):
    """Something found, in which department, against which clause."""

    no = Integer(_l("编号"), computed=True)
    department = Department(_l("部门"))
    fact = LongText(_l("事实"))
    clause = Text(_l("条款"))
    grade = Choice(_l("等级"), GRADES)


class SecurityAudit(CompanyForm):
    """Reports an audit of information security, and gets the measures of every department audited."""

    code = "IS-13"
    name = _l("审核报告")
    slug = "security-audits"
    section = "information_security"
    procedure = "IS-S-03#audits"
    opened_by = ("security_officer", "quality_inspector")
    covers = ("信息安全审核报告",)
    readers = READERS
    columns = (
        *("number", "audit_year", "audit_from", "audit_to", "measure_due"),
        *("current_step", "due_at", "status"),
    )

    audit_year = Integer(_l("年度"), low=2000, high=2100)
    scope = LongText(_l("审核范围"))
    criteria = LongText(_l("审核依据"))
    audited_departments = Rows(_l("受审核部门"), AuditedDepartment)
    audit_from = Day(_l("开始日期"))
    audit_to = Day(_l("结束日期"))
    findings = Rows(_l("审核发现"), Finding, help=_l("没有发现不符合的，写一行观察项说明"))
    conclusion = LongText(_l("审核结论"))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "departments_answer",
            _l("受审核部门确认及措施"),
            heads_in("audited_departments", "department"),
            meaning="confirmed",
            within=weeks(1),
            fills=DepartmentAnswer,
            clause="IS-S-03#audit-answers",
        ),
        Step(
            "auditor_opinion",
            _l("审核员对异议的意见"),
            applicant(),
            meaning="filled",
            within=working_days(2),
            when=DISPUTED,
            fills=AuditorOpinion,
            clause="IS-S-03#audit-answers",
        ),
        Step(
            "dispute_decision",
            _l("管理者代表裁定异议"),
            role("management_representative"),
            meaning="done",
            within=working_days(2),
            when=DISPUTED,
            fills=DisputeDecision,
            outcomes=(
                Back("departments_answer", when=equals("finding_upheld", True)),
                Back(when=equals("finding_upheld", False)),
            ),
            clause="IS-S-03#audit-answers",
        ),
        Step(
            "representative_approval",
            _l("管理者代表批准"),
            role("management_representative"),
            within=working_days(3),
            clause="IS-S-03#audit-answers",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """This year."""
        return {"audit_year": self.today.year}

    def heading(self) -> str:
        """The year and what was audited."""
        return f"{self.audit_year.data or ''} {first_line(self.scope.data)}".strip()

    def compute(self) -> None:
        """Numbers the findings."""
        super().compute()
        for no, row in enumerate(self.findings.rows, 1):
            row.no.data = no

    def check(self) -> None:
        """Every day lies within the audit, every finding in a department that was audited."""
        moments.refuse_future(self, "audit_to")
        begins, ends = self.audit_from.data, self.audit_to.data
        if begins and ends and ends < begins:
            self.refuse("audit_to", _l("结束日期不能早于开始日期"))
        if begins and self.audit_year.data and self.audit_year.data not in (begins.year, begins.year - 1):
            self.refuse("audit_year", _l("年度须为开始日期的当年或上一年，请核对"))
        audited = Counter(row["department"].id for row in self.audited_departments.data if row["department"])
        for row in self.audited_departments.rows:
            if row.department.data and audited[row.department.data.id] > 1:
                row.refuse("department", _l("同一部门只填一行"))
            if row.date.data and ((begins and row.date.data < begins) or (ends and row.date.data > ends)):
                row.refuse("date", _l("日期须在审核的开始日期和结束日期之间"))
        for row in self.findings.rows:
            if row.department.data and row.department.data.id not in audited:
                row.refuse("department", _l("该部门不在受审核部门中"))

    @staticmethod
    @after("representative_approval", _l("各部门的纠正措施逐条跟踪"))
    def follow_measures(record: Filed) -> Iterator[Effect]:
        """Whoever answered for a department sees to its measure."""
        place = 1
        for one in security.answered(record.id, "departments_answer"):
            measure, due = one.answers.get("corrective_measure"), one.answers.get("measure_due")
            if measure:
                owner, department = (
                    Ref(one.person.id, one.person.text),
                    Ref(one.department.id, one.department.text),
                )
                until = date.fromisoformat(due) if due else None
                yield from follow(record, [(measure, owner, until)], department=department, first=place)
                place += 1

    @staticmethod
    @after("representative_approval", _l("严重不符合：每项生成纠正预防8D报告草稿"))
    def open_reports(record: Filed) -> Iterator[Effect]:
        """A major finding is led to its cause."""
        for row in record["findings"]:
            if row["grade"] == MAJOR:
                answers = {
                    "subject": first_line(row["fact"], TITLE),
                    "responsible_department": row["department"],
                    "problem": f"{row['fact']}\n{row['clause']}",
                    "found_on": record["audit_to"],
                }
                yield Opens("QA-15", answers, to="role:quality_inspector", names_as="source_record")
