"""PL-21 建设工程设计方案审核意见表."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import REFUSED, Effect, Tells, after
from portal.domain.signoff import Close, Route, Step, outside, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.checklists import Checklist
from portal.forms.design import permits, project_papers
from portal.forms.design.design_scheme import anew
from portal.forms.fields import Choice, LongText, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.gates import refuse_left_out
from portal.forms.references import Attachments, Project, RecordLink
from portal.lib.i18n import _l
from portal.queries import project_papers as papers

STAGE = "scheme_review"
AGREED = "agreed"


class InternalOpinion(Stage):
    """What the planning department says of the scheme."""

    planning_opinion = LongText(_l("意见"))


class CustomerServiceOpinion(Stage):
    """Whether the scheme avoids what went wrong in earlier projects."""

    known_problems_avoided = YesNo(_l("老项目问题已规避"), help=_l("选“否”时本表结束，并生成新版方案的草稿"))


class AuthorityOpinion(Stage):
    """What the planning authority says of the scheme."""

    opinions = LongText(_l("审核意见"))
    verdict = Choice(
        _l("结论"),
        {AGREED: _l("同意"), "agreed_after_changes": _l("修改后同意"), "not_agreed": _l("不同意")},
        help=_l("结论不是“同意”时，生成新版方案的草稿"),
    )


class SchemeReviewOpinion(permits.Preparation, CompanyForm):
    """Collects three opinions on one version of a scheme; unless all agree, the scheme gets a next version."""

    code = "PL-21"
    name = _l("建设工程设计方案审核意见表")
    slug = "scheme-review-opinions"
    section = "planning_permits"
    procedure = "PL-P-01#scheme-opinion"
    opened_by = ("planning_officer",)
    readers = permits.READERS
    columns = (
        "number", "project", "scheme", "scheme_version", "reviewed_by", "known_problems_avoided", "verdict",
        "current_step", "due_at", "status",
    )  # fmt: skip

    project = Project(_l("项目"), "permit")
    scheme = RecordLink(_l("设计方案"), "PL-19")
    scheme_version = Text(_l("方案版本"), computed=True)
    review_points = Checklist(
        _l("审核内容"),
        (
            _l("规划指标符合规划条件"),
            _l("总平面布局"),
            _l("建筑退界及间距"),
            _l("交通及停车"),
            _l("消防"),
            _l("绿地及景观"),
            _l("公共设施"),
            _l("日照"),
        ),
    )
    design_unit_statement = LongText(_l("设计单位说明"))
    reviewed_by = Text(_l("审核单位"), default=lambda: str(_l("规划局")))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "internal_opinion",
            _l("规划设计部意见"),
            role("planning_manager"),
            meaning="checked",
            within=working_days(2),
            fills=InternalOpinion,
            on_refusal=Close(),
        ),
        Step(
            "customer_service_opinion",
            _l("客户服务部意见"),
            role("customer_service_supervisor"),
            meaning="checked",
            within=working_days(2),
            fills=CustomerServiceOpinion,
            on_refusal=Close(),
            outcomes=(Close(when=equals("known_problems_avoided", False)),),
        ),
        Step(
            "authority_opinion",
            _l("规划部门审核意见"),
            outside("authority"),
            meaning="confirmed",
            fills=AuthorityOpinion,
            on_refusal=Close(),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """What the project and its papers say already."""
        return project_papers.known(self)

    def compute(self) -> None:
        """The version as it was delivered."""
        super().compute()
        self.scheme_version.data = delivered(self.scheme.data)

    def check(self) -> None:
        """R33: the project has a review; the scheme is its own and accepted; what fails is explained."""
        refuse_left_out(self, "project", STAGE)
        project_papers.refuse_foreign(self)
        for row in self.review_points.rows:
            if row.result.data == "fail" and row.remark.blank:
                row.refuse("remark", _l("请说明哪里不合格"))

    @staticmethod
    @after(REFUSED, _l("方案须修改：生成新版方案的草稿"))
    def revise(record: Filed) -> Iterator[Effect]:
        """Whoever says no asks for another scheme."""
        yield from anew(record["scheme"])

    @staticmethod
    @after("authority_opinion", _l("结论为同意时可以办结送审单，否则生成新版方案的草稿"))
    def conclude(record: Filed) -> Iterator[Effect]:
        """R33: with the authority's agreement the submission may be finished."""
        if record["verdict"] != AGREED:
            yield from anew(record["scheme"])
            return
        text = _l("%(number)s：规划部门已同意设计方案，可以办结送审单（PL-20）", number=record.number)
        yield Tells(f"person:{record.applicant_id}", text)


def delivered(scheme: Any) -> str | None:
    """The version of an accepted scheme; None for one on paper."""
    return papers.said(scheme.id, "design_unit_delivery", "delivered_version") if scheme else None
