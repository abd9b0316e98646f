"""The stages of EN-01 工程任务单: the documents of the works, received, checked and put in order."""

from __future__ import annotations

from portal.forms import moments
from portal.forms.base import Stage
from portal.forms.checklists import Checklist, Done
from portal.forms.fields import Day, LongText, YesNo
from portal.lib.i18n import _l

DOCUMENTS = (_l("施工图纸"), _l("预算"), _l("施工项目表"), _l("合同副本"))
NEEDED = 2  # of them: drawings and budget, without which no work is prepared


class DocumentsReceived(Stage):
    """What the foreman was handed."""

    received_documents = Checklist(_l("领取文件"), DOCUMENTS, row=Done)
    received_on = Day(_l("领取日期"))

    def check(self) -> None:
        """What was not handed out is explained."""
        moments.refuse_future(self, "received_on")
        for row in self.received_documents.rows:
            moments.refuse_future(row, "done_on")
            if row.done.data is False and row.remark.blank:
                row.refuse("remark", _l("没有领到的文件须说明情况"))


class DocumentsChecked(Stage):
    """What the foreman found in them."""

    document_checks = Checklist(_l("核对内容"), (_l("图纸"), _l("施工项目"), _l("预算部分")))
    documents_ok = YesNo(_l("文件齐全无问题"), help=_l("选“否”时向工程部经理书面汇报"))

    def check(self) -> None:
        """Nothing is in order while something is missing or wrong."""
        if not self.documents_ok.data:
            return
        if any(row["result"] == "fail" for row in self.document_checks.data):
            self.refuse("documents_ok", _l("核对内容中有不合格的，不能选“是”"))
        received = self.context.get("received_documents") or []
        if any(row["done"] is False for row in received[:NEEDED]):
            self.refuse("documents_ok", _l("施工图纸和预算还没有领齐，不能选“是”"))


class ProblemReport(Stage):
    """What is missing or wrong, told to the manager."""

    problems = LongText(_l("不齐或有问题的文件"))


class ManagerDecision(Stage):
    """What the manager makes of it."""

    decision = LongText(_l("处理意见"), help=_l("须补发文件的，拒绝并写明补发哪些，退回工长重新领取、核对"))
