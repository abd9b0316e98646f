"""Goods that a record takes out of the warehouse: posted once, whatever rounds it goes."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from portal.domain.effects import Effect, PostsStock
from portal.forms.filed import Filed
from portal.queries import goods

Line = Mapping[str, Any]  # with `item`, `place` and `quantity`; `unit_cost` where it is known


def settle(record: Filed, lines: Iterable[Line], kind: str) -> Iterator[Effect]:
    """Takes these lines off the books; what a former round of the record posted counts, or is put back."""
    posted = goods.moved({record.id})
    change = {key: -quantity for key, quantity in posted.items()}
    costs = {}
    for line in lines:
        key = (line["item"].id, line["place"])
        change[key] = change.get(key, Decimal(0)) - line["quantity"]
        costs[key] = line.get("unit_cost")
    for (item, place), quantity in change.items():
        if quantity:
            yield PostsStock(
                kind if quantity < 0 else "reversal", item, place, quantity, costs.get((item, place))
            )


def short(lines: Iterable[Line], itself: Collection[int]) -> str:
    """The first item of which less lies at its place than the lines take, with what lies there."""
    own = goods.moved(itself)
    wanted: dict[tuple[int, str], Decimal] = {}
    for line in lines:
        if line["item"] and line["place"] and line["quantity"]:
            key = (line["item"].id, line["place"])
            wanted[key] = wanted.get(key, Decimal(0)) + line["quantity"]
            there = goods.balance(*key) - own.get(key, Decimal(0))
            if wanted[key] > there:
                return f"{line['item'].text}（{line['place']}：{there:f}）"
    return ""
