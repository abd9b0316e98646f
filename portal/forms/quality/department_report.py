"""IC-04 部门信息分析整理报告."""

from __future__ import annotations

from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.signoff import Back, Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, LongText, Rows, Text, YesNo
from portal.forms.kinds import Ref
from portal.forms.quality import own, periods
from portal.forms.quality.information_words import CLASSES
from portal.forms.references import Attachments, Department, RecordLink
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import information, people

MONTHLY, AT_ONCE = "monthly", "class_a"


class Item(Sheet):
    """A piece of information that the report draws upon; the program fills in what it is."""

    record = RecordLink(_l("信息登记"), "IC-01")
    title = Text(_l("标题"), computed=True)
    class_ = Choice(_l("类别"), CLASSES, computed=True)


class DeputyRead(Stage):
    """What the deputy general manager makes of it."""

    deputy_instruction = LongText(_l("指示"), required=False)


class CentreReceipt(Stage):
    """Whether the centre can use it."""

    received_complete = YesNo(_l("内容完整"), help=_l("选“否”签署后，退回部门补充"))


class DepartmentReport(CompanyForm):
    """Sorts and analyses what a department has learned in a month, for its deputy general manager and the centre."""

    code = "IC-04"
    name = _l("部门信息分析整理报告")
    slug = "department-reports"
    section = "information_centre"
    procedure = "QA-P-01#department-reports"
    opened_by = ("department_head",)
    columns = (
        "number", "department", "period", "kind", "class_a_included", "received_complete", "current_step",
        "due_at", "status",
    )  # fmt: skip
    readers = ("information_officer", "information_centre_head")

    department = Department(_l("主管部门"))
    kind = Choice(_l("报告类型"), {MONTHLY: _l("月度报告"), AT_ONCE: _l("A类质量信息即时报告")})
    period = Text(_l("期间"), max=7, help=_l("年-月，例如 2026-05"))
    items = Rows(
        _l("涉及信息"), Item, required=False, help=_l("已列出本部门该月登记的信息；没有登记的可不填")
    )
    sorted_information = LongText(_l("信息整理"))
    analysis = LongText(_l("分析"))
    proposals = LongText(_l("建议"), required=False)
    class_a_included = YesNo(_l("含A类质量信息"), computed=True)
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "deputy_read",
            _l("报主管副总经理"),
            role("deputy_general_manager"),
            meaning="checked",
            within=working_days(2),
            fills=DeputyRead,
        ),
        Step(
            "centre_receipt",
            _l("汇总到信息中心"),
            role("information_officer"),
            meaning="received",
            within=working_days(1),
            fills=CentreReceipt,
            outcomes=(Back(when=equals("received_complete", False)),),
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """The own department, the month before, and what was registered in it."""
        headed, period = people.headed(self.person.id), information.month_before(self.today)
        mine = Ref(headed[0].id, headed[0].name) if headed else own.department(self.person.id)
        return {
            "department": mine,
            "kind": MONTHLY,
            "period": period,
            "items": items(mine.id if mine else None, period),
        }

    def heading(self) -> str:
        """The department and the month."""
        return f"{self.department.data or ''} {self.period.data or ''}".strip()

    def compute(self) -> None:
        """Title and class of the pieces as registered, and whether one of them is of class A."""
        super().compute()
        ids = [row["record"].id for row in self.items.data if row["record"] and row["record"].id]
        found = information.named(ids)
        for row in self.items.rows:
            piece = found.get(row.record.data.id) if row.record.data else None
            row.title.data = piece.title if piece else None
            row.class_.data = piece.information_class or None if piece else None
        self.class_a_included.data = any(one.quality_class == AT_ONCE for one in found.values())

    def check(self) -> None:
        """R74: one report a month; one at once has what it is about; each piece stands once."""
        good = periods.refuse_odd(self, self.period.data)
        ids = [row["record"].id for row in self.items.data if row["record"] and row["record"].id]
        if len(set(ids)) < len(ids):
            self.refuse("items", _l("有信息登记填写了两行，请删去一行"))
        strange = [
            one.label
            for one in information.named(ids).values()
            if self.department.data and one.department_id not in (None, self.department.data.id)
        ]
        if strange:
            self.refuse("items", _l("%(record)s 是其他部门收集的信息，请由收集部门报告"), record=strange[0])
        if self.kind.data == AT_ONCE and not self.class_a_included.data:
            self.refuse("kind", _l("即时报告须在涉及信息中列出至少一条A类质量信息"))
        if good and self.kind.data == MONTHLY and self.department.data:
            found = information.reports(self.period.data, self.itself)
            same = [
                one for one in found if one.kind == MONTHLY and one.department_id == self.department.data.id
            ]
            if same:
                self.refuse(
                    "period", _l("本部门该月的报告 %(report)s 已提交，请勿重复"), report=same[0].label
                )


def items(department_id: int | None, period: str) -> list[dict[str, Any]]:
    """What a department has registered in a month, as rows of its report."""
    if department_id is None:
        return []
    first = information.month(period)
    found = information.pieces(first, months_later(first, 1), department_id)
    return [{"record": Ref(one.id, one.label)} for one in found]
