"""Whether the books of the warehouse balance: what must be true of them whatever anybody has done."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.forms.kinds import load
from portal.models import OrderEntry, Record, StockBalance, StockEntry, StockItem
from portal.queries import batches, history
from portal.queries.books import SHOP

NOTHING = Decimal(0)
ENDED = ("refused", "voided")
# form -> step whose signature posts, its table, item, place (in the row, @ of the sheet, = always), quantity, sign
POSTS = {
    "WH-02": ("posting", "unit_costs", "item", "@storage_place", "quantity", 1),
    "WH-17": ("removal", "lines", "item", "place", "quantity", -1),
    "PU-03": ("issue", "issued_lines", "item", "place", "quantity", -1),
    "CS-31": ("delivery_receipt", "issued_goods", "item", "place", "quantity", -1),
    "WH-14": ("submitted", "books", "item", f"={SHOP}", "quantity", -1),
    "WH-06": ("update", "lines", "item", "place", "difference", 1),
}


def check(item_ids: Iterable[int]) -> None:
    """Balances, batches, goods on order and costs of these items are what their journals add up to."""
    wanted = list(item_ids)
    _stock(wanted)
    _orders(wanted)


def _stock(wanted: list[int]) -> None:
    rows = sa.select(StockEntry).where(StockEntry.item_id.in_(wanted)).order_by(StockEntry.id)
    lines = db.session.scalars(rows.execution_options(populate_existing=True)).all()
    at: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    lots: dict[tuple[int, str, str], Decimal] = defaultdict(Decimal)
    by_item: dict[int, list[StockEntry]] = defaultdict(list)
    for line in lines:
        at[line.item_id, line.place] += line.quantity
        lots[line.item_id, line.place, line.batch] += line.quantity
        by_item[line.item_id].append(line)
        assert line.balance == at[line.item_id, line.place] >= 0, (line.id, line.balance)
        assert lots[line.item_id, line.place, line.batch] >= 0, (line.id, line.batch)
    query = sa.select(StockBalance).where(StockBalance.item_id.in_(wanted))
    balances = db.session.scalars(query.execution_options(populate_existing=True)).all()
    assert {(one.item_id, one.place): one.quantity for one in balances if one.quantity} == {
        key: quantity for key, quantity in at.items() if quantity
    }
    for id, place in at:
        there = {batch: left for (item, where, batch), left in lots.items() if (item, where) == (id, place)}
        assert batches.at(id, place) == {batch: left for batch, left in there.items() if left}
    _reversals(lines)
    for id in wanted:
        item = db.session.get_one(StockItem, id, populate_existing=True)
        assert item.unit_cost == replayed(by_item[id]), item.code


def replayed(lines: Iterable[StockEntry]) -> Decimal:
    """The moving average that the journal of one item gives when it is read from its beginning."""
    cost, there = NOTHING, NOTHING
    for line in lines:
        if line.kind in ("in", "reversal") and (line.kind == "in" or line.reverses_id is not None):
            total, worth = there + line.quantity, there * cost + line.quantity * line.unit_cost
            if total > 0 and worth >= 0:
                cost = (worth / total).quantize(Decimal("0.0001"), ROUND_HALF_UP)
        there += line.quantity
    return cost


def _reversals(lines: Iterable[StockEntry]) -> None:
    """What takes a line back is its opposite, and takes it back once."""
    by_id = {line.id: line for line in lines}
    back = [line for line in by_id.values() if line.reverses_id is not None]
    assert len({line.reverses_id for line in back}) == len(back)
    for line in back:
        first = by_id[line.reverses_id or 0]
        assert (line.item_id, line.place, line.batch) == (first.item_id, first.place, first.batch)
        assert line.quantity == -first.quantity
        assert line.unit_cost == first.unit_cost


def _orders(wanted: list[int]) -> None:
    on_order: dict[int, Decimal] = defaultdict(Decimal)
    rows = sa.select(OrderEntry).where(OrderEntry.item_id.in_(wanted)).order_by(OrderEntry.id)
    for line in db.session.scalars(rows):
        on_order[line.item_id] += line.quantity
        assert line.balance == on_order[line.item_id] >= 0, line.id
    for id in wanted:
        assert db.session.get_one(StockItem, id, populate_existing=True).on_order == on_order[id]


def check_record(record: Record) -> None:
    """What a record has posted stands once: as it was signed; not at all once it was corrected, refused or given up."""
    stands = standing(record.id)
    if record.state in ENDED or corrected(record):
        assert stands == {}, (record.number, record.state, stands)
    elif record.state == "finished" and record.form_code in POSTS:
        assert stands == signed(record), record.number


def corrected(record: Record) -> bool:
    """Whether another finished record corrects it, or one under way has posted in its place already."""
    query = sa.select(Record).where(Record.corrects_id == record.id, Record.state.not_in(ENDED))
    return any(
        later.state == "finished"
        or db.session.scalar(
            sa.select(StockEntry.id).where(
                StockEntry.record_id == later.id, StockEntry.reverses_id.is_not(None)
            )
        )
        for later in db.session.scalars(query)
    )


def standing(record_id: int) -> dict[tuple[int, str], Decimal]:
    """What a record's lines that nobody has taken back add up to, by item and place."""
    reversal = sa.orm.aliased(StockEntry)
    query = (
        sa.select(StockEntry.item_id, StockEntry.place, StockEntry.quantity)
        .outerjoin(reversal, reversal.reverses_id == StockEntry.id)
        .where(StockEntry.record_id == record_id, StockEntry.reverses_id.is_(None), reversal.id.is_(None))
    )
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    for item, place, quantity in db.session.execute(query):
        found[item, place] += quantity
    return {key: quantity for key, quantity in found.items() if quantity}


def answers(record: Record) -> dict[str, Any]:
    """All that was answered in a record, typed."""
    opening, signatures = history.content(record), history.signatures(record)
    return load(history.fields(opening, signatures), history.stored_answers(opening, signatures))


def signed(record: Record) -> dict[tuple[int, str], Decimal]:
    """What a finished record says that it has moved, by item and place."""
    _step, table, item, place, amount, sign = POSTS[record.form_code]
    given = answers(record)
    found: dict[tuple[int, str], Decimal] = defaultdict(Decimal)
    if record.form_code == "PU-03" and not given.get("stock_meets_demand"):
        return {}
    if record.form_code == "WH-02" and given.get("keeper_verdict") == "fail":
        return {}
    rows: list[dict[str, Any]] = given.get(table) or []
    for row in rows:
        if row[item] is None:
            continue
        where = given[place[1:]] if place[0] == "@" else place[1:] if place[0] == "=" else row[place]
        found[row[item].id, where] += sign * row[amount]
    return {key: quantity for key, quantity in found.items() if quantity}
