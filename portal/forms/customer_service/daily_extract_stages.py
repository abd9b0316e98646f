"""The stages of CS-20: the customers of the day are classed, and their data brought up to date."""

from __future__ import annotations

from typing import Any

from portal.forms.base import Sheet, Stage
from portal.forms.customer_words import CUSTOMER_CLASSES
from portal.forms.fields import Choice, LongText, MultiChoice, Rows, Text, YesNo
from portal.forms.references import Customer, Person
from portal.lib.i18n import _l
from portal.queries import customers


class ClassRow(Sheet):
    """How one customer is classed."""

    customer = Customer(_l("客户"))
    class_ = Choice(_l("分类"), CUSTOMER_CLASSES)
    region = Text(_l("区域"), required=False)
    credit_note = Text(_l("信用情况"), required=False)


class SummaryClassification(Stage):
    """The supervisor's summary: each customer of the day in its class, and who keeps its data."""

    classes = Rows(_l("客户分类"), ClassRow, required=False)
    analysis = LongText(_l("分析结论"))
    data_kinds = MultiChoice(
        _l("资料种类"),
        {
            "basic_data": _l("基本资料"),
            "licences": _l("证照"),
            "orders": _l("订货"),
            "payments": _l("回款"),
            "visits": _l("拜访"),
        },
    )
    custodian = Person(_l("资料管理专人"))

    def proposal(self) -> dict[str, Any]:
        """The customers of the extract as they are classed now."""
        rows = []
        for row in self.context.get("customers") or ():
            known = customers.find(row["customer"].id)
            credit = customers.standing(row["customer"].id)
            if known is not None and credit is not None:
                facts = {"limit": f"{credit.limit:,.2f}", "arrears": f"{credit.arrears:,.2f}"}
                note = str(_l("额度 %(limit)s，欠款 %(arrears)s")) % facts
                rows.append(
                    {
                        "customer": row["customer"],
                        "class": known.klass or None,
                        "region": known.region or None,
                        "credit_note": note,
                    }
                )
        return {"classes": rows}

    def check(self) -> None:
        """Each customer of the extract is classed, once, and no other."""
        wanted = {row["customer"].id: row["customer"].text for row in self.context.get("customers") or ()}
        seen: set[int] = set()
        for row in self.classes.rows:
            customer = row.customer.data
            if customer and customer.id not in wanted:
                row.refuse("customer", _l("这个客户不在当日提取的客户中"))
            elif customer and customer.id in seen:
                row.refuse("customer", _l("客户重复"))
            seen |= {customer.id} if customer else set()
        if missing := [text for id, text in wanted.items() if id not in seen]:
            self.refuse("classes", _l("还有客户没有分类：%(names)s"), names="、".join(missing))


class CustodianUpdate(Stage):
    """What the custodian has brought up to date."""

    updated_items = LongText(_l("已更新内容"))
    nothing_left_out = YesNo(_l("已核对无遗漏"))

    def check(self) -> None:
        """The day is closed once nothing is left out."""
        if self.nothing_left_out.data is False:
            self.refuse("nothing_left_out", _l("请更新完全部资料、核对无遗漏后再签署"))
