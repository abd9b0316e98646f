"""DC-03 文件发放/回收登记簿."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import any_of, differs, equals, filled
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, PostsEntry, after
from portal.domain.permissions import head_key
from portal.domain.signoff import Route, Step, heads_in, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.quality.document_issue_stages import HolderReceipt, Recall
from portal.forms.references import ControlledDocument, Department, Person, RecordLink
from portal.lib.i18n import _l
from portal.queries import document_copies, documents, editions

ISSUED = differs("issue_kind", "recall")
TAKES_BACK = any_of(equals("issue_kind", "new_version"), equals("issue_kind", "recall"))


class IssuedCopy(Sheet):
    """A numbered copy and who gets it."""

    copy_no = Text(_l("受控号"), max=20)
    holder = Department(_l("持有部门"))
    person_ = Person(_l("领用人"))
    issued_on = Day(_l("发放日期"))


class DocumentIssue(CompanyForm):
    """Hands out the numbered copies of a version, and takes back those of the former one."""

    code = "DC-03"
    name = _l("文件发放/回收登记簿")
    slug = "document-issues"
    section = "document_control"
    procedure = "DC-P-01#copies"
    opened_by = ("document_controller",)
    columns = (
        *("number", "document", "version", "release", "issue_kind", "effective_on", "old_version"),
        *("received_on", "current_step", "due_at", "status"),
    )

    document = ControlledDocument(_l("文件"))
    version = Text(_l("版本"), max=40)
    release = RecordLink(_l("发布单"), "DC-01")
    issue_kind = Choice(
        _l("类型"),
        {
            "first_issue": _l("首次发放"),
            "new_version": _l("换版"),
            "replacement": _l("补发"),
            "recall": _l("回收"),
        },
    )
    copies = Rows(_l("发放明细"), IssuedCopy, when=ISSUED)
    effective_on = Day(_l("生效日期"))
    old_version = Text(_l("作废版本"), max=40, required=False, required_when=TAKES_BACK)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "holder_receipt",
            _l("领用部门签收"),
            heads_in("copies", "holder"),
            meaning="received",
            within=working_days(2),
            when=ISSUED,
            fills=HolderReceipt,
        ),
        Step(
            "recall",
            _l("作废文件回收"),
            role("document_controller"),
            meaning="done",
            within=working_days(1),
            when=filled("old_version"),
            fills=Recall,
            clause="DC-P-01#recall",
        ),
    )

    def heading(self) -> str:
        """The document and its version."""
        return " ".join(filter(None, (str(self.document.data or ""), self.version.data)))

    def check(self) -> None:
        """What is in force is issued, what is not is taken back; a number names one copy."""
        named = self.document.data
        found = documents.find(named.id) if named and named.id else None
        if found is None:
            return
        if found.state == "obsolete" and ISSUED.holds(self.answers()):
            self.refuse("document", _l("该文件已作废，只能办理回收"))
        known = editions.issuable(found.code, self.today)
        if self.version.data and self.version.data not in known:
            versions = "、".join(known)
            self.refuse("version", _l("只发放现行有效和待生效的版本：%(version)s"), version=versions)
        self._check_release(found)
        if self.old_version.data and self.old_version.data == self.version.data and found.state != "obsolete":
            self.refuse("old_version", _l("作废版本不能是现行版本"))
        self._check_numbers(found)

    def _check_release(self, found: Any) -> None:
        given = self.release.data
        if not (given and given.id):
            return
        released = documents.release(given.id)
        if (released.number, released.version) != (found.code, self.version.data):
            self.refuse("release", _l("该发布单发布的不是这份文件的这个版本"))
        elif released.effective_on and self.effective_on.data not in (None, released.effective_on):
            day = released.effective_on.isoformat()
            self.refuse("effective_on", _l("发布单上的生效日期是 %(day)s"), day=day)

    def _check_numbers(self, found: Any) -> None:
        given = [row["copy_no"] for row in self.copies.data if row["copy_no"]]
        double = next((number for number in given if given.count(number) > 1), None)
        if double:
            self.refuse("copies", _l("受控号 %(number)s 填写了两行，每份文件一个号"), number=double)
            return
        issued = document_copies.copies(found.id, but=self.itself)
        taken = {one.copy_no for one in issued if one.version == self.version.data}
        if same := next((number for number in given if number in taken), None):
            self.refuse("copies", _l("受控号 %(number)s 已经发放过，请换一个号"), number=same)

    @staticmethod
    @after("holder_receipt", _l("登记文件发放/回收登记簿，每份一行"))
    def enter_copies(record: Filed) -> Iterator[Effect]:
        """Every copy with the day on which its department has signed; entered once, also after a round back."""
        signed = documents.received(record.id, "holder_receipt")
        entered = document_copies.entered(record.id)
        document = record["document"]
        for row in record["copies"]:
            holder = row["holder"]
            received_on = signed.get(head_key(holder.id), record["received_on"])
            facts = {
                "document_id": document.id,
                "document": document.text,
                "version": record["version"],
                "copy_no": row["copy_no"],
                "holder_id": holder.id,
                "holder": holder.text,
                "person": row["person"].text,
                "issued_on": row["issued_on"].isoformat(),
                "received_on": received_on.isoformat(),
            }
            if not any(_is_same(one, facts) for one in entered):
                key = f"{document.id} {record['version']} {row['copy_no']}"
                yield PostsEntry(documents.COPIES, facts, key=key)

    @staticmethod
    @after("recall", _l("文件发放/回收登记簿登记收回的副本"))
    def enter_returns(record: Filed) -> Iterator[Effect]:
        """What came back is open no more."""
        for row in record["returned_copies"] or ():
            yield PostsEntry(
                documents.RETURNS,
                {
                    "document_id": record["document"].id,
                    "version": record["old_version"],
                    "copy_no": row["copy_no"],
                    "returned_on": row["returned_on"].isoformat(),
                    "destroyed": row["destroyed"],
                },
            )


def _is_same(one: dict[str, Any], other: dict[str, Any]) -> bool:
    """Whether two lines say the same of a copy, be it received on another day."""
    return all(one[name] == value for name, value in other.items() if name != "received_on")
