"""Opening stock: entered by finished entry checks (WH-02), so that books and journal agree from the first day."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.models import Person, Record, StockItem, Supplier, Task
from portal.queries import history
from portal.queries.actors import actor
from portal.services import records, route, signing
from portal.services.signatures import Hand

BEFORE = Ref(None, "期初建账")


class Lot(NamedTuple):
    """So much of an item at its first cost."""

    item: StockItem
    quantity: Decimal
    cost: Decimal


def enter(
    lots: Iterable[Lot], place: str, supplier: Supplier, keeper: Person, buyer: Person, at: datetime
) -> Record:
    """Finishes one entry check for everything that lay at a place when the books were opened."""
    form = FORMS["WH-02"]
    found = list(lots)
    by = actor(keeper, day(at))
    opening = {
        "receipt": BEFORE,
        "inspection": BEFORE,
        "supplier": Ref(supplier.id, supplier.label),
        "lines": [_line(lot, quantity=lot.quantity, unit=lot.item.unit, batch="期初") for lot in found],
        "arrived_at": at,
        "handed_by": Ref(buyer.id, buyer.label),
        "storage_place": place,
        "remark": "期初库存，按盘点结果建账。",
    }
    stages: dict[str, dict[str, Any]] = {
        "keeper_check": {
            "checked_lines": [_line(lot, good=lot.quantity, bad=Decimal(0), reason=None) for lot in found],
            "keeper_verdict": "pass",
        },
        "posting": {
            "posted_on": day(at),
            "unit_costs": [_line(lot, quantity=lot.quantity, cost=lot.cost) for lot in found],
        },
    }
    record = records.submit(form(answers=opening, person=by), by, key=f"opening-{place}", now=at)
    _walk(record, by, stages, at)
    return record


def _walk(record: Record, by: Any, stages: Mapping[str, dict[str, Any]], at: datetime) -> None:
    db.session.flush()
    waiting = sa.select(Task).where(Task.record_id == record.id, Task.kind == "sign", Task.state == "open")
    while record.state == "running" and (task := db.session.scalar(waiting)) is not None:
        fills = route.form_of(record).signoff.step(task.step).fills
        known = route.known(record)
        stage = fills(answers=stages.get(task.step, {}), context=known, person=by) if fills else None
        seen = history.shown_hash(history.content(record), history.signatures(record))
        signing.sign(task.id, by, Hand(seen=seen), stage, now=at)
        db.session.flush()


def _line(lot: Lot, **values: Any) -> dict[str, Any]:
    return {"item": Ref(lot.item.id, lot.item.label), **values}
