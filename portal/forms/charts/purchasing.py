"""The charts of purchasing: what passed inspection, what came in time, what was bought."""

from __future__ import annotations

from collections import defaultdict
from decimal import Decimal

from portal.forms.charts.chart import Asked, Bar, Chart, begun, counted, months
from portal.lib.clock import day
from portal.lib.i18n import _l
from portal.queries import chart_figures, chart_goods
from portal.queries.chart_figures import Source

WORST = 12  # suppliers that the chart of pass rates shows
DELIVERED = {
    chart_goods.IN_TIME: _l("按期到货"),
    chart_goods.LATE: _l("晚到"),
    chart_goods.OVERDUE: _l("逾期未到"),
}


def _inspections(asked: Asked) -> Source:
    return chart_goods.inspections(asked.since)


def _pass_rates(asked: Asked) -> list[Bar]:
    """The suppliers with the lowest rates first."""
    delivered: dict[str, Decimal] = defaultdict(Decimal)
    good: dict[str, Decimal] = defaultdict(Decimal)
    for supplier, line in chart_goods.lines(_inspections(asked), asked.seen_by):
        delivered[supplier] += Decimal(line.get("delivered") or 0)
        good[supplier] += Decimal(line.get("good") or 0)
    rates = {one: good[one] * 100 / all for one, all in delivered.items() if all}
    worst = sorted(rates, key=lambda one: (rates[one], one))[:WORST]
    return [Bar(one, one.rpartition(" ")[0] or one, (round(float(rates[one]), 1),)) for one in worst]


def _deliveries(asked: Asked) -> Source:
    return chart_goods.deliveries(asked.since, day(asked.now))


def _purchases(asked: Asked) -> Source:
    return chart_goods.purchases(asked.since, asked.now)


def _amounts(asked: Asked) -> list[Bar]:
    found = {row.part: row.n for row in chart_figures.sums(_purchases(asked), asked.seen_by)}
    return begun([Bar(month, month, (round(float(found.get(month) or 0)),)) for month in months(asked)])


PURCHASING = (
    Chart(
        "supplier_pass_rate",
        _l("供应商进货检验合格率（最低的在前）"),
        _pass_rates,
        (_l("合格率（%）"),),
        source=_inspections,
        forms=("PU-06",),
    ),
    Chart(
        "deliveries",
        _l("到期订货的交货情况"),
        counted(_deliveries, lambda key: DELIVERED.get(key, key)),
        (_l("订货单"),),
        source=_deliveries,
        forms=("PU-04",),
    ),
    Chart(
        "purchase_amount",
        _l("每月订货金额"),
        _amounts,
        (_l("元"),),
        source=_purchases,
        forms=("PU-04",),
    ),
)
