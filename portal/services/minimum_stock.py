"""The warning that an item has fallen below its minimum: told once, in the write that takes it there."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from decimal import Decimal
from urllib.parse import quote

from portal.domain.effects import Effect, moved_items
from portal.domain.permissions import role_key
from portal.extensions import db
from portal.lib.i18n import _l, both
from portal.queries import goods
from portal.services import notices

SUPERVISOR = (role_key("warehouse_supervisor"),)
Levels = dict[int, Decimal]


def levels(wanted: Iterable[Effect]) -> Levels:
    """How much there is, at all places together, of the items that these effects move."""
    moved = moved_items(wanted)
    return {item: there for item, (there, _ordered) in goods.supply(moved).items()} if moved else {}


def warn(before: Levels, *, now: datetime) -> None:
    """Tells the warehouse supervisor of the items that were not below their minimum before and are now."""
    if not before:
        return
    db.session.flush()
    after = goods.supply(before)
    for id, item in sorted(goods.items(before).items()):
        there = after[id][0]
        if there < item.minimum <= before[id]:
            said = both(
                _l(
                    "库存品“%(item)s”现有 %(there)s %(unit)s，低于最低库存 %(minimum)s",
                    item=item.label,
                    there=f"{there.normalize():f}",
                    unit=item.unit,
                    minimum=f"{item.minimum.normalize():f}",
                )
            )
            page = f"/registers/stock_ledger?q={quote(item.code)}"
            notices.tell(SUPERVISOR, "below_minimum", now=now, text=said, page=page)
