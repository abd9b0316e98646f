"""The stages of CS-36: the papers are checked, what is missing is decided on, the file gets its number."""

from __future__ import annotations

from portal.domain.conditions import any_row, equals
from portal.forms.base import Stage
from portal.forms.fields import Choice, LongText, Text, YesNo
from portal.lib.i18n import _l
from portal.queries import customers, goods

CODE = "CS-36"
NOT_DONE = any_row("papers_checklist", "done", "equals", False)
NOT_COMPLETE = equals("papers_complete", False)


class PapersCheck(Stage):
    """The supervisor's check of the papers of a first cooperation."""

    papers_complete = YesNo(_l("资料是否齐全"))
    missing_papers = Text(_l("缺少的资料"), required=False, required_when=NOT_COMPLETE)

    def check(self) -> None:
        """R15: with a row not done, the papers are not complete."""
        if self.papers_complete.data and NOT_DONE.holds(self.context):
            self.refuse("papers_complete", _l("首次合作资料中还有未完成的项目，资料不齐全"))


class MissingPapersApproval(Stage):
    """Whether a file is made, and trade begins, without all papers."""

    approval_decision = Choice(
        _l("审批意见"), {"file_and_trade_allowed": _l("同意建档交易"), "refused": _l("不同意")}
    )
    risk_note = LongText(_l("风险说明"), required=False)


class FileMade(Stage):
    """The file in its two copies, and its number."""

    file_no = Text(_l("档案编号"), computed=True)
    electronic_made = YesNo(_l("电子档案已建立"))
    paper_made = YesNo(_l("纸质档案已建立"))
    shelf_place = Text(_l("纸质档案存放位置"))

    def compute(self) -> None:
        """The record's own number makes the file's: never given twice, and in order; a customer's file keeps the one it has."""
        record_id, corrects = self.context.get("@record_id"), self.context.get("@corrects")
        customer = self.context.get("customer")
        known = customers.find(customer.id) if customer else None
        number = customers.number_of(record_id) if record_id else ""
        kept = known.file_number if known else ""
        if not kept and corrects:
            kept = goods.stage_answers(corrects, "file_made").get("file_no") or ""
        self.file_no.data = kept or number.replace(CODE, "DA", 1)

    def check(self) -> None:
        """R14: a file is both electronic and on paper."""
        if self.electronic_made.data is False:
            self.refuse("electronic_made", _l("电子档案建立后才能完成建档编号"))
        if self.paper_made.data is False:
            self.refuse("paper_made", _l("纸质档案建立后才能完成建档编号"))
