"""Which officer looks after how many customers, and which allocations come into force."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date

import sqlalchemy as sa

from portal.extensions import db
from portal.models import AuditEvent, Content, Customer, Record, Signature
from portal.queries import orders

OFFICER = "customer_service_officer"
GOING_ROUND = ("running", "stuck")  # states of an allocation that is neither over nor back with its applicant
ACCEPTED = "officer_accept"  # the step of an allocation (CS-23) at which the officer takes the customers


def owned(person_ids: Collection[int]) -> dict[int, int]:
    """How many customers each of these people looks after; customers with whom all is over do not count."""
    query = (
        sa.select(Customer.owner_id, sa.func.count(Customer.id))
        .where(Customer.owner_id.in_(person_ids), Customer.status != "ended")
        .group_by(Customer.owner_id)
    )
    found = {owner: number for owner, number in db.session.execute(query) if owner is not None}
    return {id: found.get(id, 0) for id in person_ids}


def open_orders(customer_id: int) -> list[str]:
    """The numbers of a customer's contracts and orders that are not yet delivered and paid."""
    every = orders.of_customer(customer_id)
    progress = orders.progress({id for id, _number in every})
    return [number for id, number in every if not progress[id].is_closed]


@dataclass(frozen=True, slots=True)
class Due:
    """An allocation that counts from now on, and who has accepted it."""

    id: int
    accepted_by: int


def come_due(today: date) -> list[Due]:
    """The allocations that were accepted and still go round, whose day has come, and that have moved no customer yet."""
    query = (
        sa.select(Record.id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Record.version))
        .where(
            *(Record.form_code == "CS-23", Record.state.in_(GOING_ROUND), Record.step != ACCEPTED),
            Content.answers["effective_date"].as_string() <= today.isoformat(),
        )
    )
    found = [(id, _accepted(id)) for id in db.session.scalars(query.order_by(Record.id))]
    return [Due(id, one.person_id) for id, one in found if one is not None and not has_moved(id)]


def has_moved(record_id: int) -> bool:
    """Whether an allocation has changed the owner of a customer since it was accepted last."""
    accepted = _accepted(record_id)
    return accepted is not None and bool(
        db.session.scalar(
            sa.select(
                sa.exists().where(
                    AuditEvent.record_id == record_id,
                    AuditEvent.kind == "master_changed",
                    AuditEvent.at >= accepted.signed_at,
                )
            )
        )
    )


def _accepted(record_id: int) -> Signature | None:
    """The newest acceptance of an allocation."""
    query = sa.select(Signature).where(
        Signature.record_id == record_id, Signature.step == ACCEPTED, Signature.act == "signed"
    )
    found: Signature | None = db.session.scalars(query.order_by(Signature.id.desc()).limit(1)).first()
    return found
