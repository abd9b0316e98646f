"""QA-16 员工满意度调查表.

Employees answer on a page without names (`portal/blueprints/quality/employee_survey.py`), made of the fields below; when
the ballot box of the year is closed, its ballots become records of this form, entered by the human resources manager.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.domain.deadlines import weeks
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm
from portal.forms.fields import Choice, Integer, LongText, Score
from portal.forms.references import Department
from portal.lib.i18n import _l

ITEMS = {
    "pay_score": _l("薪酬福利"),
    "environment_score": _l("工作环境"),
    "training_score": _l("培训与成长"),
    "management_score": _l("管理与沟通"),
    "work_score": _l("工作内容"),
}
FULL = 20
BANDS = {
    "under_1": _l("不满1年"),
    "1_to_3": _l("1至3年"),
    "3_to_5": _l("3至5年"),
    "5_to_10": _l("5至10年"),
    "over_10": _l("10年以上"),
}
BY_PORTAL = ("year", "total_score")  # on the page of the employees


class EmployeeSatisfactionSurvey(CompanyForm):
    """Holds one employee's answer to the yearly survey, without the employee's name."""

    code = "QA-16"
    name = _l("员工满意度调查表")
    slug = "employee-satisfaction-surveys"
    section = "quality_satisfaction"
    procedure = "QA-P-02#employee-survey"
    opened_by = ("hr_manager",)
    columns = (
        "number", "year", "department", "pay_score", "environment_score", "training_score", "management_score",
        "current_step", "due_at", "status",
    )  # fmt: skip

    year = Integer(_l("年度"), low=2000, high=2199)
    department = Department(_l("部门"))
    years_in_company = Choice(_l("工龄"), BANDS, required=False, help=_l("只按年限段填写；不想说可以不选"))
    pay_score = Score(ITEMS["pay_score"], maximum=FULL)
    environment_score = Score(ITEMS["environment_score"], maximum=FULL)
    training_score = Score(ITEMS["training_score"], maximum=FULL)
    management_score = Score(ITEMS["management_score"], maximum=FULL)
    work_score = Score(ITEMS["work_score"], maximum=FULL)
    total_score = Score(_l("总分"), maximum=FULL * len(ITEMS), computed=True)
    suggestions = LongText(
        _l("意见与建议"),
        max=2000,
        required=False,
        help=_l("可以不写；写的时候请不要提到姓名、日期等会让人认出您的细节"),
    )

    signoff = Route(
        Step(
            "hr_receipt",
            _l("人力资源部回收"),
            role("hr_manager"),
            meaning="received",
            within=weeks(1),
            bulk=True,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A paper ballot is one of this year."""
        return {"year": self.today.year}

    def heading(self) -> str:
        """Nothing but the year and the department."""
        return f"{self.year.data or ''} {self.department.data or ''}".strip()

    def compute(self) -> None:
        """The total of the five items."""
        super().compute()
        given = [self[name].data for name in ITEMS]
        self.total_score.data = None if None in given else sum(given, Decimal(0))

    def check(self) -> None:
        """A ballot on paper belongs to a year that has begun."""
        if self.year.data and self.year.data > self.today.year:
            self.refuse("year", _l("年度还没有开始，请核对"))
