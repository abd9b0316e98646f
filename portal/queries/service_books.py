"""Lines of the books of after-sales service: vouchers, contracts, warranties, parts."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.lib.clock import day, today
from portal.models import (
    Content,
    LedgerEntry,
    Person,
    Record,
    RecordLink,
    Signature,
    StockEntry,
    StockItem,
)
from portal.queries import calendar, master_books
from portal.queries.corrected import is_corrected, reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

PARTS = ("零件", "parts")  # categories of stock items that are spare parts
RATINGS = ("attitude_rating", "speed_rating", "skill_rating")


def vouchers(*, service_type: str = "", of_machines: bool = False, signed: bool = False) -> Source:
    """Service vouchers (CS-78), newest first: all, those of one type, of known machines, or signed by the customer."""
    handed_in, by_customer = aliased(Signature), aliased(Signature)
    technician, receiver = aliased(Person), aliased(Person)
    query = (
        sa.select(
            Record.id,
            Record.number.label("record"),
            Content.answers,
            handed_in.answers.label("hand_in"),
            by_customer.answers.label("opinion"),
            by_customer.signed_at,
            technician.name.label("technician"),
            receiver.name.label("receiver"),
            reversed_by(Record.id).label("reversed_by"),
        )
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .join(technician, technician.id == Record.applicant_id)
        .outerjoin(handed_in, handed_in.id == _last("hand_in"))
        .outerjoin(by_customer, by_customer.id == _last("customer_sign"))
        .outerjoin(receiver, receiver.id == handed_in.person_id)
        .where(Record.form_code == "CS-78", Record.state.not_in(("refused", "voided")))
    )
    if service_type:
        query = query.where(Content.answers["service_type"].as_string() == service_type)
    if of_machines:
        query = query.where(Content.answers[("machine", "id")].as_integer().is_not(None))
    if signed:
        query = query.where(by_customer.id.is_not(None))
    return Source(
        query=query,
        order=Order((Record.id,), (int,), descending=True),
        lines=lambda row: [_voucher(row)],
        text=(Record.number, Record.title, technician.name),
        at=Record.submitted_at,
    )


def _last(step: str) -> sa.ScalarSelect[Any]:
    """The latest signature of a step of a record."""
    one = aliased(Signature)
    query = sa.select(sa.func.max(one.id)).where(
        one.record_id == Record.id, one.step == step, one.act == "signed"
    )
    return query.correlate(Record).scalar_subquery()


def _voucher(row: Any) -> Cells:
    given, handed, opinion = row.answers, row.hand_in or {}, row.opinion or {}
    received = handed.get("received_on") if handed.get("voucher_checked") else None
    received_at = datetime.fromisoformat(received) if received else None
    due = calendar.current().add_working_days(row.signed_at, 1) if row.signed_at else None
    return {
        **{name: opinion.get(name) for name in (*RATINGS, "satisfied", "customer_opinion")},
        "record": row.record,
        "dispatch": _number(given.get("dispatch_order")),
        "customer": _text(given.get("customer")),
        "machine": _text(given.get("machine")),
        "service_type": given.get("service_type"),
        "work": given.get("work_done"),
        "parts": "、".join(
            f"{_text(one['part'])} × {one['quantity']}" for one in given.get("parts_used") or ()
        ),
        "ended_at": given.get("ended_at"),
        "technician": row.technician,
        "signed_at": row.signed_at,
        "received_at": received_at,
        "received_by": row.receiver if received_at else "",
        "days": (day(received_at) - day(row.signed_at)).days if received_at and row.signed_at else None,
        "hand_in_by": day(due).isoformat() if due and not received_at else "",
        "reversed_by": row.reversed_by,
    }


def warranty() -> Source:
    """保修台帐: each warranty with the days that are left of it."""
    source = master_books.entries("warranty", "customer", "project", "contract")
    return replace(source, lines=lambda row: [_with_days_left(line) for line in source.lines(row)])


def _with_days_left(line: Cells) -> Cells:
    left = (date.fromisoformat(line["end"]) - today()).days
    return {**line, "days_left": max(left, 0)}


def contracts() -> Source:
    """服务合同台帐: each contract and its supplements, with the visits that were made under it."""
    source = master_books.entries("service_contracts", "contract_no", "customer", "project", "scope")
    made = (
        sa.select(sa.func.count())
        .select_from(RecordLink)
        .join(Record, Record.id == RecordLink.source_id)
        .where(
            RecordLink.target_id == LedgerEntry.record_id,
            RecordLink.kind == "named",
            Record.form_code == "CS-76",
            Record.state == "finished",
            ~is_corrected(Record.id),
        )
        .correlate(LedgerEntry)
        .scalar_subquery()
    )
    query: Any = source.query.add_columns(made.label("visits_done"))
    return replace(
        source,
        query=query,
        lines=lambda row: [{**line, "visits_done": row.visits_done} for line in source.lines(row)],
    )


def parts() -> Source:
    """零件管理台帐: every movement of spare parts, with the dispatch order and technician that took them."""
    query = (
        sa.select(
            StockEntry.id,
            StockEntry.posted_at,
            StockItem.id.label("item_id"),
            StockItem.code,
            StockItem.name,
            StockItem.unit,
            StockEntry.place,
            StockEntry.quantity,
            StockEntry.balance,
            Record.number.label("record"),
            Record.form_code,
            Content.answers,
            Person.name.label("applicant"),
        )
        .join(StockItem, StockItem.id == StockEntry.item_id)
        .join(Record, Record.id == StockEntry.record_id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .join(Person, Person.id == Record.applicant_id)
        .where(StockItem.category.in_(PARTS))
    )
    return Source(
        query=query,
        order=Order((StockEntry.id,), (int,), descending=True),
        lines=lambda row: [_part(row)],
        text=(StockItem.name, StockItem.code, StockEntry.place, Record.number, Person.name),
        item=StockItem.search_key,
        at=StockEntry.posted_at,
    )


def _part(row: Any) -> Cells:
    served = row.form_code == "CS-78"
    used = [one for one in row.answers.get("parts_used") or () if one["part"]["id"] == row.item_id]
    return {
        "posted_at": row.posted_at,
        "code": row.code,
        "name": row.name,
        "unit": row.unit,
        "place": row.place,
        "in": row.quantity if row.quantity > 0 else None,
        "out": -row.quantity if row.quantity < 0 else None,
        "balance": row.balance,
        "record": row.record,
        "dispatch": _number(row.answers.get("dispatch_order")) if served else "",
        "technician": row.applicant if served else "",
        "old_part_returned": any(one["old_part_returned"] for one in used) if served and used else None,
    }


def listed(rows: Mapping[str, Callable[[], Cells]]) -> Source:
    """Lines that the program knows by itself, in the order of their keys; each is made when it is shown."""
    keys = sa.union_all(*(sa.select(sa.literal(key).label("key")) for key in rows)).subquery()
    return Source(
        query=sa.select(keys.c.key),
        order=Order((keys.c.key,), (str,)),
        lines=lambda row: [rows[row.key]()],
        text=(keys.c.key,),
    )


def _text(ref: Mapping[str, Any] | None) -> str:
    return str(ref["text"]) if ref else ""


def _number(ref: Mapping[str, Any] | None) -> str:
    """The number of a record named, without its title."""
    return _text(ref).partition(" ")[0]
