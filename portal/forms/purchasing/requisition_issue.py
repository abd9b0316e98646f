"""The stage of PU-03 用户需求单(请购单) in which the warehouse hands the goods out."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from portal.forms import outgoing
from portal.forms.base import Sheet, Stage
from portal.forms.fields import Moment, Number, Rows
from portal.forms.references import Person, Place, StockItem
from portal.lib.i18n import _l
from portal.queries import goods


class IssuedLine(Sheet):
    """So much of an item from one place."""

    item = StockItem(_l("库存品"))
    place = Place(_l("库位"))
    quantity = Number(_l("实发数量"), low=Decimal("0.001"))


class Issue(Stage):
    """What is handed out, and to whom."""

    issued_lines = Rows(_l("发货明细"), IssuedLine, help=_l("一种货品可从几个库位发出，每个库位一行"))
    issued_at = Moment(_l("发货时间"))
    receiver = Person(_l("领用人"))

    def proposal(self) -> dict[str, Any]:
        """All that is needed, from where most of it lies."""
        lines = self.context.get("lines") or []
        named = {line["item"].id: line["item"] for line in lines if line["item"]}
        rows = [
            {"item": named[item], "place": place or None, "quantity": quantity}
            for item, needed in goods.totals(lines, "quantity").items()
            for place, quantity in goods.spread(item, needed, self.itself)
        ]
        return {"issued_lines": rows, "issued_at": self.now}

    def check(self) -> None:
        """R54: exactly what is needed is handed out, from where it lies and is not being counted."""
        if self.issued_at.data and self.issued_at.data > self.now:
            self.refuse("issued_at", _l("发货时间不能晚于现在"))
        needed = goods.totals(self.context.get("lines") or [], "quantity")
        if goods.totals(self.issued_lines.data, "quantity") != needed:
            text = _l("各库存品的实发数量须等于需求数量；库存不够时请退回采购部重新查询库存")
            self.refuse("issued_lines", text)
        outgoing.refuse_unmovable(self.issued_lines, self.itself)
