"""Goods that leave the warehouse: not more than lies there, and never twice, however often a sheet goes round."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from decimal import Decimal
from typing import Any

from portal.domain.effects import PostsStock
from portal.lib.i18n import _l
from portal.queries import goods

Row = Mapping[str, Any]  # with item, place, quantity, and the cost of a unit where the sheet knows it


def settle(record_id: int, kind: str, rows: Iterable[Row]) -> Iterator[PostsStock]:
    """Takes these rows off the books; what a former round of the record posted counts, or is put back."""
    posted = goods.moved({record_id})
    change = {key: -quantity for key, quantity in posted.items()}
    costs = {}
    for row in rows:
        key = (row["item"].id, row["place"])
        change[key] = change.get(key, Decimal(0)) - row["quantity"]
        costs[key] = row.get("unit_cost")
    for (item, place), quantity in change.items():
        if quantity:
            yield PostsStock(
                kind if quantity < 0 else "reversal", item, place, quantity, costs.get((item, place))
            )


def first_short(rows: Iterable[Row], itself: Collection[int]) -> tuple[int, str] | None:
    """The place of the first row that takes more than lies there, with what lies there; none if all can go."""
    every = list(rows)
    own = goods.moved(itself)
    balances = goods.balances({row["item"].id for row in every if row["item"]})
    wanted: dict[goods.Spot, Decimal] = {}
    for number, row in enumerate(every):
        if row["item"] and row["place"] and row["quantity"]:
            key = (row["item"].id, row["place"])
            wanted[key] = wanted.get(key, Decimal(0)) + row["quantity"]
            there = balances.get(key, Decimal(0)) - own.get(key, Decimal(0))
            if wanted[key] > there:
                return number, f"{row['item'].text}（{row['place']}：{there:f}）"
    return None


def refuse_unmovable(table: Any, itself: Collection[int]) -> None:
    """Says no beside the first row that takes more than lies there, and beside each whose place is being counted."""
    counted = goods.frozen_by({row.item.data.id for row in table.rows if row.item.data})
    for row in table.rows:
        item, place = row.item.data, row.place.data
        held = counted.get((item.id, place)) if item and place else None
        if held is not None:
            text = _l("库位%(place)s正在盘存（%(number)s），盘存结束后才能出库")
            row.refuse("place", text, place=place, number=goods.label(held).partition(" ")[0])
    if lacking := first_short(table.data, itself):
        number, there = lacking
        table.rows[number].refuse("quantity", _l("超过库存：%(there)s"), there=there)


def short(rows: Iterable[Row], itself: Collection[int]) -> str:
    """The first item of which less lies at its place than the rows take, with what lies there."""
    found = first_short(rows, itself)
    return found[1] if found else ""
