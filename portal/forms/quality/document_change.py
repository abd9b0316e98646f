"""DC-02 文件更改申请单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.documents import SIZES
from portal.domain.effects import Effect, Made, Opens, StartsRevision, Updates, after
from portal.domain.signoff import Close, Route, Step, either, head_of, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, LongText, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.document_words import FOR_EITHER, FOR_GENERAL_MANAGER, KINDS
from portal.forms.references import Attachments, ControlledDocument, Department, RecordLink
from portal.lib.clock import day, months_later
from portal.lib.i18n import _l
from portal.lib.text import next_edition, next_version
from portal.queries import documents, editions, goods, revisions

YEAR = 12  # months
CHANGES, WITHDRAWS = equals("request_kind", "change"), equals("request_kind", "withdraw")


class ControllerReceipt(Stage):
    """How far the change goes, and the number that follows from it."""

    change_size = Choice(
        _l("修改程度"),
        SIZES,
        when=CHANGES,
        help=_l("一般修改在小数点后加一，重大修改在小数点前加一；职责、步骤、时限或表单变动的为重大修改"),
    )
    new_version = Text(_l("新版本号"), max=40, computed=True, when=CHANGES)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """The page says what a small and what a thorough change would make of the version in force."""
        super().process(*args, **kwargs)
        if current := self.context.get("current_version"):
            said = _l("一般修改：%(minor)s；重大修改：%(major)s")
            numbers = {"minor": next_version(current), "major": next_edition(current)}
            self.new_version.description = str(said) % numbers

    def proposal(self) -> dict[str, Any]:
        """The next small step."""
        return {"change_size": "minor"}

    def compute(self) -> None:
        """The portal numbers versions: nobody types one."""
        super().compute()
        current, size = self.context.get("current_version") or "", self.change_size.data
        count = next_edition if size == "major" else next_version
        named = self.context.get("document")
        found = documents.find(named.id) if named and named.id else None
        taken = {found.version, *editions.versions(found.code)} if found else set()
        number = count(current) if size else ""
        while number and number in taken:
            number = next_version(number)
        self.new_version.data = number or None


class DocumentChange(CompanyForm):
    """Asks for a change of a document in force, or to withdraw it; a change that is approved leads to the next version."""

    code = "DC-02"
    name = _l("文件更改申请单")
    slug = "document-changes"
    section = "document_control"
    procedure = "DC-P-01#change-request"
    opened_by = ("employee",)
    covers = ("文件更改(修订)申请单",)
    columns = (
        *("number", "document", "current_version", "clause", "urgency", "source_record"),
        *("affected_documents", "current_step", "due_at", "status"),
    )

    request_kind = Choice(_l("申请事项"), {"change": _l("更改"), "withdraw": _l("作废")})
    document = ControlledDocument(_l("文件"))
    current_version = Text(_l("现行版本"), computed=True)
    document_kind = Choice(_l("文件类别"), KINDS, computed=True)
    owner_department = Department(_l("归口部门"), computed=True)
    clause = Text(_l("条款"), when=CHANGES)
    old_text = LongText(_l("原内容"), when=CHANGES)
    new_text = LongText(_l("更改后内容"), when=CHANGES)
    reason = LongText(_l("申请原因"))
    impact = LongText(
        _l("影响"), help=_l("对其他文件、表单、在办事项、人员培训和客户的影响；没有影响的写明“无”")
    )
    source_record = RecordLink(_l("来源"), "QA-15", "DC-06", "IS-13", "CS-02", required=False)
    affected_documents = Text(_l("受影响的文件及表单"), required=False)
    urgency = Choice(_l("紧急程度"), {"normal": _l("一般"), "urgent": _l("紧急")})
    attachments = Attachments(_l("附件"), required=False)

    signoff = Route(
        Step(
            "owner_opinion",
            _l("归口部门审核"),
            head_of("owner_department"),
            meaning="checked",
            within=working_days(3),
            on_refusal=Close(),
            clause="DC-P-01#change-approval",
        ),
        Step(
            "approval",
            _l("原批准人批准"),
            either(role("management_representative"), role("general_manager")),
            within=working_days(3),
            when=FOR_EITHER,
            on_refusal=Close(),
            clause="DC-P-01#change-approval",
        ),
        Step(
            "gm_approval",
            _l("总经理批准"),
            role("general_manager"),
            within=working_days(3),
            when=FOR_GENERAL_MANAGER,
            on_refusal=Close(),
            clause="DC-P-01#change-approval",
        ),
        Step(
            "controller_receipt",
            _l("信息中心受理"),
            role("document_controller"),
            meaning="received",
            within=working_days(1),
            fills=ControllerReceipt,
            clause="DC-P-01#change-approval",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """A change, as most are."""
        return {"request_kind": "change"}

    def heading(self) -> str:
        """The document and the clause."""
        return " ".join(filter(None, (str(self.document.data or ""), self.clause.data)))

    def compute(self) -> None:
        """Version, kind and owner are those of the list of controlled documents."""
        super().compute()
        named = self.document.data
        found = documents.find(named.id) if named and named.id else None
        self.current_version.data = found.version if found else None
        self.document_kind.data = found.kind if found else None
        owner = found.department if found else None
        self.owner_department.data = Ref(owner.id, owner.name) if owner else None

    def check(self) -> None:
        """One change of a document after the other, and only of what is in force."""
        named = self.document.data
        found = documents.find(named.id) if named and named.id else None
        if found is None:
            return
        if found.code == documents.SYSTEM:
            self.refuse("document", _l("客户服务体系的修订请填写客户服务体系审批表（CS-02）"))
        elif found.state == "obsolete":
            self.refuse("document", _l("该文件已作废，不能申请更改"))
        elif other := documents.request_under_way(found.id, but=self.itself):
            self.refuse(
                "document",
                _l("该文件正按 %(number)s 更改，请在新版本发布后再申请，或请其发起人一并更改"),
                number=other,
            )
        if self.new_text.data and self.new_text.data == self.old_text.data:
            self.refuse("new_text", _l("更改后内容与原内容相同，请写明要改成什么"))

    @staticmethod
    @after(
        "controller_receipt",
        _l("更改：文件标为修订中，文件库中生成新版本的草稿，生成文件编制审批发布单草稿；作废：文件即日作废"),
    )
    def revise(record: Filed) -> Iterator[Effect]:
        """The document is under revision until its next version is released; one that is withdrawn is obsolete."""
        document = documents.find(record["document"].id)
        assert document is not None
        if record["request_kind"] == "withdraw":
            yield Updates("document", document.id, {"state": "obsolete", "obsolete_on": day(record.now)})
            return
        corrected = goods.named(record["@corrects"], "document") if record["@corrects"] else None
        if corrected is not None and corrected != document.id:
            yield Updates("document", corrected, {"state": "effective"})
        yield Updates("document", document.id, {"state": "under_revision"})
        text, months = {}, YEAR
        if released := revisions.released(document.code):
            months = released[0].review_months
            yield StartsRevision(document.id, record["change_size"], record.applicant_id, _summary(record))
            text = {"text": Made("revision")}
        yield Opens(
            "DC-01",
            {
                "purpose": "release",
                "document_no": document.code,
                "title": document.name,
                "document_kind": document.kind,
                "version": record["new_version"],
                "owner_department": record["owner_department"],
                "change_summary": _summary(record),
                "next_review_on": months_later(day(record.now), months),
                **text,
            },
            to=f"person:{record.applicant_id}",
            names_as="change_request",
        )


def _summary(record: Filed) -> str:
    """What changes and why, as the release tells it."""
    return f"{record['clause']}：{record['old_text']}\n→ {record['new_text']}\n{record['reason']}"
