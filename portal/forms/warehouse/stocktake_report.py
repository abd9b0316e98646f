"""WH-06 盘存报表."""

from __future__ import annotations

from collections.abc import Iterator
from decimal import ROUND_HALF_UP, Decimal

from portal.domain.conditions import equals
from portal.domain.deadlines import working_days
from portal.domain.effects import (
    CORRECTED,
    SUBMITTED,
    VOIDED,
    Effect,
    FreezesStock,
    PostsCount,
    PostsStock,
    after,
)
from portal.domain.signoff import Back, Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet, Stage
from portal.forms.fields import Choice, Day, Integer, LongText, Moment, Money, Number, Rows, Text, YesNo
from portal.forms.filed import Filed
from portal.forms.kinds import Ref
from portal.forms.references import Place, RecordLink, StockItem
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.lib.text import place_codes
from portal.queries import goods, history, places

CENT = Decimal("0.01")


class CountedLine(Sheet):
    """One item at one place: what the books say, and what lies there."""

    item = StockItem(_l("库存品"))
    place = Place(_l("库位"))
    book = Number(_l("帐面数量"), computed=True)
    counted = Number(_l("实盘数量"))
    difference = Number(_l("差异"), computed=True)
    reason = Text(_l("差异原因"), required=False)

    def check(self) -> None:
        """A difference needs its reason."""
        if self.difference.data and self.reason.blank:
            self.refuse("reason", _l("帐面与实盘不一致时请填写差异原因"))


class SupervisorReview(Stage):
    """The supervisor's verdict, by the rules of stock-taking."""

    stock_list_checked = YesNo(_l("已查询库存清单"))
    journal_checked = YesNo(_l("已查询盘点流水账"))
    verdict = Choice(_l("审核结论"), {"approved": _l("合格"), "rejected": _l("不合格")})
    reject_reason = LongText(_l("不合格原因"), required=False, required_when=equals("verdict", "rejected"))

    def check(self) -> None:
        """Nobody reviews their own count; approval needs both look-ups; differences beyond the tolerance are counted
        again first.
        """
        name = goods.person_label(self.person.id).rpartition(" ")[0] if self.person is not None else ""
        if name and name in (self.context.get("team") or ""):
            self.refuse("verdict", _l("盘点人员不能审核自己参加的盘点，请由另一位仓库主管审核"))
        if self.verdict.data != "approved":
            return
        for name in ("stock_list_checked", "journal_checked"):
            if getattr(self, name).data is False:
                self.refuse(name, _l("须先查询，才能审核为合格"))
        self._check_books()
        tolerance = self.context.get("@stocktake_tolerance_percent")
        if tolerance is None or (self.context.get("count_round") or 1) > 1:
            return
        for line in self.context["lines"]:
            if abs(line["difference"] or 0) * 100 > line["book"] * Decimal(tolerance):
                text = _l("“%(item)s”的差异超过盘点规定的 %(percent)s%%：首次盘点须退回重新盘点")
                self.refuse("verdict", text, item=line["item"].text, percent=f"{Decimal(tolerance):f}")
                break

    def _check_books(self) -> None:
        """The books of the moment of the freeze are still those of the sheet: nothing slipped in as it was filed."""
        lines = self.context["lines"]
        books = goods.book({line["item"].id for line in lines}, self.context.get("frozen_at"), self.itself)
        for line in lines:
            book = books.get((line["item"].id, line["place"]), Decimal(0))
            if book != line["book"]:
                text = _l(
                    "“%(item)s”在库位%(place)s的帐面数量已变为 %(book)s，请退回，按新的帐面数量重新盘点"
                )
                facts = {"item": line["item"].text, "place": line["place"], "book": f"{book.normalize():f}"}
                self.refuse("verdict", text, **facts)
                break


class BooksUpdated(Stage):
    """When the keeper brought the stock list and the journal up to date."""

    updated_on = Day(_l("更新日期"))

    def check(self) -> None:
        """After the count, and not in days to come."""
        moments.refuse_future(self, "updated_on")
        text = _l("更新日期不能早于盘点日期")
        moments.refuse_earlier(self, "updated_on", self.context.get("count_date"), text)


class StocktakeReport(CompanyForm):
    """Counts what lies in the warehouse against the books and, once approved, puts the books right."""

    code = "WH-06"
    name = _l("盘存报表")
    slug = "stocktake-reports"
    section = "stock"
    procedure = "WH-S-01#report"
    opened_by = ("warehouse_keeper",)
    covers = ("合格/不合格盘存报表通知",)
    columns = (
        "number",
        "count_kind",
        "count_round",
        "count_date",
        "frozen_at",
        "places",
        "team",
        "verdict",
        "updated_on",
        "current_step",
        "due_at",
        "status",
    )

    count_kind = Choice(
        _l("盘点类型"),
        {
            "monthly_spot": _l("月度抽盘"),
            "quarterly": _l("季度"),
            "yearly_full": _l("年度全盘"),
            "recount": _l("重新盘点"),
        },
    )
    count_round = Integer(_l("盘点次数"), low=1, computed=True)
    count_date = Day(_l("盘点日期"))
    frozen_at = Moment(_l("库存冻结时间"), help=_l("帐面数量按这一时刻的库存帐目取数"))
    places = Text(
        _l("盘点范围"),
        help=_l("填写库位编号，几个库位用顿号分开；盘存明细留空并保存草稿，即按帐面列出这些库位的库存品"),
    )
    team = Text(_l("盘点人员"))
    lines = Rows(_l("盘存明细"), CountedLine)
    difference_value = Money(_l("差异金额"), computed=True)
    stock_plan = RecordLink(_l("库存计划"), "WH-18", required=False)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "supervisor_review",
            _l("仓库主管审核"),
            role("warehouse_supervisor"),
            within=working_days(1),
            fills=SupervisorReview,
            outcomes=(Back(when=equals("verdict", "rejected")),),
            clause="PU-P-01#count-review",
        ),
        Step(
            "update",
            _l("更新库存清单和盘点流水账"),
            role("warehouse_keeper"),
            meaning="posted",
            within=working_days(1),
            when=equals("verdict", "approved"),
            fills=BooksUpdated,
            clause="PU-P-01#count-update",
        ),
    )

    def compute(self) -> None:
        """The round, the lines of the places chosen, the books at the moment of the freeze, the differences and what
        they are worth.
        """
        self.places.data = "、".join(place_codes(self.places.data or ""))
        if self.places.data and not self.lines.data and not self.lines.process_errors:
            chosen = goods.lying_at(place_codes(self.places.data))
            self.lines.fill({"item": Ref(item.id, item.label), "place": place} for item, place in chosen)
        super().compute()
        record = self.context.get("@record_id")
        self.count_round.data = history.decided_rounds(record) + 1 if record else 1
        known = goods.items(row.item.data.id for row in self.lines.rows if row.item.data)
        books = goods.book(known, self.frozen_at.data, self.itself)
        value = Decimal(0)
        for row in self.lines.rows:
            if not row.item.data or row.place.blank:
                continue
            row.book.data = books.get((row.item.data.id, row.place.data), Decimal(0))
            if row.counted.data is not None:
                row.difference.data = row.counted.data - row.book.data
                cost = known[row.item.data.id].unit_cost if row.item.data.id in known else Decimal(0)
                value += row.difference.data * cost
        self.difference_value.data = value.quantize(CENT, ROUND_HALF_UP)

    def check(self) -> None:
        """The places are those of the warehouse; each item is counted once there, by one stock-take; a plan has been agreed to."""
        self._check_places()
        plan = self.stock_plan.data
        if plan and plan.id and goods.state(plan.id) != "finished":
            self.refuse("stock_plan", _l("该库存计划还没有会签完，请选择已生效的计划"))
        counted = [(row["item"].id, row["place"]) for row in self.lines.data if row["item"] and row["place"]]
        if len(set(counted)) < len(counted):
            self.refuse("lines", _l("同一库存品在同一库位只能有一行"))
        held = goods.frozen_by({item for item, _place in counted})
        for item, place in counted:
            if held.get((item, place)) not in (None, self.context.get("@record_id")):
                self.refuse("lines", _l("库位%(place)s正由另一张盘存报表盘点"), place=place)
                break

    def _check_places(self) -> None:
        chosen = set(place_codes(self.places.data or ""))
        for code in sorted(chosen - places.in_use(chosen)):
            text = _l("没有启用的库位“%(code)s”，请填写库位编号，用顿号分开；新库位请仓库主管在“库位”页登记")
            self.refuse("places", text, code=code)
        for row in self.lines.rows:
            if row.place.data and row.place.data not in chosen:
                row.refuse("place", _l("这个库位不在盘点范围内，请写进盘点范围或删去这一行"))
        frozen, counted = self.frozen_at.data, self.count_date.data
        if frozen and frozen > self.now:
            self.refuse("frozen_at", _l("库存冻结时间不能晚于现在"))
        if counted and counted > self.today:
            self.refuse("count_date", _l("盘点日期不能晚于今天"))
        elif counted and frozen and counted < day(frozen):
            self.refuse("count_date", _l("盘点日期不能早于库存冻结的那一天"))

    def heading(self) -> str:
        """The places counted, and when."""
        return f"{self.places.data} {self.count_date.data}"

    @staticmethod
    @after(SUBMITTED, _l("冻结所盘库存品在该库位的出入库"))
    def freeze(record: Filed) -> Iterator[Effect]:
        """Nothing moves while the count is being reviewed."""
        for line in record["lines"]:
            yield FreezesStock(line["item"].id, line["place"], frozen=True)

    @staticmethod
    @after(CORRECTED, _l("冻结范围与更正后的明细一致"))
    def freeze_corrected(record: Filed) -> Iterator[Effect]:
        """A sheet that was corrected after a recount may name other lines."""
        counted = {(line["item"].id, line["place"]) for line in record["lines"]}
        held = goods.frozen(record.id)
        for item, place in sorted(held - counted):
            yield FreezesStock(item, place, frozen=False)
        for item, place in sorted(counted - held):
            yield FreezesStock(item, place, frozen=True)

    @staticmethod
    @after("update", _l("同时登记盘点流水账和流水帐调整，更新库存清单，解除冻结"))
    def put_right(record: Filed) -> Iterator[Effect]:
        """R59: both records in one write."""
        for line in record["lines"]:
            item, place = line["item"].id, line["place"]
            yield PostsCount(item, place, line["book"], line["counted"], line["reason"] or "")
            if line["difference"]:
                yield PostsStock("adjust", item, place, line["difference"])
        yield from _thaw(record)

    @staticmethod
    @after(VOIDED, _l("放弃盘点时解除冻结"))
    def let_go(record: Filed) -> Iterator[Effect]:
        """A count that ends without a verdict holds nothing."""
        yield from _thaw(record)


def _thaw(record: Filed) -> Iterator[Effect]:
    counted = {(line["item"].id, line["place"]) for line in record["lines"]}
    for item, place in sorted(goods.frozen(record.id) | counted):
        yield FreezesStock(item, place, frozen=False)
