"""RD-12 喷漆及移印资料."""

from __future__ import annotations

from decimal import Decimal

from portal.forms.base import CompanyForm, Sheet
from portal.forms.engineering import technical_paper_stages
from portal.forms.engineering import technical_papers as papers
from portal.forms.fields import Integer, LongText, Number, Rows, Text
from portal.forms.references import Attachments
from portal.lib.i18n import _l


class PaintLine(Sheet):
    """One paint on the part."""

    colour = Text(_l("颜色"), max=60)
    paint = Text(_l("油漆型号"))
    ratio = Text(_l("配比"), max=60)
    layers = Integer(_l("遍数"), low=1, high=20)
    thickness = Number(_l("膜厚"), low=Decimal("0.001"), help=_l("微米"))
    baking = Text(_l("烘烤条件"), required=False)


class PrintingLine(Sheet):
    """One print on the part."""

    position = Text(_l("位置"))
    plate = Text(_l("钢板编号"), max=60)
    ink = Text(_l("油墨"))
    colour = Text(_l("颜色"), max=60)
    order = Integer(_l("次序"), low=1, high=99)


class PaintingAndPrinting(papers.TechnicalPaper, CompanyForm):
    """Says how a part is painted and printed, and how that must look."""

    code = "RD-12"
    name = _l("喷漆及移印资料")
    slug = "painting-and-printing-data"
    procedure = "RD-P-01#painting"
    opened_by = ("rd_engineer",)
    part_field = "part"
    columns = (
        *("number", "product", "part", "version", "colour_sample", "effective_on", "adhesion_test"),
        *("old_version_recalled", "current_step", "due_at", "status"),
    )

    product = papers.product()
    part = Text(_l("零件"), help=_l("同一零件每次填写相同的名称，版本才能接续"))
    version = papers.version()
    old_version = papers.old_version()
    paint_lines = Rows(_l("喷漆"), PaintLine, required=False, help=_l("喷漆和移印至少填写一项"))
    printing_lines = Rows(_l("移印"), PrintingLine, required=False)
    colour_sample = Text(_l("色板编号"), max=60)
    appearance_standard = LongText(_l("外观标准"))
    adhesion_test = Text(_l("附着力及耐磨要求"), required=False)
    artwork = Attachments(_l("图案文件"))
    effective_on = papers.effective_on()

    signoff = technical_paper_stages.signoff()

    def check(self) -> None:
        """The part is painted or printed, and of two prints one comes first."""
        super().check()
        if not self.paint_lines.data and not self.printing_lines.data:
            self.refuse("paint_lines", _l("喷漆和移印至少填写一项"))
        orders = [row.order.data for row in self.printing_lines.rows]
        for row in self.printing_lines.rows:
            if row.order.data is not None and orders.count(row.order.data) > 1:
                row.refuse("order", _l("次序不能重复"))
