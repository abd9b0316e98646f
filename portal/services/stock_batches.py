"""Which batches a movement takes from or puts back into."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from decimal import Decimal

from portal.domain.effects import PostsStock
from portal.domain.refusal import Refusal
from portal.lib.i18n import _l
from portal.models import Record, StockEntry, StockItem
from portal.queries import batches

Share = tuple[str, Decimal]  # batch, signed quantity


def shares(effect: PostsStock, item_id: int, record: Record) -> list[Share]:
    """A movement by batches: the one it names; else, going out, the oldest first, or, put back, those it came from."""
    if effect.batch:
        return [(effect.batch, effect.quantity)]
    if effect.quantity < 0:
        return [
            (batch, -taken) for batch, taken in _fill(-effect.quantity, batches.at(item_id, effect.place))
        ]
    if effect.kind != "reversal":
        return [("", effect.quantity)]
    moved = batches.moved_by({record.id}, item_id, effect.place)
    return _fill(effect.quantity, {batch: -quantity for batch, quantity in moved.items()})


def _fill(wanted: Decimal, there: Mapping[str, Decimal]) -> list[Share]:
    """So much out of these batches, in their order; what they do not hold is of the one without a number."""
    found: dict[str, Decimal] = {}
    for batch, quantity in there.items():
        if wanted > 0 and quantity > 0:
            found[batch] = min(wanted, quantity)
            wanted -= found[batch]
    if wanted > 0:
        found[""] = found.get("", Decimal(0)) + wanted
    return list(found.items())


def holds(line: StockEntry) -> bool:
    """Whether what a line has brought in still lies there, so that it can be taken back; what it took out always can."""
    return line.quantity <= 0 or line.quantity <= batches.at(line.item_id, line.place).get(
        line.batch, Decimal(0)
    )


def refuse_lacking(item: StockItem, place: str, wanted: Iterable[Share]) -> None:
    """Says no where a batch would fall below zero.

    Raises:
        Refusal: names the batch, with what is left of it.
    """
    going = {batch: -quantity for batch, quantity in wanted if quantity < 0}
    there = batches.at(item.id, place) if going else {}
    for batch, quantity in going.items():
        if quantity > there.get(batch, Decimal(0)):
            raise Refusal(
                _l("“%(item)s”在库位%(place)s批号“%(batch)s”的库存只有 %(there)s，不足以出库 %(wanted)s。"),
                item=item.name,
                place=place,
                batch=batch or str(_l("无批号")),
                there=f"{there.get(batch, Decimal(0)):f}",
                wanted=f"{quantity:f}",
            )
