"""IC-06 部门间信息传递单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import until, working_days
from portal.domain.effects import FINISHED, Asks, Effect, Tells, after
from portal.domain.signoff import Route, Step, head_of, heads_in, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, LongText, Moment, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.quality import own
from portal.forms.quality.archive import archived
from portal.forms.quality.information_transfer_stages import URGENCIES, DeputyRead, IssuingSign, Receipt
from portal.forms.quality.information_words import TRANSFERS
from portal.forms.references import Attachments, Department, RecordLink
from portal.lib.i18n import _l
from portal.queries import information

ALERT = equals("kind", "major_change_alert")


class Receiver(Sheet):
    """A department that gets the information."""

    department = Department(_l("部门"))
    reply_needed = YesNo(_l("需回复"))


class InformationTransfer(CompanyForm):
    """Hands information from one department to others, each of which signs for it and answers where that is asked."""

    code = "IC-06"
    name = _l("部门间信息传递单")
    slug = "transfers"
    section = "information_centre"
    procedure = "QA-P-01#transfer"
    opened_by = ("employee", "information_officer")
    covers = ("重大信息变动预警报告", "联络单(其他联络资料)")
    columns = (
        "number", "kind", "from_department", "subject", "medium", "urgency", "transferred_at",
        "current_step", "due_at", "status",
    )  # fmt: skip

    kind = Choice(_l("类型"), TRANSFERS)
    from_department = Department(_l("发出部门"))
    to_departments = Rows(_l("接收部门"), Receiver)
    subject = Text(_l("主题"))
    content = LongText(_l("信息内容"))
    source_information = RecordLink(_l("信息登记"), "IC-01", "QA-01", required=False)
    medium = Choice(
        _l("传递方式"),
        {
            "portal": _l("门户"),
            "meeting": _l("例会"),
            "telephone": _l("电话"),
            "document": _l("文件"),
            "notice_board": _l("板报"),
        },
    )
    urgency = Choice(_l("紧急程度"), URGENCIES)
    expected_effect = LongText(_l("预期影响"), when=ALERT)
    preparation = LongText(_l("应对准备"), when=ALERT)
    transferred_at = Moment(_l("传递时间"))
    reply_by = Moment(_l("要求回复时间"), required=False, help=_l("不填时，签收期限按紧急程度计算"))
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "issuing_sign",
            _l("发出部门负责人审核"),
            head_of("from_department"),
            meaning="checked",
            within=working_days(1),
            fills=IssuingSign,
        ),
        Step(
            "receipt",
            _l("接收部门签收及回复"),
            heads_in("to_departments", "department"),
            meaning="received",
            within=until("receipt_due"),
            fills=Receipt,
        ),
        Step(
            "deputy_read",
            _l("副总经理审阅"),
            role("deputy_general_manager"),
            meaning="acknowledged",
            within=working_days(1),
            when=ALERT,
            fills=DeputyRead,
            clause="QA-P-01#alert",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """From the own department, through the portal, now."""
        return {
            "kind": "information_transfer",
            "from_department": own.department(self.person.id),
            "medium": "portal",
            "urgency": "normal",
            "transferred_at": self.now,
        }

    def heading(self) -> str:
        """The subject."""
        return self.subject.data or ""

    def check(self) -> None:
        """To others, each once; in the order of time."""
        moments.refuse_future(self, "transferred_at")
        moments.refuse_earlier(self, "reply_by", self.transferred_at.data, _l("要求回复时间不能早于传递时间"))
        ids = [row["department"].id for row in self.to_departments.data if row["department"]]
        if len(set(ids)) < len(ids):
            self.refuse("to_departments", _l("有部门填写了两行，请删去一行"))
        if self.from_department.data and self.from_department.data.id in ids:
            self.refuse("to_departments", _l("发出部门不能同时是接收部门"))
        asked = any(row["reply_needed"] for row in self.to_departments.data)
        if self.reply_by.data and self.to_departments.data and not asked:
            self.refuse("reply_by", _l("没有部门需要回复，请去掉要求回复时间，或选明哪个部门需回复"))

    @staticmethod
    @after("receipt", _l("各部门的回复告知发起人"))
    def answer(record: Filed) -> Iterator[Effect]:
        """The sender hears what was answered."""
        said = information.replies(record.id, "receipt", "reply")
        if said:
            text = "；".join(f"{department}：{reply}" for department, reply in said)
            yield Tells(f"person:{record.applicant_id}", _l("接收部门已回复：%(text)s", text=text))

    @staticmethod
    @after("deputy_read", _l("副总经理有指示的，请各接收部门落实"))
    def order(record: Filed) -> Iterator[Effect]:
        """An order to act becomes a task of each department."""
        if record["deputy_instruction"]:
            title = _l("落实副总经理指示：%(text)s", text=record["deputy_instruction"])
            for row in record["to_departments"]:
                yield Asks(title, f"head:{row['department'].id}", record["act_by"])

    @staticmethod
    @after(FINISHED, _l("登记入信息归档保管台帐"))
    def keep(record: Filed) -> Iterator[Effect]:
        """What was handed on is kept."""
        yield archived(record, record["kind"], record["subject"], origin=record["from_department"].text)
