"""What the forms of goods ask of the books: suppliers, orders, inspections, balances."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from functools import cache
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import (
    Content,
    OrderEntry,
    Person,
    Record,
    RecordLink,
    Signature,
    StockBalance,
    StockEntry,
    StockItem,
    Supplier,
)
from portal.queries.corrected import is_corrected, lineage, standing, standing_one

OPEN_OR_DONE = ("running", "returned", "stuck", "finished")
DONE = ("finished",)


@dataclass(frozen=True, slots=True)
class Inspection:
    """What an inspection sheet found, and everyone who had a hand in it."""

    lines: list[dict[str, Any]]
    verdict: str
    people: frozenset[int]
    disposal: str = ""  # what the quality department decided on failed goods
    finished: bool = True
    receipt: int | None = None
    supplier: int | None = None

    @property
    def outcome(self) -> str:
        """The verdict, or that failed goods are taken by concession."""
        return "concession" if self.disposal == "concession" else self.verdict

    @property
    def accepted(self) -> dict[int, Decimal]:
        """What may go to the warehouse, by item id."""
        columns = ("good", "bad") if self.disposal == "concession" else ("good",)
        return {item: quantity for item, quantity in totals(self.lines, *columns).items() if quantity}

    @property
    def failed(self) -> list[dict[str, Any]]:
        """The lines with a quantity that goes back to the supplier."""
        return [line for line in self.lines if Decimal(line["bad"] or 0) and self.disposal != "concession"]


def may_order_from(supplier_id: int) -> bool:
    """Whether the supplier is on the approved list (or on trial)."""
    found = supplier(supplier_id)
    return found is not None and found.status in ("approved", "trial")


def supplier(supplier_id: int) -> Supplier | None:
    """A supplier with what it has delivered and taken back so far."""
    return db.session.get(Supplier, supplier_id)


def items(ids: Iterable[int]) -> dict[int, StockItem]:
    """Stock items by id."""
    found = db.session.scalars(sa.select(StockItem).where(StockItem.id.in_(set(ids))))
    return {item.id: item for item in found}


def person_label(person_id: int) -> str:
    """A person as pickers show them."""
    person = db.session.get(Person, person_id)
    return person.label if person else ""


def totals(lines: Iterable[Mapping[str, Any]], *columns: str) -> dict[int, Decimal]:
    """Sums of these columns by item id; lines without an item are left out."""
    found: dict[int, Decimal] = {}
    for line in lines:
        item = line["item"]
        if item is not None:
            id = item["id"] if isinstance(item, Mapping) else item.id
            found[id] = found.get(id, Decimal(0)) + sum((Decimal(line[c] or 0) for c in columns), Decimal(0))
    return found


def batches_of(lines: Iterable[Mapping[str, Any]]) -> dict[int, str]:
    """The batch of each item of these lines; several of one item are named together."""
    found: dict[int, dict[str, None]] = {}
    for line in lines:
        if line["batch"]:
            found.setdefault(line["item"].id, {})[line["batch"]] = None
    return {item: "、".join(batches) for item, batches in found.items()}


def verdict(lines: Iterable[Mapping[str, Any]]) -> str:
    """What lines with good and bad quantities say together: pass, partly or fail."""
    found = list(lines)
    good = any(Decimal(line["good"] or 0) for line in found)
    bad = any(Decimal(line["bad"] or 0) for line in found)
    if not bad:
        return "pass"
    return "partly" if good else "fail"


def opening_answers(record_id: int) -> dict[str, Any]:
    """The stored opening answers of a record, latest version."""
    query = (
        sa.select(Content.answers)
        .where(Content.record_id == record_id)
        .order_by(Content.version.desc())
        .limit(1)
    )
    return db.session.scalar(query) or {}


def stage_answers(record_id: int, step: str) -> dict[str, Any]:
    """The stored answers of a step's latest signature."""
    query = (
        sa.select(Signature.answers)
        .where(Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
        .order_by(Signature.id.desc())
        .limit(1)
    )
    return db.session.scalar(query) or {}


def state(record_id: int) -> str:
    """Where a record stands: running, returned, withdrawn, stuck, finished, refused or voided."""
    return db.session.scalar(sa.select(Record.state).where(Record.id == record_id)) or ""


def named(record_id: int, field: str) -> int | None:
    """The id of what a record names in a field of its opening section."""
    return _id(opening_answers(record_id), field)


def same(record_id: int | None) -> frozenset[int]:
    """This record, what it corrects and what corrects it: whoever names one of them means them all."""
    return lineage(standing_one(record_id)) if record_id else frozenset()


def corrected_by(record_id: int) -> str:
    """The number of the record that stands in the place of this one; nothing if it stands itself."""
    later = standing_one(record_id)
    return label(later).partition(" ")[0] if later != record_id else ""


def order_of(receipt_id: int) -> int | None:
    """The purchase order that a goods received note names, both as they stand."""
    order = named(standing_one(receipt_id), "order")
    return standing_one(order) if order else None


def label(record_id: int) -> str:
    """A record as pickers show it."""
    record = db.session.get(Record, record_id)
    return f"{record.number} {record.title}".strip() if record else ""


def requisition_reason(record_id: int | None) -> str:
    """The reason written into a requisition for buying without a shortage."""
    record_id = standing_one(record_id) if record_id else None
    return str(stage_answers(record_id, "stock_check").get("buy_reason") or "") if record_id else ""


def requisition_shortages(record_id: int) -> dict[int, Decimal]:
    """What a requisition's look at the stock found missing, by item id."""
    return totals(stage_answers(standing_one(record_id), "stock_check").get("stock_lines") or [], "shortage")


def inspection(record_id: int) -> Inspection:
    """An incoming inspection sheet (PU-06)."""
    answers = opening_answers(record_id)
    inspector = _id(answers, "inspector")
    applicant = db.session.scalar(sa.select(Record.applicant_id).where(Record.id == record_id))
    people = frozenset(one for one in (inspector, applicant) if one)
    return Inspection(
        answers.get("lines") or [],
        answers.get("verdict") or "",
        people,
        stage_answers(record_id, "quality_check").get("disposal") or "",
        state(record_id) == "finished",
        _id(answers, "receipt"),
        _id(answers, "supplier"),
    )


def waiting_for_inspection() -> list[int]:
    """Goods received notes that wait for an inspection sheet and are named by none yet, oldest first."""
    query = (
        sa.select(Record.id)
        .where(Record.form_code == "PU-05", Record.state == "running", Record.step == "inspection_result")
        .order_by(Record.id)
    )
    return [id for id in db.session.scalars(query) if not _naming("PU-06", "receipt", id, OPEN_OR_DONE)]


def inspected_by(receipt_id: int, but: Collection[int] = ()) -> str:
    """The sheet, other than these, that inspects a delivery already; one sent to be sorted no longer counts."""
    for id in _naming("PU-06", "receipt", receipt_id, OPEN_OR_DONE, but):
        if stage_answers(id, "quality_check").get("disposal") != "sorting":
            return label(id).partition(" ")[0]
    return ""


def handed_over(receipt_id: int) -> int | None:
    """The inspection sheet by which a delivery went to the warehouse; None while it has not.

    What was corrected stands as its correction says, here and below.
    """
    receipt_id = standing_one(receipt_id)
    if signer(receipt_id, "transfer_to_warehouse") is None:
        return None
    named_sheet = _id(stage_answers(receipt_id, "inspection_result"), "inspection")
    return standing_one(named_sheet) if named_sheet else None


def inspection_of(receipt_id: int) -> int | None:
    """The latest finished inspection sheet of a goods received note."""
    found = _naming("PU-06", "receipt", receipt_id, DONE)
    return max(found, default=None)


def ordered(order_id: int) -> dict[int, Decimal]:
    """What a purchase order asks for, by item id."""
    return totals(opening_answers(order_id).get("lines") or [], "quantity")


def order_prices(order_id: int) -> dict[int, Decimal]:
    """The prices of a purchase order, by item id; the last one of an item that has several."""
    lines = opening_answers(order_id).get("lines") or []
    return {line["item"]["id"]: Decimal(line["unit_price"]) for line in lines}


def outstanding(
    order_id: int, but: Collection[int] = (), states: tuple[str, ...] = OPEN_OR_DONE
) -> dict[int, Decimal]:
    """What is still to come of an order, by item id: ordered or promised again, and not delivered by others.

    `but` are goods received notes that do not count, `states` those of the notes that do.
    """
    order_id = standing_one(order_id)
    open = ordered(order_id)
    for id, answers in _naming("PU-07", "order", order_id, OPEN_OR_DONE).items():
        if answers.get("claim") != "refund" and signer(id, "supplier_sign"):
            for item, quantity in totals(answers.get("lines") or [], "quantity").items():
                open[item] = open.get(item, Decimal(0)) + quantity
    for answers in _naming("PU-05", "order", order_id, states, but).values():
        for item, quantity in totals(answers.get("lines") or [], "delivered").items():
            open[item] = max(Decimal(0), open.get(item, Decimal(0)) - quantity)
    return open


def entered(inspection_id: int, but: Collection[int] = ()) -> dict[int, Decimal]:
    """What other entry checks already brought in of the goods of one inspection sheet, by item id."""
    others = _naming("WH-02", "inspection", inspection_id, OPEN_OR_DONE, but)
    return totals([line for answers in others.values() for line in answers.get("lines") or []], "quantity")


def refused_in_warehouse(record_id: int) -> dict[int, Decimal] | None:
    """What the keeper found bad in an entry check (WH-02); None while no supervisor has confirmed the return."""
    record_id = standing_one(record_id)
    if stage_answers(record_id, "supervisor_review").get("reject_confirmed") is not True:
        return None
    return totals(stage_answers(record_id, "keeper_check").get("checked_lines") or [], "bad")


def returned(stage: str, field: str, record_id: int, but: Collection[int] = ()) -> dict[int, Decimal]:
    """What other returns of a stage already take back of what a sheet found bad, by item id."""
    others = _naming("PU-07", field, record_id, OPEN_OR_DONE, but)
    return totals(
        [
            line
            for answers in others.values()
            if answers.get("return_stage") == stage
            for line in answers.get("lines") or []
        ],
        "quantity",
    )


def balance(item_id: int, place: str) -> Decimal:
    """What the stock ledger holds of an item at a place."""
    query = sa.select(StockBalance.quantity).where(
        StockBalance.item_id == item_id, StockBalance.place == place
    )
    return db.session.scalar(query) or Decimal(0)


def spread(item_id: int, quantity: Decimal, but: Collection[int] = ()) -> list[tuple[str, Decimal]]:
    """From which places so much of an item may be taken, the fullest first; what is lacking stands at the first.

    What these records (`but`) have taken counts as there.
    """
    own = moved(but) if but else {}
    query = sa.select(StockBalance.place, StockBalance.quantity).where(
        StockBalance.item_id == item_id, StockBalance.frozen_by_id.is_(None)
    )
    lies = [
        (place, there - own.get((item_id, place), Decimal(0))) for place, there in db.session.execute(query)
    ]
    found: list[tuple[str, Decimal]] = []
    for place, there in sorted(lies, key=lambda one: (-one[1], one[0])):
        if quantity > 0 and there > 0:
            found.append((place, min(there, quantity)))
            quantity -= found[-1][1]
    if quantity > 0:
        found[:1] = [(found[0][0], found[0][1] + quantity)] if found else [("", quantity)]
    return found


def fullest_place(item_id: int) -> str | None:
    """Where most of an item lies; None if there is none of it."""
    query = (
        sa.select(StockBalance.place)
        .where(StockBalance.item_id == item_id, StockBalance.quantity > 0)
        .order_by(StockBalance.quantity.desc(), StockBalance.place)
        .limit(1)
    )
    return db.session.scalar(query)


def book(item_id: int, place: str, at: datetime | None, but: Collection[int] = ()) -> Decimal:
    """What the stock ledger held at a minute: today's balance without what was posted after it, or by these records."""
    if at is None:
        return balance(item_id, place)
    left_out = StockEntry.posted_at >= at + timedelta(minutes=1)
    if but:
        left_out |= standing(StockEntry, but)
    query = sa.select(sa.func.sum(StockEntry.quantity)).where(
        StockEntry.item_id == item_id, StockEntry.place == place, left_out
    )
    return balance(item_id, place) - (db.session.scalar(query) or Decimal(0))


def moved(record_ids: Collection[int]) -> dict[tuple[int, str], Decimal]:
    """What these records have put into the warehouse journal and what still stands, by item and place."""
    query = (
        sa.select(StockEntry.item_id, StockEntry.place, sa.func.sum(StockEntry.quantity))
        .where(standing(StockEntry, record_ids))
        .group_by(StockEntry.item_id, StockEntry.place)
    )
    return {(item, place): quantity for item, place, quantity in db.session.execute(query)}


def taken_by(record_ids: Collection[int]) -> dict[int, Decimal]:
    """What these records have taken out of the warehouse and what still stands, by item id."""
    found: dict[int, Decimal] = {}
    for (item, _place), quantity in (moved(record_ids) if record_ids else {}).items():
        found[item] = found.get(item, Decimal(0)) - quantity
    return found


def lying_at(places: Collection[str]) -> list[tuple[StockItem, str]]:
    """What the books have at these places, by place and code."""
    query = (
        sa.select(StockItem, StockBalance.place)
        .join(StockBalance, StockBalance.item_id == StockItem.id)
        .where(StockBalance.place.in_(places), StockBalance.quantity > 0)
        .order_by(StockBalance.place, StockItem.code)
    )
    return [(item, place) for item, place in db.session.execute(query)]


def frozen_by(item_id: int, place: str) -> int | None:
    """The stock-take that holds the balance of an item at a place, if any."""
    query = sa.select(StockBalance.frozen_by_id).where(
        StockBalance.item_id == item_id, StockBalance.place == place
    )
    return db.session.scalar(query)


def frozen(record_id: int) -> set[tuple[int, str]]:
    """The items and places that a stock-take holds."""
    query = sa.select(StockBalance.item_id, StockBalance.place).where(StockBalance.frozen_by_id == record_id)
    return {(item, place) for item, place in db.session.execute(query)}


def supply(items: Iterable[int]) -> dict[int, tuple[Decimal, Decimal]]:
    """What lies in the warehouse, at all places together, and what is on order, by item id."""
    query = (
        sa.select(StockItem.id, sa.func.sum(StockBalance.quantity), StockItem.on_order)
        .outerjoin(StockBalance, StockBalance.item_id == StockItem.id)
        .where(StockItem.id.in_(set(items)))
        .group_by(StockItem.id, StockItem.on_order)
    )
    return {item: (there or Decimal(0), on_order) for item, there, on_order in db.session.execute(query)}


def shortages(item_ids: Collection[int], but: Collection[int] = ()) -> dict[int, Decimal]:
    """How much the minimum exceeds what is there and on order, by item id; what `but` have ordered is left out."""
    found, own = supply(item_ids), on_order_by(but)
    return {
        id: max(Decimal(0), item.minimum - sum(found[id], Decimal(0)) + own.get(id, Decimal(0)))
        for id, item in items(item_ids).items()
    }


def on_order_by(record_ids: Collection[int]) -> dict[int, Decimal]:
    """What these records have put on order, by item id."""
    query = (
        sa.select(OrderEntry.item_id, sa.func.sum(OrderEntry.quantity))
        .where(standing(OrderEntry, record_ids))
        .group_by(OrderEntry.item_id)
    )
    return dict(iter(db.session.execute(query))) if record_ids else {}


def signer(record_id: int, step: str) -> int | None:
    """Who signed a step of a record last."""
    query = (
        sa.select(Signature.person_id)
        .where(Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
        .order_by(Signature.id.desc())
        .limit(1)
    )
    return db.session.scalar(query)


def signed_as(record_id: int, step: str) -> list[dict[str, Any]]:
    """The stored opening answers as they were at each signature of a step, over all rounds, oldest first."""
    query = (
        sa.select(Content.answers)
        .join(
            Signature,
            sa.and_(Signature.record_id == Content.record_id, Signature.version == Content.version),
        )
        .where(Signature.record_id == record_id, Signature.step == step, Signature.act == "signed")
        .order_by(Signature.id)
    )
    return list(db.session.scalars(query))


def times_signed(record_id: int, step: str) -> int:
    """How often a step of a record has been signed, over all rounds."""
    query = sa.select(sa.func.count(Signature.id)).where(
        Signature.record_id == record_id, Signature.step == step, Signature.act == "signed"
    )
    return db.session.scalar(query) or 0


def naming(
    code: str, field: str, record_id: int, states: tuple[str, ...] = OPEN_OR_DONE, but: Collection[int] = ()
) -> dict[int, dict[str, Any]]:
    """Opening answers of the records of a form that name this record in a field, by id, without `but`.

    What names a record that was corrected counts for the one that stands for it, and the other way round.
    """
    return _naming(code, field, record_id, states, but)


def _id(answers: Mapping[str, Any], field: str) -> int | None:
    return (answers.get(field) or {}).get("id")


def _naming(
    code: str, field: str, record_id: int, states: tuple[str, ...], but: Collection[int] = ()
) -> dict[int, dict[str, Any]]:
    """Opening answers of the records of a form that name this record in a field, by id; corrected ones no longer count."""
    given = {
        "records": sorted(lineage(standing_one(record_id))),
        "code": code,
        "states": states,
        "but": list(but),
    }
    return dict(iter(db.session.execute(_named_in(field), given)))


@cache
def _named_in(field: str) -> sa.Select[int, dict[str, Any]]:
    """The records that name one in this field: found by their links, told by their answers."""
    named = sa.bindparam("records", expanding=True, type_=sa.Integer)
    linked = sa.select(RecordLink.source_id).where(
        RecordLink.target_id.in_(named), RecordLink.kind == "named"
    )
    return (
        sa.select(Record.id, Content.answers)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            Record.id.in_(linked),
            Record.form_code == sa.bindparam("code"),
            Record.state.in_(sa.bindparam("states", expanding=True)),
            Record.id.not_in(sa.bindparam("but", expanding=True)),
            ~is_corrected(Record.id),
            Content.answers[field]["id"].as_integer().in_(named),
        )
        .order_by(Record.id)
    )
