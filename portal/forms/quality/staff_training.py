"""IS-14 人员培训记录."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from datetime import timedelta
from decimal import Decimal

from portal.domain.conditions import any_row
from portal.domain.deadlines import working_days
from portal.domain.effects import Asks, Effect, PostsEntry, after
from portal.domain.signoff import Route, Step, applicant, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Integer, LongText, Moment, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality.own import department_of
from portal.forms.quality.security_words import READERS
from portal.forms.references import Attachments, ControlledDocument, Department, DrawnSignature, Person
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import security

TRAINING_KINDS = {
    security.SECURITY: _l("信息安全"),
    "quality": _l("质量"),
    "procedure": _l("制度文件"),
    "job_skill": _l("岗位技能"),
    "other": _l("其他"),
}
REPEAT = timedelta(days=30)  # until somebody who was absent or has failed is trained again
FAILED = any_row("trainees", "passed", "equals", False)


class Trainee(Sheet):
    """Somebody who was to be trained, with their signature on the screen."""

    person_ = Person(_l("人员"))
    department = Department(_l("部门"), computed=True)
    signed = DrawnSignature(_l("签到"), required=False)
    score = Integer(_l("成绩"), required=False, high=100)
    passed = YesNo(_l("合格"))

    def compute(self) -> None:
        """Where they work."""
        self.department.data = department_of(self.person_.data)

    def check(self) -> None:
        """Whoever was not there has not passed."""
        if self.signed.blank and self.passed.data:
            self.refuse("passed", _l("没有签到的人员不能评为合格，请补签到，或选“否”安排补训"))


class Filing(Stage):
    """How those who were absent or failed are trained again."""

    absentees_repeat = LongText(_l("未参加或未合格人员补训安排"), when=FAILED)


class StaffTraining(CompanyForm):
    """Keeps who was trained in what, by whom, and with what result."""

    code = "IS-14"
    name = _l("人员培训记录")
    slug = "staff-trainings"
    section = "information_security"
    procedure = "IS-S-03#training"
    opened_by = ("security_officer", "hr_manager", "department_head")
    readers = (*READERS, "hr_manager")
    columns = (
        *("number", "topic", "training_kind", "trained_at", "hours", "trainer", "place"),
        *("current_step", "due_at", "status"),
    )

    topic = Text(_l("培训主题"))
    training_kind = Choice(_l("培训类型"), TRAINING_KINDS)
    trained_at = Moment(_l("培训时间"))
    hours = Number(_l("学时"), low=Decimal("0.5"), high=500)
    trainer = Text(_l("培训人"), max=60)
    place = Text(_l("地点"), max=80)
    document = ControlledDocument(_l("培训文件"), required=False)
    content = LongText(_l("培训内容"))
    trainees = Rows(_l("参训人员"), Trainee, help=_l("应参加而未到的人员也列入，不签到，“合格”选“否”"))
    materials = Attachments(_l("课件"), required=False)

    signoff = Route(
        Step("trainer_sign", _l("培训组织人确认"), applicant(), meaning="confirmed", within=working_days(2)),
        Step(
            "hr_file",
            _l("人力资源部归档"),
            role("hr_manager"),
            meaning="received",
            within=working_days(3),
            fills=Filing,
        ),
    )

    def heading(self) -> str:
        """The topic."""
        return self.topic.data or ""

    def check(self) -> None:
        """It has taken place, and everybody is listed once."""
        moments.refuse_future(self, "trained_at")
        listed = Counter(row["person"].id for row in self.trainees.data if row["person"])
        for row in self.trainees.rows:
            if row.person_.data and listed[row.person_.data.id] > 1:
                row.refuse("person", _l("同一人只填一行"))

    @staticmethod
    @after("hr_file", _l("每位参训人登记培训台帐"))
    def enter(record: Filed) -> Iterator[Effect]:
        """Present or absent, passed or not: everybody has a line."""
        for row in record["trainees"]:
            yield PostsEntry(
                "training",
                {
                    "date": day(record["trained_at"]).isoformat(),
                    "topic": record["topic"],
                    "version": record["document"].text if record["document"] else "",
                    "training_kind": record["training_kind"],
                    "trainee": row["person"].text,
                    "trainee_id": row["person"].id,
                    "employer": "own_company",
                    "signed": bool(row["signed"]),
                    "score": row["score"],
                    "passed": row["passed"],
                    "repeat_needed": not row["passed"],
                },
            )

    @staticmethod
    @after("hr_file", _l("未参加或未合格的人员：一个月内补训"))
    def repeat(record: Filed) -> Iterator[Effect]:
        """Who was absent or failed is trained again."""
        for row in record["trainees"]:
            if not row["passed"]:
                title = _l("参加补训：%(topic)s", topic=record["topic"])
                yield Asks(title, f"person:{row['person'].id}", day(record.now) + REPEAT)
