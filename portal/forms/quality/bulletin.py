"""IC-08 简报."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Publishes, after
from portal.domain.signoff import Route, Step, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.archive import archived
from portal.forms.quality.information_words import BULLETIN
from portal.forms.references import Attachments, Department, Person, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import information

CHOSEN = equals("distribution", "departments")


class Story(Sheet):
    """One piece of a bulletin."""

    title = Text(_l("标题"))
    text = LongText(_l("正文"))
    source = RecordLink(_l("来源"), "IC-01", "IC-05", "IC-07", "QA-01", required=False)


class Receiver(Sheet):
    """A department that gets it."""

    department = Department(_l("部门"))


class Bulletin(CompanyForm):
    """Tells the company, or some of its departments, what the information centre has learned."""

    code = "IC-08"
    name = _l("简报")
    slug = "bulletins"
    section = "information_centre"
    procedure = "QA-P-01#bulletins"
    opened_by = ("information_officer",)
    covers = ("信息简报",)
    columns = (
        "number", "issue_no", "title", "period", "distribution", "editor", "current_step", "due_at", "status",
    )  # fmt: skip

    issue_no = Text(_l("期号"), max=30)
    title = Text(_l("标题"))
    period = Text(_l("期间"), max=30)
    items = Rows(_l("内容"), Story)
    highlights = LongText(_l("要点"))
    distribution = Choice(_l("发送范围"), {"all": _l("全公司"), "departments": _l("指定部门")})
    departments = Rows(_l("发送部门"), Receiver, when=CHOSEN)
    editor = Person(_l("编辑人"))
    layout_file = Attachments(_l("版面文件"), required=False)

    signoff = Route(
        Step(
            "centre_head",
            _l("信息中心主任审核"),
            role("information_centre_head"),
            meaning="checked",
            within=working_days(1),
        ),
        Step(
            "deputy_approval",
            _l("主管副总经理批准"),
            role("deputy_general_manager"),
            within=working_days(2),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """The next issue of the year, by whoever opens it."""
        year = self.today.year
        return {
            "issue_no": issue_name(year, information.issues(year) + 1),
            "period": information.month_before(self.today),
            "distribution": "all",
            "editor": Ref(self.person.id, self.person.person.label),
        }

    def heading(self) -> str:
        """The title."""
        return self.title.data or ""

    def check(self) -> None:
        """An issue stands once; so does each department."""
        given = self.issue_no.data
        taken = information.answered(self.code, "issue_no", given, self.itself) if given else ""
        if taken:
            self.refuse("issue_no", _l("期号“%(issue)s”已用于 %(number)s"), issue=given, number=taken)
        ids = [row["department"].id for row in self.departments.data if row["department"]]
        if len(set(ids)) < len(ids):
            self.refuse("departments", _l("有部门填写了两行，请删去一行"))

    @staticmethod
    @after("deputy_approval", _l("在门户上发给发送范围内的人员并收集阅读回执；登记入信息归档保管台帐"))
    def issue(record: Filed) -> Iterator[Effect]:
        """Whoever it is for finds it on the first page, and says that they have read it."""
        title = f"{record['issue_no']} {record['title']}"
        rows = record["departments"] or () if record["distribution"] == "departments" else ()
        yield Publishes(
            title,
            day(record.now),
            departments=tuple(row["department"].id for row in rows),
            confirm=True,
        )
        yield archived(record, BULLETIN, title)


def issue_name(year: int, number: int) -> str:
    """How an issue of a year is called."""
    return f"{year}年第{number}期"
