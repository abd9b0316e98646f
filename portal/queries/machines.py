"""Single machines and vehicles: who has which, since when, and what became of it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import Customer, Machine, Product, Record, RecordSubject
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

COMPLAINT, REPAIR = "CS-51", "CS-78"


def numbered(code: str) -> Machine | None:
    """The machine with this serial number."""
    return db.session.scalar(sa.select(Machine).where(Machine.code == code))


def moved_by(record_ids: Collection[int]) -> list[Machine]:
    """The machines that these records have sent out or handed over."""
    named = sa.select(RecordSubject.row_id).where(
        RecordSubject.kind == "machine", RecordSubject.record_id.in_(list(record_ids))
    )
    return list(db.session.scalars(sa.select(Machine).where(Machine.id.in_(named)).order_by(Machine.id)))


def book() -> Source:
    """产品单机(车辆)信息档案: every machine, newest first."""
    contract = aliased(Record)
    query = (
        sa.select(
            Machine.id,
            Machine.code,
            Machine.name,
            Product.name.label("product"),
            Machine.state,
            Machine.place,
            Customer.name.label("customer"),
            contract.number.label("contract"),
            Machine.delivered_on,
            Machine.warranty_until,
            _records_about(REPAIR).label("repairs"),
            _records_about(COMPLAINT).label("complaints"),
        )
        .outerjoin(Product, Product.id == Machine.product_id)
        .outerjoin(Customer, Customer.id == Machine.customer_id)
        .outerjoin(contract, contract.id == Machine.contract_id)
    )
    return Source(
        query=query,
        order=Order((Machine.id,), (int,), descending=True),
        lines=lambda row: [dict(row._mapping)],
        text=(Machine.search_key, Machine.code, Customer.search_key, contract.number),
    )


def _records_about(code: str) -> sa.ScalarSelect[int]:
    """How many records of a form, none of them given up, speak of the machine."""
    return (
        sa.select(sa.func.count())
        .select_from(RecordSubject)
        .join(Record, Record.id == RecordSubject.record_id)
        .where(
            RecordSubject.kind == "machine",
            RecordSubject.row_id == Machine.id,
            Record.form_code == code,
            Record.state != "voided",
        )
        .correlate(Machine)
        .scalar_subquery()
    )
