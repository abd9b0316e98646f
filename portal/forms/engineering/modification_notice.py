"""RD-22 修改通知单."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Opens, after
from portal.domain.signoff import Close, Route, Step, each, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.definition import fields
from portal.forms.engineering import product_words
from portal.forms.engineering import technical_papers as papers
from portal.forms.engineering.mould_modification import PROOF
from portal.forms.fields import Choice, LongText, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref, carried, load
from portal.forms.references import RecordLink
from portal.lib.i18n import _l, _lp, both
from portal.lib.text import next_version
from portal.queries import technical_papers as books
from portal.queries import works

SCRAP, IN_PRODUCTION = "scrap", "size_change_in_production"
NOT_COPIED = ("effective_on", "change_note")


class ChangedDocument(Sheet):
    """A technical paper that has to be put out anew; or a drawing or other paper, by its name."""

    document = RecordLink(_l("文件"), *product_words.OUTPUT_PAPERS, required=False)
    other = Text(_l("其他文件"), required=False, help=_l("图纸等不在系统内的文件"))
    old_version = Text(_l("原版本"), max=40, required=False)
    new_version = Text(_l("新版本"), max=40, required=False)

    def check(self) -> None:
        """One paper a line, with both versions."""
        if bool(self.document.data) == bool(self.other.data):
            self.refuse("document", _l("请选择技术文件，或填写其他文件的名称"))
        for name in ("old_version", "new_version"):
            if self.other.data and not self[name].data:
                self.refuse(name, _l("请填写版本"))
        if self.old_version.data and self.old_version.data == self.new_version.data:
            self.refuse("new_version", _l("新版本不能与原版本相同"))


class ChangedSize(Sheet):
    """A size before and after."""

    part = Text(_l("零件"))
    old_size = Text(_l("原尺寸"), max=60)
    new_size = Text(_l("新尺寸"), max=60)

    def check(self) -> None:
        """Something has changed."""
        if self.old_size.data and self.old_size.data == self.new_size.data:
            self.refuse("new_size", _l("新尺寸不能与原尺寸相同"))


class Acknowledgement(Stage):
    """What a department has done with the papers that are no longer valid."""

    old_papers_returned = YesNo(_l("旧资料已收回"))


class ModificationNotice(CompanyForm):
    """Tells every department what changes in a product, from when, and what becomes of what is made already."""

    code = "RD-22"
    name = _l("修改通知单")
    slug = "modification-notices"
    section = "product_development"
    procedure = "RD-P-01#modification"
    opened_by = ("rd_engineer", "production_engineer")
    covers = ("产品尺寸修改记录", "修改通知单(设计变更)")
    readers = papers.READERS
    columns = (
        *("number", "product", "change_kind", "stock_disposal", "effective_from", "customer_consent"),
        *("old_papers_returned", "current_step", "due_at", "status"),
    )

    product = papers.product()
    change_kind = Choice(
        _l("修改类型"),
        {
            "design_change": _l("设计变更"),
            IN_PRODUCTION: _l("生产中尺寸修改"),
            "process_change": _l("工艺修改"),
            "material_change": _l("物料变更"),
        },
    )
    documents = Rows(
        _l("涉及文件"),
        ChangedDocument,
        help=_l("选了技术文件的，原版本和新版本由系统填写；签收后生成换版草稿"),
    )
    old_content = LongText(_l("修改前"))
    new_content = LongText(_l("修改后"))
    reason = LongText(_l("修改原因"))
    sizes = Rows(
        _l("尺寸修改"), ChangedSize, required=False, required_when=equals("change_kind", IN_PRODUCTION)
    )
    stock_disposal = Choice(
        _l("在库及在制品处理"),
        {
            "use_up": _l("用完为止"),
            "rework": _l("返工"),
            SCRAP: _lp("goods", "报废"),
            "not_affected": _l("不影响"),
        },
        help=_l("选报废的，签收后生成报损清单（WH-17）草稿"),
    )
    effective_from = Text(_l("生效日期或批次"))
    customer_consent = YesNo(
        _l("客户同意"), required=False, help=_l("不需要客户同意的不选；客户不同意的修改不能办理")
    )

    signoff = Route(
        Step(
            "rd_approval",
            _l("技术部经理批准"),
            role("rd_manager"),
            within=working_days(1),
            on_refusal=Close(),
        ),
        Step(
            "acknowledgement",
            _l("相关部门签收"),
            each(role("quality_manager"), role("production_manager"), role("purchasing_manager")),
            meaning="received",
            within=working_days(2),
            fills=Acknowledgement,
        ),
    )

    def heading(self) -> str:
        """The product and the kind of change."""
        kind = self.change_kind.labels.get(self.change_kind.data)
        return " ".join(filter(None, (str(self.product.data or ""), both(kind)["zh"] if kind else "")))

    def compute(self) -> None:
        """The versions of papers that the portal keeps."""
        super().compute()
        for row in self.documents.rows:
            named = row.document.data
            if named and named.id:
                given = works.fact(named.id, "version")
                row.old_version.data, row.new_version.data = given, next_version(given or "")

    def check(self) -> None:
        """Papers in force of this very product, each once; what the customer does not want is not done."""
        named = [row.document.data.id for row in self.documents.rows if row.document.data]
        for row in self.documents.rows:
            if row.document.data and row.document.data.id:
                self._check_paper(row, named.count(row.document.data.id))
        if self.old_content.data and self.old_content.data == self.new_content.data:
            self.refuse("new_content", _l("修改后与修改前相同"))
        if self.customer_consent.data is False:
            self.refuse("customer_consent", _l("客户不同意，不能办理修改"))

    def _check_paper(self, row: Any, times: int) -> None:
        product, document = self.product.data, row.document.data
        of = works.fact(document.id, "product") or {}
        paper = books.of_record(document.id)
        if times > 1:
            row.refuse("document", _l("同一文件只填一行"))
        elif product and product.id and of.get("id") != product.id:
            row.refuse("document", _l("这份文件是“%(product)s”的"), product=of.get("text", ""))
        elif paper is None:
            row.refuse("document", _l("这份文件还没有归档"))
        elif document.id not in _named_by(self.context.get("@corrects")):  # drafted already
            later = books.versions(paper.document, paper.project_id, paper.title)[-1]
            if later != paper.version:
                row.refuse("document", _l("这份文件已换版为 %(version)s"), version=later)

    @staticmethod
    @after("acknowledgement", _l("登记产品档案（设计变更证明），并生成涉及文件的换版草稿"))
    def issue_anew(record: Filed) -> Iterator[Effect]:
        """Each paper named is drafted once more, as it stands, to be changed and signed."""
        yield product_words.filed(record, f"{both(PROOF)['zh']} {record.number}", field="product")
        drafted = _named_by(record["@corrects"])
        for row in record["documents"]:
            document: Ref | None = row["document"]
            origin = works.origin(document.id) if document else None
            if document is None or document.id is None or origin is None or document.id in drafted:
                continue
            code, _applicant = origin
            yield Opens(code, _copied(code, document.id, record))

    @staticmethod
    @after("acknowledgement", _l("在库及在制品报废的，生成报损清单草稿"))
    def write_off(record: Filed) -> Iterator[Effect]:
        """What is of no more use is written off."""
        if record["stock_disposal"] == SCRAP and works.fact(record["@corrects"], "stock_disposal") != SCRAP:
            answers = {"damage_found": True, "remark": f"{record.number} {record['new_content']}"}
            yield Opens("WH-17", answers, to="role:warehouse_keeper", names_as="source_record")


def _named_by(notice: int | None) -> set[int]:
    """The technical papers that a notice names; none without one."""
    rows = works.fact(notice, "documents") or ()
    return {row["document"]["id"] for row in rows if row.get("document")}


def _copied(code: str, record_id: int, change: Filed) -> dict[str, Any]:
    """The answers of a paper as its next version begins with them."""
    form: Any = papers.PAPERS[code]
    defined, given = books.content(record_id)
    now = fields(form())
    answers = load(now, carried(defined, now, given))
    kept = {name: value for name, value in answers.items() if name not in NOT_COPIED}
    if code == "RD-10":
        kept["change_note"] = f"{change.number} {change['new_content']}"
    return kept
