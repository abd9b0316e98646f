"""QA-17 员工满意度评定、分析及改进报告."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.deadlines import weeks
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.roles import DEPARTMENTS, TOP
from portal.domain.signoff import Route, Step, every, head_of_department, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Integer, LongText, Number, Percent, Rows
from portal.forms.filed import Filed
from portal.forms.quality.actions import ImprovementAction, follow, measures
from portal.forms.quality.employee_satisfaction_survey import ITEMS
from portal.forms.quality.survey_words import STANDARD, rounded
from portal.forms.references import Attachments
from portal.lib.i18n import _l
from portal.queries import ballots, surveys

HUNDRED = Decimal(100)


class ItemScore(Sheet):
    """The mean of one item, beside that of the year before."""

    item = Choice(_l("调查项目"), ITEMS, computed=True)
    mean = Number(_l("平均分"), computed=True)
    last_year = Number(_l("上年"), computed=True)


class EmployeeSatisfactionReport(CompanyForm):
    """Tells what the employees of a year think of the company, and what is done about it."""

    code = "QA-17"
    name = _l("员工满意度评定、分析及改进报告")
    slug = "employee-satisfaction-reports"
    section = "quality_satisfaction"
    procedure = "QA-P-02#employee-report"
    opened_by = ("hr_manager",)
    columns = (
        "number", "year", "answers", "participation_rate", "total_score", "current_step", "due_at", "status",
    )  # fmt: skip

    year = Integer(_l("年度"), low=2000, high=2199)
    answers_ = Integer(_l("回收份数"), computed=True)
    participation_rate = Percent(_l("参与率"), computed=True)
    scores = Rows(_l("各项得分"), ItemScore, computed=True)
    total_score = Number(_l("总得分"), computed=True)
    assessment = LongText(_l("评定"))
    analysis = LongText(_l("分析"))
    improvements = Rows(_l("改进措施"), ImprovementAction)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "department_comment",
            _l("部门负责人意见"),
            # the management comments by its approval
            every(*(head_of_department(one.key) for one in DEPARTMENTS if one.key != TOP)),
            meaning="advised",
            within=weeks(1),
            comments=True,
        ),
        Step("gm_approval", _l("总经理审批"), role("general_manager"), within=weeks(1)),
    )

    def proposal(self) -> dict[str, Any]:
        """The report of this year."""
        return {"year": self.today.year}

    def heading(self) -> str:
        """The year."""
        return str(self.year.data or "")

    def compute(self) -> None:
        """What the answers of the year and of the year before came to."""
        super().compute()
        year = self.year.data
        given = ballots.answers(year) if year else []
        means, before = (
            ballots.means(given, tuple(ITEMS)),
            ballots.means(ballots.answers(year - 1) if year else [], tuple(ITEMS)),
        )
        self.scores.fill(
            {"item": name, "mean": _shown(means, name), "last_year": _shown(before, name)} for name in ITEMS
        )
        self.answers_.data = len(given)
        asked = ballots.asked_in(year, self.today) if year else 0
        share = min(HUNDRED * len(given) / asked, HUNDRED) if asked else Decimal(0)
        self.participation_rate.data = rounded(share)
        self.total_score.data = rounded(sum(means.values(), Decimal(0))) if means else None

    def check(self) -> None:
        """Nothing is told of a year while its box is open, and nothing twice."""
        box = ballots.of_year(self.year.data) if self.year.data else None
        if box is not None and box.closed_at is None:
            self.refuse("year", _l("%(year)s 年度的员工调查还没有结束，结束后再评定"), year=box.year)
        if self.year.data and self.year.data > self.today.year:
            self.refuse("year", _l("年度还没有开始，请核对"))
        if self.year.data and (other := surveys.report_of(self.year.data, self.itself)):
            self.refuse("year", _l("这一年度的报告已有 %(number)s，请勿重复填报"), number=other)

    @staticmethod
    @after("gm_approval", _l("得分登记入满意度得分台帐"))
    def post_score(record: Filed) -> Iterator[Effect]:
        """The employees stand beside the customers."""
        total = record["total_score"]
        yield PostsEntry(
            surveys.LEDGER,
            {
                "year": record["year"],
                "module": "employee",
                "answers": record["answers"],
                "mean": None if total is None else str(total),
                "weight": None,
                "converted": None,
                "total": None if total is None else str(total),
                "standard": str(STANDARD),
                "reached": total is not None and total >= STANDARD,
            },
        )

    @staticmethod
    @after("gm_approval", _l("改进措施登记入纠正改进措施台帐，并生成跟踪表草稿"))
    def follow_improvements(record: Filed) -> Iterator[Effect]:
        """What was promised is followed to its end."""
        yield from follow(record, measures(record["improvements"]))


def _shown(means: dict[str, Decimal], name: str) -> Decimal | None:
    return rounded(means[name]) if name in means else None
