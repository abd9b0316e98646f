"""The stages of WH-12: cataloguing, and the keeper's comparison of slip and books."""

from __future__ import annotations

from typing import Any

from portal.domain.conditions import all_of, equals
from portal.forms.base import Sheet, Stage
from portal.forms.book_fields import BookNo, ClassNo
from portal.forms.fields import Choice, Day, Integer, Money, PairedRows, Rows, Text, YesNo
from portal.lib.i18n import _l
from portal.queries import books, goods

STANDARD = "《中国图书馆分类法》（第五版）"
PASSED = all_of(equals("slip_and_books_agree", True), equals("keeper_verdict", "pass"))


class CatalogueLine(Sheet):
    """图书编目记录: what is kept of one title."""

    class_no = ClassNo(_l("分类号(国家标准)"))
    title = Text(_l("书名"), computed=True)
    book_no = BookNo(_l("书号"), computed=True)
    author = Text(_l("作者"), max=100)
    publisher = Text(_l("出版社"), max=100)
    quantity = Integer(_l("数量"), computed=True)
    price = Money(_l("定价"), computed=True)
    shelf = Text(_l("架位"), max=40)


class Cataloguing(Stage):
    """Classes and shelves of all titles of the slip."""

    catalogue_lines = PairedRows(_l("编目明细"), CatalogueLine)
    classification_standard = Text(_l("分类依据国家标准"))

    def proposal(self) -> dict[str, Any]:
        """What is kept of a title that is known, else what the bookseller's list says of it."""
        rows = self._books()
        known = books.titles([row["book_no"] for row in rows])
        listed = self.context.get("purchase_list")
        printed = goods.opening_answers(listed.id).get("books") or [] if listed and listed.id else []
        said = {row["book_no"]: row for row in printed}
        lines = []
        for row in rows:
            item = known.get(row["book_no"])
            facts = {**said.get(row["book_no"], {}), **(item.facts if item else {})}
            kept = {name: facts.get(name) for name in ("class_no", "author", "publisher", "shelf")}
            lines.append({**kept, **row})
        return {"catalogue_lines": lines, "classification_standard": STANDARD}

    def compute(self) -> None:
        """One line for each title of the slip."""
        super().compute()
        self.catalogue_lines.pair(self._books())

    def _books(self) -> list[dict[str, Any]]:
        return [
            {name: row[name] for name in ("title", "book_no", "quantity", "price")}
            for row in self.context.get("books") or ()
        ]


class DamagedBook(Sheet):
    """Copies of a title that the keeper does not take."""

    title = Text(_l("书名"), computed=True)
    book_no = BookNo(_l("书号"))
    quantity = Integer(_l("破损数量"), low=1, high=100_000)
    reason = Text(_l("原因"))


class KeeperAcceptance(Stage):
    """What the keeper finds when comparing the books with the slip."""

    slip_and_books_agree = YesNo(_l("单书相符"), help=_l("入库单有误时选“否”，签署后退回编目员"))
    keeper_verdict = Choice(
        _l("验收结论"),
        {"pass": _l("合格"), "fail": _l("不合格")},
        when=equals("slip_and_books_agree", True),
        help=_l("有破损图书时选“不合格”：破损图书退采购员，入库单由编目员减去后再提交"),
    )
    damaged_books = Rows(_l("破损图书"), DamagedBook, when=equals("keeper_verdict", "fail"))
    entered_on = Day(_l("入库日期"), when=PASSED)

    def proposal(self) -> dict[str, Any]:
        """Entered today."""
        return {"entered_on": self.today}

    def compute(self) -> None:
        """The titles of the damaged books are those of the slip."""
        super().compute()
        named = {row["book_no"]: row["title"] for row in self.context.get("books") or ()}
        for row in self.damaged_books.rows:
            row.title.data = named.get(row.book_no.data)

    def check(self) -> None:
        """Damaged books are books of the slip, and not more than it has; nothing is entered before it was received."""
        brought = books.quantities(self.context.get("books") or (), "quantity")
        seen: set[str] = set()
        for row in self.damaged_books.rows:
            number = row.book_no.data
            if number and number not in brought:
                row.refuse("book_no", _l("入库单上没有这种图书"))
            elif number in seen:
                row.refuse("book_no", _l("同一书号只能有一行，请合并数量"))
            elif number and row.quantity.data and row.quantity.data > brought[number]:
                row.refuse("quantity", _l("入库单上这种图书只有 %(there)s 册"), there=brought[number])
            seen.add(number)
        entered, received = self.entered_on.data, self.context.get("received_on")
        if entered and received and entered < received:
            self.refuse("entered_on", _l("入库日期不能早于接收日期"))
        elif entered and entered > self.today:
            self.refuse("entered_on", _l("入库日期不能晚于今天"))
