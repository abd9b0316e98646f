"""WH-14 收费单."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import CORRECTED, FINISHED, SUBMITTED, VOIDED, Effect, PostsEntry, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import outgoing
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Integer, Moment, Money, Phone, Rows, YesNo
from portal.forms.filed import Filed
from portal.forms.references import StockItem
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import books, goods
from portal.queries.corrected import lineage

PAYMENT_WAYS = {
    "cash": _l("现金"),
    "card": _l("银行卡"),
    "mobile": _l("移动支付"),
    "other": _l("其他"),
}


class SoldBook(Sheet):
    """One title that is sold."""

    item = StockItem(_l("图书"))
    quantity = Integer(_l("数量"), low=1, high=10_000)
    price = Money(_l("单价"), required=False, help=_l("不填时按定价"))
    amount = Money(_l("金额"), computed=True)

    def compute(self) -> None:
        """Quantity times price; the price is the book's own where the cashier says no other."""
        if self.price.blank and not self.price.process_errors and self.item.data and self.item.data.id:
            self.price.data = books.price(self.item.data.id)
        if self.quantity.data is not None and self.price.data is not None:
            self.amount.data = self.quantity.data * self.price.data

    def check(self) -> None:
        """A book that is not priced in the books gets its price here."""
        if self.item.data and self.price.blank:
            self.refuse("price", _l("这种图书没有登记定价，请填写单价"))


class DoorRelease(Stage):
    """出门放行检查记录: what the guard at the door sees."""

    books_match = YesNo(_l("图书与收费单相符"), help=_l("有未交费的图书时选“否”，顾客回收银台补交"))
    released_at = Moment(_l("放行时间"), when=equals("books_match", True))

    def proposal(self) -> dict[str, Any]:
        """Released now."""
        return {"released_at": self.now.replace(second=0, microsecond=0)}

    def check(self) -> None:
        """Nobody leaves before having paid, nor in time to come."""
        released, sold = self.released_at.data, self.context.get("sold_at")
        if released and sold and released < sold.replace(second=0, microsecond=0):
            self.refuse("released_at", _l("放行时间不能早于收费时间"))
        elif released and released > self.now + timedelta(minutes=1):
            self.refuse("released_at", _l("放行时间不能晚于现在"))


class PaymentSlip(CompanyForm):
    """Sells books over the counter, and lets them out at the door once; its number is that of the slip."""

    code = "WH-14"
    name = _l("收费单")
    slug = "payment-slips"
    section = "bookshop"
    procedure = "PU-P-01#payment"
    opened_by = ("cashier",)
    covers = ("出门放行检查记录",)
    columns = (
        *("number", "sold_at", "total_amount", "discount", "paid_amount", "payment_way", "books_match"),
        *("current_step", "due_at", "status"),
    )
    readers = ("security_guard", "warehouse_supervisor")

    sold_at = Moment(_l("收费时间"))
    books = Rows(_l("图书"), SoldBook, most=200)
    total_amount = Money(_l("应收金额"), computed=True)
    discount = Money(_l("优惠"), required=False)
    paid_amount = Money(_l("实收金额"), computed=True)
    payment_way = Choice(_l("付款方式"), PAYMENT_WAYS)
    customer_phone = Phone(_l("顾客电话"), required=False)
    invoice_wanted = YesNo(_l("需开发票"), required=False)

    signoff = Route(
        Step(
            "door_release",
            _l("书店保安审核放行"),
            role("security_guard"),
            meaning="checked",
            within=working_days(1),
            fills=DoorRelease,
            outcomes=(Back(when=equals("books_match", False)),),
            clause="PU-P-01#door",
        ),
    )

    def proposal(self) -> dict[str, Any]:
        """Sold now, mostly paid with the telephone."""
        return {"sold_at": self.now.replace(second=0, microsecond=0), "payment_way": "mobile"}

    def compute(self) -> None:
        """What the books come to, and what is paid for them."""
        super().compute()
        amounts = [row.amount.data for row in self.books.rows if row.amount.data is not None]
        self.total_amount.data = sum(amounts, Decimal("0.00"))
        self.paid_amount.data = max(self.total_amount.data - (self.discount.data or 0), Decimal("0.00"))

    def check(self) -> None:
        """R62: no more is sold than stands in the shop, for no less than nothing, and not tomorrow."""
        if self.sold_at.data and self.sold_at.data > self.now + timedelta(minutes=1):
            self.refuse("sold_at", _l("收费时间不能晚于现在"))
        if self.discount.data and self.discount.data > self.total_amount.data:
            self.refuse("discount", _l("优惠不能超过应收金额"))
        lacking = outgoing.first_short(_rows(self.books.data), self.itself)
        if lacking:
            at, there = lacking
            text = _l("数量超过书店库存：%(short)s")
            filled = [row for row in self.books.rows if not row.empty()]
            filled[at].refuse("quantity", text, short=there)

    def heading(self) -> str:
        """The books."""
        return "、".join(row["item"].text.rpartition(" ")[0] for row in self.books.data if row["item"])

    @staticmethod
    @after(SUBMITTED, _l("同时登记销售台帐、流水帐和库存帐目"))
    def post(record: Filed) -> Iterator[Effect]:
        """A sale stands in the books when it is paid; one that takes the place of another, when it is released."""
        if not record["@corrects"]:
            yield from _settle(record, sold=True)

    @staticmethod
    @after(CORRECTED, _l("补交后按更正的收费单登记差额"))
    def post_corrected(record: Filed) -> Iterator[Effect]:
        """The customer came back to the cashier: the books follow the corrected slip."""
        if not record["@corrects"]:
            yield from _settle(record, sold=True)

    @staticmethod
    @after(FINISHED, _l("冲销更正的收费单放行时：冲销原收费单，登记新的"))
    def post_in_place(record: Filed) -> Iterator[Effect]:
        """Only what is final takes back another slip."""
        if record["@corrects"]:
            yield from _settle(record, sold=True)

    @staticmethod
    @after(VOIDED, _l("收费单作废时：恢复库存，冲销销售台帐"))
    def put_back(record: Filed) -> Iterator[Effect]:
        """The customer did not buy after all."""
        if not record["@corrects"]:
            yield from _settle(record, sold=False)


def _rows(lines: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    """The lines as they leave the shop."""
    return [
        {
            "item": line["item"],
            "place": books.SHOP,
            "quantity": Decimal(line["quantity"]) if line["quantity"] else None,
        }
        for line in lines
    ]


def _settle(record: Filed, *, sold: bool) -> Iterator[Effect]:
    """Brings journal, balances and the ledger of sales to what the slip says now."""
    yield from outgoing.settle(record.id, "sale", _rows(record["books"]) if sold else ())
    left = _entries(record) if sold else []
    for facts in books.sold(lineage(record.id)):  # what a corrected slip took back of another is no sale
        if facts in left:
            left.remove(facts)
        else:
            yield PostsEntry("sales_ledger", {**facts, **_negative(facts)})
    for facts in left:
        yield PostsEntry("sales_ledger", facts)


def _negative(facts: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "quantity": str(-int(facts["quantity"])),
        "amount": str(-Decimal(facts["amount"])),
        "fen": -facts["fen"],
    }


def _entries(record: Filed) -> list[dict[str, Any]]:
    """A line for each book, and one for what was let off the sum."""
    same = {
        "date": day(record["sold_at"]).isoformat(),
        "slip_no": record.number,
        "way": record["payment_way"],
        "cashier": goods.person_label(record.applicant_id),
    }
    rows = [
        {
            "item": line["item"].text,
            "quantity": str(line["quantity"]),
            "price": str(line["price"]),
            **_sum(line["amount"]),
        }
        for line in record["books"]
    ]
    if record["discount"]:
        rows.append({"item": books.DISCOUNT, "quantity": "0", "price": "", **_sum(-record["discount"])})
    return [{**same, **row} for row in rows]


def _sum(amount: Decimal) -> dict[str, Any]:
    """An amount as it is shown, and in whole fen, which add up exactly on every database."""
    return {"amount": str(amount), "fen": int(amount * 100)}
