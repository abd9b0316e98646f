"""Stories of the stock plan: how much is to be kept, when it is counted, when it is looked through for scrap."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from portal.demo.story import Story, World
from portal.forms.kinds import Ref
from portal.forms.warehouse.plan_words import MONTHS
from portal.lib.clock import months_later

SCOPES = ("A-01、A-02", "B-01、B-02", "C-01", "E-01", "D-01、C-01")
FORECASTS = (
    None,
    "按销售部三季度预测，升降机配件需求上升约一成，液压件适当多备。",
    "在建项目进入装修阶段，装饰材料用量增加，钢材减少。",
    "参照去年同期领用量，另加两个新签项目的材料计划。",
)
REMARKS = (None, None, "节前供方停产，管材类提前备足。", "贵重件只在一号库存放。")


def opening(world: World) -> dict[str, Any]:
    """A plan for the coming month or quarter, with a few items whose limits are set anew."""
    rng = world.rng
    period = rng.choice(("month", "quarter", "quarter", "year"))
    start = world.today + timedelta(days=rng.randint(0, 3))
    end = months_later(start, MONTHS[period]) - timedelta(days=1)
    return {
        "period": period,
        "period_start": start,
        "period_end": end,
        "items": _items(world),
        "count_dates": [
            {
                "kind": "monthly_spot",
                "on": on,
                "scope": rng.choice(SCOPES),
                "team": f"{world.person('warehouse_keeper').text}、{world.person('finance_supervisor').text}",
            }
            for on in _days(world, start, end, 3)
        ],
        "scrap_check_dates": [
            {"on": on, "scope": rng.choice(SCOPES), "owner": world.person("warehouse_keeper")}
            for on in _days(world, start, end, 2)
        ],
        "sales_forecast": rng.choice(FORECASTS),
        "remark": rng.choice(REMARKS),
    }


def _items(world: World) -> list[dict[str, Any]]:
    """Limits near what lies there: at least a fifth of it, ordered anew at a third, at most half as much again."""
    found: dict[int | None, Ref] = {}
    for _attempt in range(12):
        item = world.one("stock_item")
        found.setdefault(item.id, item)
    rows = []
    for item in list(found.values())[: world.rng.randint(3, 6)]:
        facts = world.item_facts(item)
        there = max(Decimal(10), facts["quantity"])
        rows.append(
            {
                "item": item,
                "minimum": (there / 5).quantize(Decimal(1)),
                "reorder": (there / 3).quantize(Decimal(1)),
                "maximum": (there * 3 / 2).quantize(Decimal(1)),
                "place": facts["place"],
            }
        )
    return rows


def _days(world: World, start: date, end: date, most: int) -> list[date]:
    """Up to so many days of the period, one a month."""
    every = [start + timedelta(days=30 * place + world.rng.randint(4, 24)) for place in range(most)]
    return [day for day in every if day <= end]


STORIES: dict[str, Story] = {"WH-18": Story(opening)}
