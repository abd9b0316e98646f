"""What stood in the books when they were opened: stock by finished entry checks (WH-02), products with their prices by
finished catalogue forms (CR-05), so that books and records agree from the first day."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any, NamedTuple

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.lib.clock import day
from portal.models import Person, Product, Record, StockItem, Supplier, Task
from portal.queries import history, products
from portal.queries.actors import actor
from portal.services import records, route, signing
from portal.services.signatures import Hand

BEFORE = Ref(None, "期初建账")


class Lot(NamedTuple):
    """So much of an item at its first cost."""

    item: StockItem
    quantity: Decimal
    cost: Decimal


class Offer(NamedTuple):
    """A product with its uniform price; a stocked one lies in the warehouse in this quantity."""

    code: str
    name: str
    model: str
    line: str
    unit: str
    price: Decimal
    warranty_months: int
    quantity: Decimal


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
    _walk(record, lambda step: by, stages, at)
    return record


def offer(offered: Offer, cast: Mapping[str, Person], at: datetime) -> Product:
    """Finishes one catalogue form for a product that was sold when the books were opened."""
    form = FORMS["CR-05"]
    opening = {
        "request_kind": "new_product",
        "product_line": offered.line,
        "product_name": offered.name,
        "product_code": offered.code,
        "model": offered.model,
        "unit": offered.unit,
        "stocked": bool(offered.quantity),
        "uniform_price": offered.price,
        "valid_from": day(at),
        "warranty_months": offered.warranty_months,
        "description": "期初建账的在售产品。",
    }

    def signer(step: str) -> Any:
        return actor(cast[form.signoff.step(step).by.parties[0].key], day(at))

    by = actor(cast["salesperson"], day(at))
    record = records.submit(form(answers=opening, person=by), by, key=f"opening-{offered.code}", now=at)
    _walk(record, signer, {}, at)
    found = products.with_code(offered.code)
    assert found is not None
    return found


def _walk(
    record: Record, signer: Callable[[str], Any], stages: Mapping[str, dict[str, Any]], at: datetime
) -> None:
    db.session.flush()
    waiting = sa.select(Task).where(Task.record_id == record.id, Task.kind == "sign", Task.state == "open")
    while record.state == "running" and (task := db.session.scalar(waiting)) is not None:
        fills = route.form_of(record).signoff.step(task.step).fills
        by, known = signer(task.step), route.known(record, now=at)
        stage = fills(answers=stages.get(task.step, {}), context=known, person=by) if fills else None
        seen = history.shown_hash(history.content(record), history.signatures(record))
        signing.sign(task.id, by, Hand(seen=seen), stage, now=at)
        db.session.flush()


def _line(lot: Lot, **values: Any) -> dict[str, Any]:
    return {"item": Ref(lot.item.id, lot.item.label), **values}
