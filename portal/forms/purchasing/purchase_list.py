"""PU-09 采购单(书商)."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal
from typing import Any

from portal.domain.conditions import differs
from portal.domain.deadlines import working_days
from portal.domain.effects import FINISHED, Effect, Opens, OrdersStock, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.book_fields import BookNo
from portal.forms.fields import Choice, Day, Integer, LongText, Money, PairedRows, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Attachments, RecordLink, Supplier
from portal.lib.i18n import _l, both
from portal.queries import books, goods
from portal.queries.corrected import standing_one

REASONS = {
    "damaged": _l("破损"),
    "missing_pages": _l("缺页"),
    "quantity": _l("数量不符"),
    "edition": _l("版本不符"),
    "other": _l("其他"),
}


class ListedBook(Sheet):
    """One title of the bookseller's list."""

    title = Text(_l("书名"))
    book_no = BookNo(_l("书号"))
    author = Text(_l("作者"), max=100)
    publisher = Text(_l("出版社"), max=100)
    quantity = Integer(_l("数量"), low=1, high=100_000)
    price = Money(_l("定价"), low=Decimal("0.01"))


class JudgedBook(Sheet):
    """What the buyer makes of one title."""

    title = Text(_l("书名"), computed=True)
    book_no = BookNo(_l("书号"), computed=True)
    listed = Integer(_l("单上数量"), computed=True)
    accepted = Integer(_l("合格数量"))
    rejected = Integer(_l("不合格数量"))
    reason = Choice(_l("原因"), REASONS, required=False)

    def check(self) -> None:
        """Every copy is either good or bad, and a bad one for a reason."""
        accepted, rejected = self.accepted.data, self.rejected.data
        if accepted is not None and rejected is not None and accepted + rejected != self.listed.data:
            self.refuse("rejected", _l("合格与不合格数量之和须等于单上数量"))
        if rejected and self.reason.blank:
            self.refuse("reason", _l("有不合格数量时请选择原因"))
        if rejected == 0 and not self.reason.blank:
            self.refuse("reason", _l("没有不合格数量，不必选择原因"))


class Acceptance(Stage):
    """新书验收单: the buyer's look at every title."""

    accepted_books = PairedRows(_l("验收结果"), JudgedBook)
    verdict = Choice(
        _l("验收结论"), {"pass": _l("合格"), "partly": _l("部分合格"), "fail": _l("不合格")}, computed=True
    )

    def proposal(self) -> dict[str, Any]:
        """Everything is good."""
        rows = [{**row, "accepted": row["listed"], "rejected": 0} for row in self._listed()]
        return {"accepted_books": rows}

    def compute(self) -> None:
        """One row for each title; the verdict is what the rows say together."""
        super().compute()
        self.accepted_books.pair(self._listed())
        rows = self.accepted_books.data
        if all(row["accepted"] is not None and row["rejected"] is not None for row in rows):
            lines = [{"good": row["accepted"], "bad": row["rejected"]} for row in rows]
            self.verdict.data = goods.verdict(lines)

    def _listed(self) -> list[dict[str, Any]]:
        return [
            {"title": row["title"], "book_no": row["book_no"], "listed": row["quantity"]}
            for row in self.context.get("books") or ()
        ]


class HandOver(Stage):
    """The books that passed change hands."""

    received_quantity = Integer(_l("接收册数"), low=1)

    def check(self) -> None:
        """The cataloguer gets as many as passed."""
        passed = sum(row["accepted"] or 0 for row in self.context.get("accepted_books") or ())
        if self.received_quantity.data != passed:
            text = _l("验收合格 %(passed)s 册：接收册数不符时请退回采购员核对")
            self.refuse("received_quantity", text, passed=passed)


class PurchaseList(CompanyForm):
    """Takes in the new books that a bookseller brings with its list, and hands what passed to the cataloguer."""

    code = "PU-09"
    name = _l("采购单(书商)")
    slug = "purchase-lists"
    section = "books"
    procedure = "PU-P-01#book-acceptance"
    opened_by = ("buyer",)
    covers = ("新书验收单",)
    columns = (
        *("number", "bookseller", "list_no", "arrived_on", "total_quantity", "total_price", "order"),
        *("verdict", "current_step", "due_at", "status"),
    )
    readers = ("cataloguer",)

    bookseller = Supplier(_l("书商"))
    list_no = Text(_l("采购单编号"), max=60, help=_l("书商所开单据的编号，每张单据只登记一次"))
    arrived_on = Day(_l("送达日期"))
    books = Rows(_l("新书明细"), ListedBook)
    total_quantity = Integer(_l("总册数"), computed=True)
    total_price = Money(_l("总码洋"), computed=True)
    order = RecordLink(_l("采购订货单"), "PU-04", required=False)
    list_scan = Attachments(_l("采购单扫描"))
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "acceptance",
            _l("采购员验收"),
            role("buyer"),
            meaning="inspected",
            within=working_days(1),
            fills=Acceptance,
        ),
        Step(
            "to_cataloguer",
            _l("送交编目员"),
            role("cataloguer"),
            meaning="received",
            within=working_days(1),
            when=differs("verdict", "fail"),
            fills=HandOver,
            on_refusal=Back("acceptance"),
            clause="PU-P-01#to-cataloguer",
        ),
    )

    def compute(self) -> None:
        """Copies and list value of the whole list."""
        super().compute()
        rows = self.books.data
        self.total_quantity.data = sum(row["quantity"] or 0 for row in rows)
        self.total_price.data = worth(rows)

    def check(self) -> None:
        """A list is taken in once, each title stands on it once, and an order is this bookseller's."""
        if self.arrived_on.data and self.arrived_on.data > self.today:
            self.refuse("arrived_on", _l("送达日期不能晚于今天"))
        refuse_twice(self)
        self._check_seller()
        seller, order = self.bookseller.data, self.order.data
        if seller and seller.id and self.list_no.data:
            number = books.list_named(seller.id, self.list_no.data, but=self.itself)
            if number:
                self.refuse("list_no", _l("该书商的这张采购单已由 %(number)s 登记"), number=number)
        if order and order.id and seller:
            standing = standing_one(order.id)
            if goods.named(standing, "supplier") != seller.id:
                self.refuse("order", _l("该采购订货单不是向这家书商订的货"))
            elif goods.state(standing) != "finished":
                self.refuse("order", _l("该采购订货单还没有得到供应商确认"))

    def _check_seller(self) -> None:
        """Books are taken in from sellers of the approved list; what is corrected was so when it came."""
        seller, corrects = self.bookseller.data, self.context.get("@corrects")
        former = goods.named(corrects, "bookseller") if corrects else None
        if seller and seller.id and seller.id != former and not goods.may_order_from(seller.id):
            text = _l("该书商不在合格供应商名录中，不能收书；须先经供应商评价（PU-08）列入名录")
            self.refuse("bookseller", text)

    def heading(self) -> str:
        """The bookseller and its list."""
        seller = self.bookseller.data.text.rpartition(" ")[0] if self.bookseller.data else ""
        return f"{seller} {self.list_no.data or ''}".strip()

    @staticmethod
    @after("to_cataloguer", _l("生成入库单草稿，带出验收合格的图书，交编目员"))
    def open_slip(record: Filed) -> Iterator[Effect]:
        """What passed is entered by a slip, without what slips of the list that this one corrects enter."""
        prices = {row["book_no"]: row["price"] for row in record["books"]}
        entered = books.entered(record.id)
        rows = [
            {
                "title": row["title"],
                "book_no": row["book_no"],
                "quantity": row["accepted"] - entered.get(row["book_no"], 0),
                "price": prices.get(row["book_no"]),
            }
            for row in record["accepted_books"]
            if row["accepted"] > entered.get(row["book_no"], 0)
        ]
        answers = {"bookseller": record["bookseller"], "books": rows}
        if rows:
            yield Opens("WH-12", answers, names_as="purchase_list")

    @staticmethod
    @after(FINISHED, _l("有不合格图书时：生成不合格采购单草稿，交采购员"))
    def reject(record: Filed) -> Iterator[Effect]:
        """What did not pass goes back to the bookseller, once the count is settled with the cataloguer."""
        before = books.given_back(record.id, "buyer_s_acceptance")
        rows = [
            {
                "title": row["title"],
                "book_no": row["book_no"],
                "quantity": row["rejected"] - before.get(row["book_no"], 0),
                "reason": both(REASONS[row["reason"]])["zh"],  # a text, whatever its signer speaks
            }
            for row in record["accepted_books"]
            if row["rejected"] > before.get(row["book_no"], 0)
        ]
        if rows:
            answers = {
                "bookseller": record["bookseller"],
                "books": rows,
                "reject_stage": "buyer_s_acceptance",
            }
            yield Opens("PU-11", answers, to=f"person:{record.applicant_id}", names_as="purchase_list")

    @staticmethod
    @after(FINISHED, _l("按采购订货单送来的图书：冲减在途数量"))
    def settle_order(record: Filed) -> Iterator[Effect]:
        """What came of an order is on order no longer, at most what was still to come."""
        order = record["order"]
        if order and order.id:
            for item, quantity in books.come(order.id, record["accepted_books"], record.itself).items():
                yield OrdersStock(item, -quantity)


def worth(rows: list[dict[str, Any]]) -> Decimal:
    """What these books come to at their prices."""
    return sum(
        (row["quantity"] * row["price"] for row in rows if row["quantity"] and row["price"] is not None),
        Decimal("0.00"),
    )


def refuse_twice(sheet: Any) -> None:
    """Says no beside the second row of the same book."""
    seen: set[str] = set()
    for row in sheet.books.rows:
        number = row.book_no.data
        if number and number in seen:
            row.refuse("book_no", _l("同一书号只能有一行，请合并数量"))
        seen.add(number)
