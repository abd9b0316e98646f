"""RD-10 BOM(产品结构表)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain import bom
from portal.domain.effects import ChangesProject, Effect, after
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Integer, LongText, MultiChoice, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, StockItem, Supplier
from portal.lib.i18n import _l
from portal.queries import boms, goods

MANY = 1000


class Component(Sheet):
    """A part of the product, or of the nearest row above that stands one level higher."""

    level = Integer(_l("层级"), low=1, high=99)
    part_no = Text(_l("料号"), max=60)
    name_ = Text(_l("名称"))
    item = StockItem(_l("库存品"), required=False)
    material = Text(_l("材料"), required=False)
    quantity = Number(_l("用量"), low=Decimal("0.001"))
    unit = Text(_l("单位"), max=20)
    supplier = Supplier(_l("供应商"), required=False)


class BillOfMaterials(papers.TechnicalPaper, CompanyForm):
    """Lists all parts of a product, level by level, with how many of each its parent takes."""

    code = "RD-10"
    name = _l("BOM(产品结构表)")
    slug = "bills-of-materials"
    procedure = "RD-P-01#bom"
    opened_by = ("rd_engineer",)
    columns = (
        *("number", "product", "product_no", "version", "effective_on", "old_version_recalled"),
        *("current_step", "due_at", "status"),
    )

    product = papers.product()
    product_no = Text(_l("产品编号"), max=60, help=_l("空白的按项目编号"))
    version = papers.version()
    old_version = papers.old_version()
    components = Rows(
        _l("产品结构"),
        Component,
        most=MANY,
        help=_l(
            "层级 1 是产品的直接零部件；层级 2 属于它上面最近的层级 1 的行，依此类推。用量是上级每一件所用的数量。"
            "选了库存品的，名称和单位可以空着。也可以在“BOM”页从电子表格导入"
        ),
    )
    packaging = LongText(_l("包装材料"), required=False)
    substitute_parts = LongText(_l("替代料"), required=False)
    change_note = LongText(_l("变更说明"), required=False)
    drawing_files = Attachments(_l("图纸"), required=False)
    papers_not_needed = MultiChoice(
        _l("不需要的技术文件"),
        {"RD-11": _l("注塑工艺卡"), "RD-12": _l("喷漆及移印资料"), "RD-13": _l("模具产能表")},
        required=False,
        help=_l("产品没有注塑件、喷漆移印或模具时选择，资料输出阶段就不再等这些文件"),
    )
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def compute(self) -> None:
        """The product's number is its project's; names and units come from the stock items."""
        super().compute()
        named = self.product.data
        if named and named.id and not self.product_no.data:
            self.product_no.data = named.text.rsplit(" ", 1)[-1]
        known = goods.items(row.item.data.id for row in self.components.rows if row.item.data)
        for row in self.components.rows:
            if row.item.data and (item := known.get(row.item.data.id)):
                row.name_.data = row.name_.data or item.name
                row.unit.data = row.unit.data or item.unit

    def check(self) -> None:
        """The rows make a tree; a changed list says what has changed; no two products share a number."""
        super().check()
        rows = self.components.rows
        for fault in bom.faults([row.answers() for row in rows], self.product_no.data or ""):
            rows[fault.row].refuse(fault.column, fault.text)
        if self.old_version.data and not self.change_note.data:
            self.refuse("change_note", _l("换版时请说明变更的内容"))
        named, number = self.product.data, self.product_no.data
        if named and named.id and number and (other := boms.numbered(number, but=named.id)):
            self.refuse("product_no", _l("产品编号已用于 %(product)s"), product=other)

    @staticmethod
    @after("archive", _l("登记三本台帐，原版本作废并收回；采购部可按 BOM 提出需求"))
    def put_in_force(record: Filed) -> Iterator[Effect]:
        """The list is in force; papers that the product does not need are not waited for."""
        not_needed = record["papers_not_needed"] or []
        yield ChangesProject(record["product"].id, facts={"papers_not_needed": not_needed})
        yield from papers.put_in_force(record, not_needed)
