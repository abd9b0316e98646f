"""IC-10 下发文件."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, Publishes, after
from portal.domain.signoff import Route, Step, heads_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality import own
from portal.forms.quality.archive import archived
from portal.forms.quality.information_words import ISSUED
from portal.forms.references import Attachments, Department
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import information

FEEDBACK = equals("feedback_needed", True)
KINDS = {
    "notice": _l("通知"),
    "rule": _l("规定"),
    "minutes": _l("纪要"),
    "system_document": _l("体系文件"),
    "other": _l("其他"),
}


class Receiver(Sheet):
    """A department that gets copies."""

    department = Department(_l("部门"))
    copies = Integer(_l("份数"), low=1, high=1000)


class Receipt(Stage):
    """A department has its copies, and says how it carries the document out."""

    received_at = Moment(_l("签收时间"))
    feedback = LongText(_l("执行反馈"), required=False, required_when=FEEDBACK)

    def proposal(self) -> dict[str, Any]:
        """Now."""
        return {"received_at": self.now}

    def check(self) -> None:
        """What is signed for has come."""
        moments.refuse_future(self, "received_at")


class IssuedDocument(CompanyForm):
    """Issues a paper to departments, each of which signs for it."""

    code = "IC-10"
    name = _l("下发文件")
    slug = "issued-documents"
    section = "information_centre"
    procedure = "QA-P-01#issued-documents"
    opened_by = ("employee", "document_controller")
    covers = ("下发文件登记及签收单", "下发文件登记及签收台帐")
    columns = (
        "number", "document_no", "title", "issuing_department", "document_kind", "effective_on",
        "feedback_needed", "current_step", "due_at", "status",
    )  # fmt: skip

    document_no = Text(_l("文号"), max=60)
    title = Text(_l("文件标题"))
    issuing_department = Department(_l("发文部门"))
    document_kind = Choice(_l("文件类型"), KINDS)
    content_summary = LongText(_l("内容摘要"))
    document_file = Attachments(_l("文件"))
    issued_to = Rows(_l("下发部门"), Receiver)
    effective_on = Day(_l("执行日期"))
    feedback_needed = YesNo(_l("需反馈执行情况"))

    signoff = Route(
        Step("approval", _l("签发"), role("deputy_general_manager"), within=working_days(2)),
        Step(
            "receipts",
            _l("接收部门签收"),
            heads_in("issued_to", "department"),
            meaning="received",
            within=working_days(3),
            fills=Receipt,
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """From the own department, in force from today on."""
        return {
            "issuing_department": own.department(self.person.id),
            "effective_on": self.today,
        }

    def heading(self) -> str:
        """The title."""
        return self.title.data or ""

    def check(self) -> None:
        """A number stands once; so does each department; nothing is in force before it is issued."""
        given = self.document_no.data
        taken = information.answered(self.code, "document_no", given, self.itself) if given else ""
        if taken:
            self.refuse("document_no", _l("文号“%(no)s”已用于 %(number)s"), no=given, number=taken)
        ids = [row["department"].id for row in self.issued_to.data if row["department"]]
        if len(set(ids)) < len(ids):
            self.refuse("issued_to", _l("有部门填写了两行，请合并份数"))
        moments.refuse_past(self, "effective_on", _l("执行日期不能早于提交日期"))

    @staticmethod
    @after("approval", _l("在门户上发给下发部门的人员；体系文件另办受控发放"))
    def issue(record: Filed) -> Iterator[Effect]:
        """Everybody of the departments may read it; a controlled document has controlled copies."""
        yield Publishes(
            f"{record['document_no']} {record['title']}",
            day(record.now),
            departments=tuple(row["department"].id for row in record["issued_to"]),
            tell=True,
        )
        if record["document_kind"] == "system_document":
            yield Opens("DC-03", {}, to="role:document_controller")

    @staticmethod
    @after("receipts", _l("登记入信息归档保管台帐"))
    def keep(record: Filed) -> Iterator[Effect]:
        """What everybody has signed for is kept."""
        yield archived(
            record,
            ISSUED,
            f"{record['document_no']} {record['title']}",
            origin=record["issuing_department"].text,
        )
