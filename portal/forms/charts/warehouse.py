"""The charts of the warehouse: what lies there, what runs low, what counts and write-offs have found."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from portal.forms.charts.chart import STACKED, Asked, Bar, Chart, begun, largest, months
from portal.forms.warehouse.write_off import DamagedLine
from portal.lib.i18n import _l
from portal.queries import chart_figures, chart_goods
from portal.queries.chart_figures import Source

MANY = 12  # categories that a chart shows
LEDGER = "/registers/stock_ledger"
NONE = _l("未分类")


def _worth(asked: Asked) -> list[Bar]:
    found = chart_goods.stock_worth()
    bars = [Bar(name, name or str(NONE), (round(float(worth)),)) for name, worth in found.items() if worth]
    return largest(bars, MANY)


def _low(asked: Asked) -> list[Bar]:
    return largest(
        (Bar(name, name or str(NONE), many) for name, many in chart_goods.low_items().items()), MANY
    )


def _stocktakes(asked: Asked) -> Source:
    return chart_goods.stocktakes(asked.since, asked.now)


def _differences(asked: Asked) -> list[Bar]:
    rows = chart_figures.sums(_stocktakes(asked), asked.seen_by)
    found = {(row.part, row.series): round(float(row.n or 0)) for row in rows}
    series = (chart_goods.SURPLUS, chart_goods.SHORTAGE)
    every = months(asked)
    return begun([Bar(month, month, tuple(found.get((month, one), 0) for one in series)) for month in every])


def _write_offs(asked: Asked) -> Source:
    return chart_goods.write_offs(asked.since, DamagedLine().cause.labels)


def _causes(asked: Asked) -> list[Bar]:
    """What was written off for each cause; a record with several causes counts with each line for its own."""
    worth: dict[str, Decimal] = defaultdict(Decimal)
    for cause, line in chart_goods.lines(_write_offs(asked), asked.seen_by):
        if line.get("cause") == cause:
            worth[cause] += Decimal(line.get("value") or 0)
    words = DamagedLine().cause.labels
    return largest((Bar(one, str(words[one]), (round(float(worth[one])),)) for one in worth), MANY)


WAREHOUSE = (
    Chart(
        "stock_worth",
        _l("各类库存的金额"),
        _worth,
        (_l("元"),),
        link=LEDGER,
        periodic=False,
    ),
    Chart(
        "low_stock",
        _l("库存不足的库存品"),
        _low,
        (_l("低于最低库存"), _l("低于订货点")),
        shape=STACKED,
        link=LEDGER,
        periodic=False,
    ),
    Chart(
        "count_differences",
        _l("每月盘点差异金额"),
        _differences,
        (_l("盘盈（元）"), _l("盘亏（元）")),
        source=_stocktakes,
        forms=("WH-06",),
    ),
    Chart(
        "write_off_causes",
        _l("报损金额（按破损原因）"),
        _causes,
        (_l("元"),),
        source=_write_offs,
        forms=("WH-17",),
    ),
)
