"""PU-11 不合格采购单."""

from __future__ import annotations

from collections.abc import Iterator

from portal.domain.deadlines import weeks, working_days
from portal.domain.effects import Asks, Effect, Updates, after
from portal.domain.signoff import Back, Route, Step, outside, role
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.book_fields import BookNo
from portal.forms.fields import Choice, Day, Integer, LongText, Rows, Text
from portal.forms.filed import Filed
from portal.forms.purchasing.purchase_list import refuse_twice
from portal.forms.references import Photos, RecordLink, Supplier
from portal.lib.i18n import _l
from portal.queries import books, goods


class RejectedBook(Sheet):
    """One title that goes back."""

    title = Text(_l("书名"))
    book_no = BookNo(_l("书号"))
    quantity = Integer(_l("数量"), low=1, high=100_000)
    reason = Text(_l("原因"))


class TakenBack(Stage):
    """The bookseller takes the books."""

    taken_back_on = Day(_l("取回日期"))

    def check(self) -> None:
        """They are not fetched before they were returned, nor in days to come."""
        day, returned = self.taken_back_on.data, self.context.get("returned_on")
        if day and returned and day < returned:
            self.refuse("taken_back_on", _l("取回日期不能早于退回日期"))
        elif day and day > self.today:
            self.refuse("taken_back_on", _l("取回日期不能晚于今天"))


class RejectedList(CompanyForm):
    """Sends back to the bookseller what the buyer or the keeper found bad among its new books."""

    code = "PU-11"
    name = _l("不合格采购单")
    slug = "rejected-lists"
    section = "books"
    procedure = "PU-P-01#book-return"
    opened_by = ("buyer",)
    columns = (
        *("number", "bookseller", "purchase_list", "reject_stage", "returned_on", "claim"),
        *("taken_back_on", "current_step", "due_at", "status"),
    )

    bookseller = Supplier(_l("书商"))
    purchase_list = RecordLink(_l("采购单"), "PU-09")
    books = Rows(_l("不合格图书"), RejectedBook)
    reject_stage = Choice(
        _l("退回环节"),
        {"buyer_s_acceptance": _l("采购员验收"), "keeper_s_acceptance": _l("库管员验收")},
    )
    returned_on = Day(_l("退回日期"))
    claim = Choice(_l("处理要求"), {"refund": _l("退款"), "replacement": _l("换书")})
    photos = Photos(_l("照片"), required=False)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "purchasing_check",
            _l("采购部经理审核"),
            role("purchasing_manager"),
            meaning="checked",
            within=working_days(1),
            bulk=True,
        ),
        Step(
            "bookseller_sign",
            _l("书商签收"),
            outside("supplier"),
            meaning="received",
            within=weeks(1),
            fills=TakenBack,
            on_refusal=Back(),
        ),
    )

    def check(self) -> None:
        """No more goes back than was found bad of this list, over all that go back of it."""
        refuse_twice(self)
        if self.returned_on.data and self.returned_on.data > self.today:
            self.refuse("returned_on", _l("退回日期不能晚于今天"))
        listed, stage = self.purchase_list.data, self.reject_stage.data
        if not (listed and listed.id):
            return
        if self.bookseller.data and self.bookseller.data.id != goods.named(listed.id, "bookseller"):
            self.refuse("bookseller", _l("书商与采购单上的书商不一致"))
        if goods.state(listed.id) != "finished":
            self.refuse("purchase_list", _l("该采购单还没有验收完，不能退书"))
        elif stage:
            bad, before = books.rejected(listed.id, stage), books.given_back(listed.id, stage, self.itself)
            for row in self.books.rows:
                left = bad.get(row.book_no.data, 0) - before.get(row.book_no.data, 0)
                if row.book_no.data and row.quantity.data and row.quantity.data > left:
                    text = _l("该环节查出的这种不合格图书，还可退 %(left)s 册")
                    row.refuse("quantity", text, left=max(left, 0))

    def heading(self) -> str:
        """The books."""
        return "、".join(row["title"] for row in self.books.data if row["title"])

    @staticmethod
    @after("bookseller_sign", _l("退书计入书商评分；要求换书时提醒采购员登记补送的采购单"))
    def count_return(record: Filed) -> Iterator[Effect]:
        """One more return of this bookseller, counted once; what this record corrects counts no longer."""
        if goods.times_signed(record.id, "bookseller_sign") > 1:
            return
        corrected = goods.named(record["@corrects"], "bookseller") if record["@corrects"] else None
        if corrected is not None:
            yield Updates("supplier", corrected, adds={"returns": -1})
        yield Updates("supplier", record["bookseller"].id, adds={"returns": 1})
        if record["claim"] == "replacement":
            yield Asks(_l("换书送达时填写采购单"), f"person:{record.applicant_id}")
