"""WH-12 入库单."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Made, Opens, PostsEntry, PostsStock, Updates, after
from portal.domain.signoff import Back, Route, Step, role
from portal.forms.base import CompanyForm, Sheet
from portal.forms.book_fields import BookNo
from portal.forms.fields import Day, Integer, LongText, Money, Rows, Text
from portal.forms.filed import Filed
from portal.forms.purchasing.purchase_list import refuse_twice, worth
from portal.forms.references import RecordLink, Supplier
from portal.forms.warehouse.book_entry_stages import Cataloguing, KeeperAcceptance
from portal.lib.i18n import _l
from portal.queries import books, goods


class BookToEnter(Sheet):
    """One title that is to be catalogued and entered."""

    title = Text(_l("书名"))
    book_no = BookNo(_l("书号"))
    quantity = Integer(_l("数量"), low=1, high=100_000)
    price = Money(_l("定价"), low=Decimal("0.01"))


class BookEntry(CompanyForm):
    """Catalogues new books and brings them into the bookshop's stock, once a keeper has compared them with the slip."""

    code = "WH-12"
    name = _l("入库单")
    slug = "book-entries"
    section = "bookshop"
    procedure = "PU-P-01#book-entry"
    opened_by = ("cataloguer",)
    covers = ("图书编目记录",)
    columns = (
        *("number", "purchase_list", "bookseller", "received_on", "total_quantity", "total_value"),
        *("keeper_verdict", "entered_on", "current_step", "due_at", "status"),
    )
    readers = ("buyer",)

    purchase_list = RecordLink(_l("采购单"), "PU-09")
    bookseller = Supplier(_l("书商"))
    received_on = Day(_l("接收日期"))
    books = Rows(_l("待编目图书"), BookToEnter)
    total_quantity = Integer(_l("总册数"), computed=True)
    total_value = Money(_l("总金额"), computed=True)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "cataloguing",
            _l("编目(分类编号)"),
            role("cataloguer"),
            meaning="done",
            within=working_days(1),
            fills=Cataloguing,
            clause="PU-P-01#cataloguing",
        ),
        Step(
            "keeper_acceptance",
            _l("库管员验收入库"),
            role("warehouse_keeper"),
            meaning="accepted",
            within=working_days(1),
            fills=KeeperAcceptance,
            on_refusal=Back("cataloguing"),
            outcomes=(
                Back("cataloguing", when=equals("slip_and_books_agree", False)),
                Back(when=equals("keeper_verdict", "fail")),
            ),
        ),
    )

    def compute(self) -> None:
        """Copies and value of the whole slip."""
        super().compute()
        rows = self.books.data
        self.total_quantity.data = sum(row["quantity"] or 0 for row in rows)
        self.total_value.data = worth(rows)

    def check(self) -> None:
        """No more is entered of a purchase list than passed, without what keepers have sent back of it."""
        refuse_twice(self)
        if self.received_on.data and self.received_on.data > self.today:
            self.refuse("received_on", _l("接收日期不能晚于今天"))
        listed = self.purchase_list.data
        if not (listed and listed.id):
            return
        if self.bookseller.data and self.bookseller.data.id != goods.named(listed.id, "bookseller"):
            self.refuse("bookseller", _l("书商与采购单上的书商不一致"))
        if goods.state(listed.id) != "finished":
            self.refuse("purchase_list", _l("该采购单的图书还没有验收、送交编目员"))
            return
        passed, elsewhere = books.accepted(listed.id), books.entered(listed.id, but=self.itself)
        bad = books.rejected(listed.id, "keeper_s_acceptance")
        for row in self.books.rows:
            number = row.book_no.data
            left = passed.get(number, 0) - elsewhere.get(number, 0) - bad.get(number, 0)
            if number and row.quantity.data and row.quantity.data > left:
                text = _l("采购单验收合格、可入库的这种图书还有 %(left)s 册")
                row.refuse("quantity", text, left=max(left, 0))

    def heading(self) -> str:
        """The books."""
        return "、".join(row["title"] for row in self.books.data if row["title"])

    @staticmethod
    @after("keeper_acceptance", _l("合格：同时登记入库台帐、流水帐和库存帐目，新书建立图书档案"))
    def post(record: Filed) -> Iterator[Effect]:
        """Both books and the titles in one write; a title that is known already gets more copies."""
        if not record["slip_and_books_agree"] or record["keeper_verdict"] != "pass":
            return
        known = books.titles([row["book_no"] for row in record["catalogue_lines"]])
        for row in record["catalogue_lines"]:
            item = known.get(row["book_no"])
            facts = {
                "isbn": row["book_no"],
                "author": row["author"],
                "publisher": row["publisher"],
                "class_no": row["class_no"],
                "shelf": row["shelf"] or "",
                "price": str(row["price"]),
            }
            if item is None:
                new = {"code": row["book_no"], "name": row["title"], "category": books.CATEGORY}
                yield Updates("stock_item", None, {**new, "unit": "册", "facts": facts})
            else:
                yield Updates("stock_item", item.id, {"facts": {**item.facts, **facts}})
            id = Made("stock_item") if item is None else item.id
            yield PostsStock("in", id, books.SHOP, Decimal(row["quantity"]), row["price"])
            yield PostsEntry(
                "entry_ledger",
                {
                    "date": record["entered_on"].isoformat(),
                    "slip_no": record.number,
                    "item": f"{row['title']} {item.code if item else row['book_no']}",
                    "quantity": str(row["quantity"]),
                    "price": str(row["price"]),
                    "supplier": record["bookseller"].text,
                },
            )

    @staticmethod
    @after("keeper_acceptance", _l("有破损图书：生成不合格采购单草稿，交采购员"))
    def reject(record: Filed) -> Iterator[Effect]:
        """Each check that found damaged books opens a list of its own; what earlier ones opened stands."""
        if record["keeper_verdict"] != "fail":
            return
        for rows in books.damaged(record.id):
            lines = [{name: row[name] for name in ("title", "book_no", "quantity", "reason")} for row in rows]
            answers = {
                "bookseller": record["bookseller"],
                "purchase_list": record["purchase_list"],
                "books": lines,
                "reject_stage": "keeper_s_acceptance",
            }
            yield Opens("PU-11", answers, to="role:buyer")
