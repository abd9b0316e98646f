"""WH-18 库存计划."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta

from portal.domain.deadlines import working_days
from portal.domain.effects import Effect, Updates, after
from portal.domain.signoff import Route, Step, role
from portal.forms import moments
from portal.forms.base import CompanyForm, Sheet
from portal.forms.fields import Choice, Day, LongText, Number, Rows, Text
from portal.forms.filed import Filed
from portal.forms.references import Person, Place, StockItem
from portal.forms.warehouse.plan_words import COUNTS, MONTHS, PERIODS
from portal.lib.clock import months_later
from portal.lib.i18n import _l
from portal.queries import goods

BEYOND = _l("日期须在计划期间内")


class PlannedItem(Sheet):
    """How much of an item is to be kept."""

    item = StockItem(_l("库存品"))
    minimum = Number(_l("最低库存"))
    maximum = Number(_l("最高库存"))
    reorder = Number(_l("订货点"))
    place = Place(_l("库位"), required=False)

    def check(self) -> None:
        """The point at which is ordered anew lies between the least and the most."""
        least, point, most = self.minimum.data, self.reorder.data, self.maximum.data
        if least is not None and most is not None and least > most:
            self.refuse("maximum", _l("最高库存不能低于最低库存"))
        if point is not None and least is not None and point < least:
            self.refuse("reorder", _l("订货点不能低于最低库存"))
        if point is not None and most is not None and point > most:
            self.refuse("reorder", _l("订货点不能高于最高库存"))


class CountDate(Sheet):
    """A day on which is counted."""

    kind = Choice(_l("盘点类型"), COUNTS)
    on = Day(_l("日期"))
    scope = Text(_l("范围"), help=_l("写明库位编号的，会带入盘存报表的盘点范围"))
    team = Text(_l("人员"))


class ScrapCheckDate(Sheet):
    """A day on which somebody looks for goods that are damaged and of no more use."""

    on = Day(_l("日期"))
    scope = Text(_l("范围"))
    owner = Person(_l("负责人"))


class StockPlan(CompanyForm):
    """Plans a period of the warehouse: limits of its items, days of the stock-takes and of the looks for scrap."""

    code = "WH-18"
    name = _l("库存计划")
    slug = "stock-plans"
    section = "stock"
    procedure = "PU-P-01#stock-plan"
    opened_by = ("warehouse_supervisor",)
    readers = ("warehouse_keeper", "warehouse_supervisor", "buyer", "purchasing_manager")
    covers = ("盘点计划／盘点通知",)
    columns = ("number", "period", "period_start", "period_end", "current_step", "due_at", "status")

    period = Choice(_l("计划期间"), PERIODS)
    period_start = Day(_l("开始日期"))
    period_end = Day(_l("结束日期"))
    items = Rows(
        _l("库存计划明细"),
        PlannedItem,
        help=_l("只列需要调整的库存品，未列出的沿用现有的最低、最高库存和订货点"),
    )
    count_dates = Rows(_l("盘点安排"), CountDate)
    scrap_check_dates = Rows(_l("报损检查安排"), ScrapCheckDate)
    sales_forecast = LongText(_l("销售预测依据"), required=False)
    remark = LongText(_l("说明"), required=False)

    signoff = Route(
        Step(
            "purchasing_agree",
            _l("采购部会签"),
            role("purchasing_manager"),
            within=working_days(2),
            clause="WH-S-01#arranged",
        ),
        Step(
            "finance_agree",
            _l("财务会签"),
            role("finance_supervisor"),
            within=working_days(2),
            clause="WH-S-01#arranged",
        ),
    )

    def heading(self) -> str:
        """The days of the plan."""
        return f"{self.period_start.data} — {self.period_end.data}"

    def check(self) -> None:
        """The period is as long as it is called, its days lie within, and each item and day stands there once."""
        moments.refuse_past(self, "period_end", _l("计划期间已经过去，请填写今后的期间"))
        start, end = self.period_start.data, self.period_end.data
        if start and end:
            if end < start:
                self.refuse("period_end", _l("结束日期不能早于开始日期"))
            elif self.period.data in MONTHS:
                last = months_later(start, MONTHS[self.period.data]) - timedelta(days=1)
                if end > last:
                    text = _l("从开始日期起，这种计划期间最迟到 %(last)s 结束")
                    self.refuse("period_end", text, last=last)
            for row in (*self.count_dates.rows, *self.scrap_check_dates.rows):
                if row.on.data and not start <= row.on.data <= end:
                    row.refuse("on", BEYOND)
        items = [row["item"].id for row in self.items.data if row["item"]]
        if len(set(items)) < len(items):
            self.refuse("items", _l("同一库存品只能有一行"))
        self._check_corrected(set(items))
        for name in ("count_dates", "scrap_check_dates"):
            days = [(row["on"], row["scope"]) for row in self[name].data if row["on"]]
            if len(set(days)) < len(days):
                self.refuse(name, _l("同一天的同一范围只能有一行"))

    def _check_corrected(self, items: set[int]) -> None:
        """What a corrected plan has set stays set until another value is given."""
        corrects = self.context.get("@corrects")
        former = goods.opening_answers(corrects).get("items") or () if corrects else ()
        dropped = [row["item"]["text"] for row in former if row["item"]["id"] not in items]
        if dropped:
            text = _l("原计划已改过这些库存品的限额，更正时须列出并填写应有的限额：%(items)s")
            self.refuse("items", text, items="、".join(dropped))

    @staticmethod
    @after(
        "finance_agree", _l("更新库存台帐的最低库存、最高库存和订货点；按安排的日期产生盘点和报损检查待办")
    )
    def set_limits(record: Filed) -> Iterator[Effect]:
        """R60: both have agreed; from now on the limits and the days of the plan hold."""
        known = goods.items(row["item"].id for row in record["items"])
        for row in record["items"]:
            if row["item"].id in known:
                limits = {
                    "minimum": row["minimum"],
                    "maximum": row["maximum"],
                    "reorder_point": row["reorder"],
                }
                yield Updates("stock_item", row["item"].id, limits)
