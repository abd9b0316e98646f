"""RD-23 产品特性及产品验收准则."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.effects import Effect, after
from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Choice, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Product
from portal.lib.i18n import _l
from portal.queries import characteristics

CLASSES = {"critical": _l("关键"), "major": _l("主要"), "minor": _l("次要")}


class Characteristic(Sheet):
    """One thing that is checked of the product."""

    item = Text(_l("特性"))
    requirement = Text(_l("要求"))
    class_ = Choice(_l("等级"), CLASSES)
    method = Text(_l("检验方法"))


class ProductCharacteristics(papers.TechnicalPaper, CompanyForm):
    """Says which characteristics of a product count, and by what it is accepted."""

    code = "RD-23"
    name = _l("产品特性及产品验收准则")
    slug = "product-characteristics"
    procedure = "RD-P-01#characteristics"
    opened_by = ("rd_engineer",)
    columns = (
        *("number", "product", "version", "sampling_plan", "standards", "effective_on"),
        *("old_version_recalled", "current_step", "due_at", "status"),
    )

    product = papers.product()
    catalogue_product = Product(
        _l("目录产品"),
        required=False,
        help=_l("选定后，制造过程报送单（QA-03）和进货检验单（PU-06）对这个产品按下列特性逐项检验"),
    )
    version = papers.version()
    old_version = papers.old_version()
    safety_characteristics = LongText(_l("安全特性"))
    use_characteristics = LongText(_l("正常使用特性"))
    characteristics = Rows(_l("产品特性"), Characteristic)
    acceptance_criteria = LongText(_l("产品验收准则"))
    sampling_plan = Text(_l("抽样方案"))
    warnings = LongText(_l("警示及标识"), required=False)
    standards = Text(_l("适用标准"))
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def check(self) -> None:
        """A characteristic stands in one line; a product of the catalogue has one paper."""
        super().check()
        items = [row.item.data for row in self.characteristics.rows]
        for row in self.characteristics.rows:
            if row.item.data and items.count(row.item.data) > 1:
                row.refuse("item", _l("同一特性只填一行"))
        known, named = self.catalogue_product.data, self.product.data
        if known and known.id and named and named.id:
            other = characteristics.paper_of(known.id)
            if other is not None and other.project_id != named.id:
                text = _l("这个产品的特性已由 %(number)s 规定")
                self.refuse("catalogue_product", text, number=other.number)

    @staticmethod
    @after("archive", _l("登记三本台帐，原版本作废并收回；产品特性作为 QA-03 和 PU-06 的检验项目"))
    def put_in_force(record: Filed) -> Iterator[Effect]:
        """The criteria are in force."""
        yield from papers.put_in_force(record)
