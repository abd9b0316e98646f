"""EN-32 合理化建议表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import weeks
from portal.domain.effects import Effect, Opens, Tells, after
from portal.domain.signoff import Close, Route, Step, head_of, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, LongText, Money, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality import own
from portal.forms.quality.actions import follow
from portal.forms.references import Attachments, Department
from portal.lib.i18n import _l, _lp

AREAS = {
    "site_organisation": _l("施工组织"),
    "quality": _l("质量"),
    "safety": _l("安全"),
    "cost": _l("成本"),
    "service": _l("服务"),
    "management": _lp("suggestion", "管理"),
}
SUBJECTS = {"site_organisation": "production", "safety": "production", "quality": "quality"}
"""Which range of the information centre an area belongs to; the others are about operations."""


class DepartmentOpinion(Stage):
    """Whether the department takes the suggestion up, and why."""

    adopted = YesNo(_l("是否采纳"))
    opinion = LongText(_l("意见"), help=_l("不采纳的，这里的理由会告知建议人"))


class DeputyApproval(Stage):
    """How the suggestion is carried out, and what its proposer gets for it."""

    plan = LongText(_l("实施安排"))
    reward = Money(_l("奖励"), required=False)


class ImprovementSuggestion(CompanyForm):
    """Takes a suggestion of anybody in the company to those who can carry it out, and follows it until it works."""

    code = "EN-32"
    name = _l("合理化建议表")
    slug = "improvement-suggestions"
    section = "construction"
    procedure = "EN-P-01#suggestions"
    opened_by = ("employee",)
    columns = (
        "number", "subject", "area", "department", "expected_saving", "adopted", "current_step", "due_at", "status",
    )  # fmt: skip

    subject = Text(_l("建议主题"))
    area = Choice(_l("涉及方面"), AREAS)
    department = Department(_l("涉及部门"), help=_l("由该部门负责人提出意见"))
    present_state = LongText(_lp("suggestion", "现状"))
    proposal_ = LongText(_l("建议内容"))
    expected_benefit = LongText(_l("预期效果"))
    expected_saving = Money(_l("预计节约"), required=False)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "department_opinion",
            _l("部门负责人意见"),
            head_of("department"),
            meaning="checked",
            within=weeks(1),
            fills=DepartmentOpinion,
            on_refusal=Close(),
            outcomes=(Close(when=equals("adopted", False)),),
        ),
        Step(
            "deputy_approval",
            _l("副总经理审批"),
            role("deputy_general_manager"),
            within=weeks(1),
            when=equals("adopted", True),
            fills=DeputyApproval,
            on_refusal=Close(),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """One's own department."""
        return {"department": own.department(self.person.id)}

    @staticmethod
    @after("department_opinion", _l("不采纳：理由告知建议人"))
    def tell_proposer(record: Filed) -> Iterator[Effect]:
        """Nobody's suggestion is put aside without a word."""
        if record["adopted"] is False:
            yield Tells(
                f"person:{record.applicant_id}",
                _l(
                    "%(number)s：您的建议“%(subject)s”未被采纳：%(why)s",
                    number=record.number,
                    subject=record["subject"],
                    why=record["opinion"],
                ),
            )

    @staticmethod
    @after("deputy_approval", _l("采纳：列入纠正改进措施台帐，生成跟踪表草稿"))
    def carry_out(record: Filed) -> Iterator[Effect]:
        """What is adopted is a measure of its department."""
        yield from follow(record, [(record["plan"], None, None)], department=record["department"])

    @staticmethod
    @after("deputy_approval", _l("采纳：生成信息收集登记表草稿"))
    def pass_on(record: Filed) -> Iterator[Effect]:
        """What one department has learnt is information for the others."""
        yield Opens(
            "IC-01",
            {
                "collected_at": record.now,
                "origin": "internal",
                "source_kind": "department",
                "source_name": record["department"].text,
                "subject_area": SUBJECTS.get(record["area"], "operations"),
                "title": record["subject"],
                "content": record["proposal"],
                "attachments": record["attachments"],
                "department": record["department"],
            },
            to="role:information_officer",
        )
