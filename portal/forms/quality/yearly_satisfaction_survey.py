"""QA-13 顾客满意度得分汇总折算表."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.deadlines import weeks
from portal.domain.effects import Asks, Effect, Opens, PostsEntry, after
from portal.domain.signoff import Back, Route, Step, every, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, Integer, LongText, MultiChoice, Number, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.actions import follow, measures
from portal.forms.quality.survey_words import (
    DEPARTMENT,
    LEDGER_MODULES,
    MODULES,
    OWNERS,
    STANDARD,
    USUAL,
    said,
)
from portal.forms.quality.yearly_satisfaction_stages import (
    HUNDRED,
    Assessment,
    ScoreRollUp,
    total_standard,
)
from portal.forms.references import Customer
from portal.lib.clock import day
from portal.lib.i18n import _l, both
from portal.queries import surveys

YEAR, MOST = timedelta(days=365), 50
LASTS = timedelta(weeks=6)  # as proposed
D3_SOON = timedelta(hours=24)


class SurveyedCustomer(Sheet):
    """A customer who is asked, and about what."""

    customer = Customer(_l("顾客"))
    modules = MultiChoice(_l("模块"), MODULES)


class ModuleWeight(Sheet):
    """What a module counts, who is in charge of it, and what it must reach."""

    module = Choice(_l("模块"), MODULES)
    owner = Choice(_l("负责部门"), OWNERS)
    weight = Number(_l("分值"), high=100)
    standard = Number(_l("达标准则"), high=100)


class YearlySatisfactionSurvey(CompanyForm):
    """Plans a year's customer survey, rolls the answers up into one score and assesses it."""

    code = "QA-13"
    name = _l("顾客满意度得分汇总折算表")
    slug = "yearly-satisfaction-surveys"
    section = "quality_satisfaction"
    procedure = "QA-P-02#plan"
    opened_by = ("quality_inspector", "quality_manager")
    covers = ("年度满意度调查计划", "顾客满意度评定及分析报告")
    columns = (
        "number", "year", "survey_from", "survey_to", "expected_answers", "employee_survey_planned",
        "standard_reached", "current_step", "due_at", "status",
    )  # fmt: skip

    year = Integer(_l("年度"), low=2000, high=2199)
    survey_from = Day(_l("调查开始"))
    survey_to = Day(_l("调查截止"))
    customers = Rows(_l("调查顾客"), SurveyedCustomer)
    weights = Rows(_l("模块分值"), ModuleWeight, most=3, help=_l("三个模块各一行，分值合计为100"))
    expected_answers = Integer(_l("计划份数"), computed=True)
    method = LongText(_l("调查方式"))
    employee_survey_planned = YesNo(_l("同步开展员工满意度调查"), required=False)

    signoff = Route(
        Step(
            "plan_approval",
            _l("年度调查计划批准"),
            every(role("quality_manager"), role("general_manager")),
            within=weeks(1),
        ),
        Step(
            "score_roll_up",
            _l("得分汇总折算"),
            role("quality_inspector"),
            meaning="done",
            within=weeks(2, since="survey_to"),
            fills=ScoreRollUp,
            clause="QA-P-02#roll-up",
        ),
        Step(
            "assessment",
            _l("评定及分析"),
            role("quality_manager"),
            meaning="done",
            within=weeks(2),
            fills=Assessment,
            clause="QA-P-02#standard",
        ),
        Step(
            "gm_read",
            _l("总经理审阅"),
            role("general_manager"),
            meaning="acknowledged",
            within=weeks(1),
            on_refusal=Back("assessment"),
            clause="QA-P-02#reading",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """The usual weights, and who has ordered within a year, each about everything."""
        customers = surveys.ordering_since(self.today - YEAR, MOST)
        return {
            "year": self.today.year,
            "survey_from": self.today,
            "survey_to": self.today + LASTS,
            "customers": [
                {"customer": Ref(one.id, one.label), "modules": list(MODULES)} for one in customers
            ],
            "weights": [
                {"module": module, "owner": owner, "weight": weight, "standard": STANDARD}
                for module, owner, _department, weight in USUAL
            ],
        }

    def heading(self) -> str:
        """The year."""
        return str(self.year.data or "")

    def compute(self) -> None:
        """As many answers as there are modules to ask customers about."""
        super().compute()
        self.expected_answers.data = sum(len(row["modules"] or ()) for row in self.customers.data)

    def check(self) -> None:
        """The plan holds together, and the next survey is not too late."""
        begin, end = self.survey_from.data, self.survey_to.data
        if begin and end and end < begin:
            self.refuse("survey_to", _l("调查截止不能早于调查开始"))
        if begin and self.year.data and begin.year != self.year.data:
            self.refuse("year", _l("年度与调查开始日期不是同一年，请核对"))
        named = [row["customer"].id for row in self.customers.data if row["customer"]]
        if len(set(named)) < len(named):
            self.refuse("customers", _l("同一个顾客只写一行，请合并重复的顾客"))
        self._check_weights()
        last = surveys.last_roll_up(but=self.itself)
        latest = last + YEAR if last else None
        if latest and begin and begin > latest >= self.today:
            self.refuse(
                "survey_from",
                _l("两次调查间隔不能超过 365 天：上次汇总于 %(last)s，最迟应在 %(latest)s 开始"),
                last=last,
                latest=latest,
            )

    def _check_weights(self) -> None:
        """R44: each module once, and 100 together."""
        rows = self.weights.data
        modules = [row["module"] for row in rows if row["module"]]
        if rows and sorted(modules) != sorted(MODULES):
            self.refuse("weights", _l("三个模块须各写一行，不能缺少或重复"))
        weights = [row["weight"] for row in rows if row["weight"] is not None]
        total = sum(weights, Decimal(0))
        if len(weights) == len(MODULES) and total != HUNDRED:
            self.refuse(
                "weights", _l("三个模块的分值合计须为 100，现在是 %(total)s"), total=f"{total.normalize():f}"
            )
        if any(weight == 0 for weight in weights):
            self.refuse("weights", _l("每个模块的分值须大于 0"))

    @staticmethod
    @after("plan_approval", _l("按计划给每个顾客生成满意度调查表草稿，分别交销售部、服务部、质量部"))
    def open_questionnaires(record: Filed) -> Iterator[Effect]:
        """Each customer is asked by the departments in charge of the modules."""
        mine = Ref(record.id, f"{record.number} {record['year']}")
        sent = surveys.sent(record.id)
        wanted = [
            (surveys.FORMS[module], row["customer"])
            for row in record["customers"]
            for module in row["modules"]
        ]
        # in a further round what was sent already comes first, as the drafts left then are those of the others
        for code, customer in sorted(wanted, key=lambda one: (one[0], one[1].id) not in sent):
            answers = {"survey": mine, "customer": customer, "answer_by": record["survey_to"]}
            yield Opens(code, answers, due=record["survey_to"])

    @staticmethod
    @after("plan_approval", _l("同步开展员工满意度调查时：请人力资源部打开年度投票箱"))
    def ask_for_employee_survey(record: Filed) -> Iterator[Effect]:
        """The employees are asked on a page of their own, which the human resources department opens."""
        if record["employee_survey_planned"]:
            yield Asks(
                _l("打开 %(year)s 年度员工满意度调查，请全体员工填写", year=record["year"]),
                "role:hr_manager",
                record["survey_to"],
            )

    @staticmethod
    @after("assessment", _l("某个模块或总分未达标时：每项生成一份纠正预防8D报告草稿"))
    def open_8d(record: Filed) -> Iterator[Effect]:
        """R46: what did not reach its standard gets a team of its own."""
        for row in record["module_scores"]:
            if not row["reached"]:
                yield _report(
                    record,
                    MODULES[row["module"]],
                    row["mean"],
                    row["standard"],
                    DEPARTMENT[row["module"]],
                )
        standard = total_standard(record["weights"])
        if record["total_score"] < standard and all(row["reached"] for row in record["module_scores"]):
            yield _report(record, LEDGER_MODULES["total"], record["total_score"], standard, "quality")

    @staticmethod
    @after("gm_read", _l("得分登记入满意度得分台帐"))
    def post_scores(record: Filed) -> Iterator[Effect]:
        """Each module, then the total of all; only now, so that a round back enters nothing twice."""
        shared = {"year": record["year"], "total": str(record["total_score"])}
        for row in record["module_scores"]:
            mean = None if row["mean"] is None else str(row["mean"])
            yield PostsEntry(
                surveys.LEDGER,
                {
                    **shared,
                    "module": row["module"],
                    "answers": row["answers"],
                    "mean": mean,
                    **{name: str(row[name]) for name in ("weight", "converted", "standard")},
                    "reached": row["reached"],
                },
            )
        standard = total_standard(record["weights"])
        yield PostsEntry(
            surveys.LEDGER,
            {
                **shared,
                "module": "total",
                "mean": None,
                "weight": str(HUNDRED),
                "answers": sum(row["answers"] for row in record["module_scores"]),
                "converted": str(record["total_score"]),
                "standard": str(standard),
                "reached": record["total_score"] >= standard,
            },
        )

    @staticmethod
    @after("gm_read", _l("改进措施登记入纠正改进措施台帐，并生成跟踪表草稿"))
    def follow_actions(record: Filed) -> Iterator[Effect]:
        """What was decided is followed to its end."""
        yield from follow(record, measures(record["improvement_actions"]))


def _report(record: Filed, what: Any, score: Decimal | None, standard: Decimal, department: str) -> Opens:
    """The draft of an 8D report about one score, in Chinese whoever has signed."""
    found, subject = surveys.department(department), both(what)["zh"]
    return Opens(
        "QA-15",
        {
            "subject": f"{record['year']} {subject} {said(score)} < {said(standard)}",
            "responsible_department": Ref(found.id, found.name),
            "problem": both(
                _l(
                    "%(year)s 年度%(what)s得分 %(score)s，低于达标准则 %(standard)s。分析：%(analysis)s",
                    year=record["year"],
                    what=subject,
                    score=said(score),
                    standard=said(standard),
                    analysis=record["analysis"],
                )
            )["zh"],
            "found_on": day(record.now),
        },
        to="role:quality_manager",
        names_as="source_record",
        due=record.now + D3_SOON,
    )
