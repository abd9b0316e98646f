"""What the forms of after-sales service ask of the books: contracts and warranties in force, dispatch orders, vouchers."""

from __future__ import annotations

from collections.abc import Collection, Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Customer, LedgerEntry, Machine, Project, Record, Signature, StockBalance
from portal.queries import goods
from portal.queries.corrected import is_corrected

CONTRACTS, WARRANTIES = "service_contracts", "warranty"  # the ledgers
UNDONE = {  # answers after which somebody must go to the customer again
    "repair_feedback": ("repaired", False),
    "return_visit": ("owner_satisfied", False),
    "solution": ("site_visit_needed", True),
}


@dataclass(frozen=True, slots=True)
class ServiceContract:
    """A service contract in force: the record (CS-73) that it is, and whether parts are charged besides."""

    record_id: int
    label: str
    parts_charged: bool


def contract_in_force(customer_id: int, on: date) -> ServiceContract | None:
    """The newest service contract of a customer that is in force on a day."""
    for entry in _entries(CONTRACTS, customer_id):
        if entry.facts.get("outcome") == "signed" and _holds(entry.facts, on):
            id = entry.about_id or entry.record_id
            return ServiceContract(id, goods.label(id), bool(entry.facts.get("parts_charged")))
    return None


def warranty_in_force(
    customer_id: int,
    on: date,
    *,
    project_id: int | None = None,
    machine_id: int | None = None,
) -> str:
    """The warranty of a customer that covers a day, in words; nothing if there is none.

    A machine is covered by its own warranty too; a project only by its own.
    """
    machine = db.session.get(Machine, machine_id) if machine_id else None
    if machine is not None and machine.customer_id == customer_id:
        until = machine.warranty_until
        if until is not None and on <= until:
            return f"{machine.label} → {until}"
    for entry in _entries(WARRANTIES, customer_id):
        facts = entry.facts
        if _holds(facts, on) and (project_id is None or facts.get("project_id") == project_id):
            return f"{facts['project']} {facts['start']} → {facts['end']}"
    return ""


def customer_of(project_id: int) -> int | None:
    """The customer of a project; None while none is known."""
    return db.session.scalar(sa.select(Project.customer_id).where(Project.id == project_id))


def customer_label(customer_id: int) -> str:
    """A customer as pickers show it."""
    customer = db.session.get(Customer, customer_id)
    return customer.label if customer else ""


def contact(customer_id: int) -> tuple[str, str]:
    """Address and telephone of a customer, as the customer database has them."""
    customer = db.session.get(Customer, customer_id)
    return (customer.address, customer.phone) if customer else ("", "")


def machine_customer(machine_id: int) -> int | None:
    """Whose machine it is; None while it has not been delivered."""
    return db.session.scalar(sa.select(Machine.customer_id).where(Machine.id == machine_id))


def done_orders(request_id: int) -> list[int]:
    """The finished dispatch orders (CS-77) of a repair request, oldest first."""
    return list(goods.naming("CS-77", "repair_request", request_id, goods.DONE))


def orders_needed(request_id: int | None, first: int) -> int:
    """How often somebody must go: the first time, and again for each answer that says it is not done."""
    query = sa.select(Signature.step, Signature.answers).where(
        Signature.record_id == request_id, Signature.step.in_(UNDONE), Signature.act == "signed"
    )
    undone = [
        step for step, answers in db.session.execute(query) if answers.get(UNDONE[step][0]) is UNDONE[step][1]
    ]
    return first + len(undone)


def work_times(order_id: int) -> tuple[datetime | None, datetime | None]:
    """When the technician came, and when the work of a dispatch order was finished."""
    arrived = goods.stage_answers(order_id, "on_site").get("arrived_at")
    ended = goods.stage_answers(order_id, "work_finished").get("finished_at")
    closed = db.session.scalar(sa.select(Record.closed_at).where(Record.id == order_id))
    return _moment(arrived), _moment(ended) or closed


def technician(order_id: int) -> str:
    """Who did the work of a dispatch order: whoever was sent last."""
    second = goods.stage_answers(order_id, "second_dispatch").get("second_technician")
    sent = second or goods.stage_answers(order_id, "manager_dispatch").get("technician") or {}
    return str(sent.get("text") or "")


def voucher_of(order_id: int, but: Collection[int] = ()) -> str:
    """The number of another voucher (CS-78) for a dispatch order; nothing while there is none."""
    others = goods.naming("CS-78", "dispatch_order", order_id, but=but)
    return next((goods.label(id).partition(" ")[0] for id in others), "")


def only_place(item_id: int) -> str:
    """Where an item lies; nothing if it lies nowhere or in several places."""
    query = sa.select(StockBalance.place).where(StockBalance.item_id == item_id, StockBalance.quantity > 0)
    places = db.session.scalars(query.limit(2)).all()
    return places[0] if len(places) == 1 else ""


def is_signed_contract(record_id: int) -> bool:
    """Whether a maintenance contract (CS-73) was signed by the customer."""
    return goods.stage_answers(record_id, "customer_sign").get("outcome") == "signed"


def _entries(ledger: str, customer_id: int) -> Iterator[LedgerEntry]:
    """The lines of a customer in a plain ledger that count, newest first."""
    query = sa.select(LedgerEntry).where(
        LedgerEntry.customer_id == customer_id,
        LedgerEntry.ledger == ledger,
        ~is_corrected(LedgerEntry.record_id),
        ~is_corrected(LedgerEntry.about_id),
    )
    yield from db.session.scalars(query.order_by(LedgerEntry.id.desc()))


def _holds(facts: dict[str, Any], on: date) -> bool:
    return bool(facts["start"] <= on.isoformat() <= facts["end"])


def _moment(raw: str | None) -> datetime | None:
    return datetime.fromisoformat(raw) if raw else None
