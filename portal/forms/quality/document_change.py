"""DC-02 文件更改申请单."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from typing import Any

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, Updates, after
from portal.domain.signoff import Close, Route, Step, either, head_of, role
from portal.forms.base import CompanyForm, Stage
from portal.forms.fields import Choice, LongText, Text
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.quality.document_words import FOR_EITHER, FOR_GENERAL_MANAGER, KINDS
from portal.forms.references import Attachments, ControlledDocument, Department, RecordLink
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import next_edition, next_version
from portal.queries import documents, goods

YEAR = timedelta(days=365)


class ControllerReceipt(Stage):
    """The number of the version that is to come of it."""

    new_version = Text(_l("新版本号"), max=40)

    def process(self, *args: Any, **kwargs: Any) -> None:
        """The page says what a small and what a thorough change would make of the version in force."""
        super().process(*args, **kwargs)
        current = self.context.get("current_version")
        if current:
            said = _l("一般修改：%(minor)s；重大修改：%(major)s")
            self.new_version.description = str(said) % {
                "minor": next_version(current),
                "major": next_edition(current),
            }

    def proposal(self) -> dict[str, Any]:
        """The next small step."""
        return {"new_version": next_version(self.context.get("current_version") or "")}

    def check(self) -> None:
        """Each version is a new one."""
        named = self.context.get("document")
        found = documents.find(named.id) if named and named.id else None
        if found and self.new_version.data in {found.version, *documents.versions(found.code)}:
            self.refuse(
                "new_version",
                _l("版本 %(version)s 已经发布过，请填写新的版本号"),
                version=self.new_version.data,
            )


class DocumentChange(CompanyForm):
    """Asks for a change of a document in force; approved, it leads to the next version."""

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

    document = ControlledDocument(_l("文件"))
    current_version = Text(_l("现行版本"), computed=True)
    document_kind = Choice(_l("文件类别"), KINDS, computed=True)
    owner_department = Department(_l("归口部门"), computed=True)
    clause = Text(_l("条款"))
    old_text = LongText(_l("原内容"))
    new_text = LongText(_l("更改后内容"))
    reason = LongText(_l("更改原因"))
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
    @after("controller_receipt", _l("文件标为修订中；生成文件编制审批发布单草稿，带出新版本号和更改内容"))
    def revise(record: Filed) -> Iterator[Effect]:
        """The document is under revision until its next version is released."""
        document = documents.find(record["document"].id)
        assert document is not None
        corrected = goods.named(record["@corrects"], "document") if record["@corrects"] else None
        if corrected is not None and corrected != document.id:
            yield Updates("document", corrected, {"state": "effective"})
        yield Updates("document", document.id, {"state": "under_revision"})
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
                "next_review_on": day(record.now) + YEAR,
            },
            to=f"person:{record.applicant_id}",
            names_as="change_request",
        )


def _summary(record: Filed) -> str:
    """What changes and why, as the release tells it."""
    return f"{record['clause']}：{record['old_text']}\n→ {record['new_text']}\n{record['reason']}"
