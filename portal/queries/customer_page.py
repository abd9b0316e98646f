"""What belongs to one customer: master data, records, machines, open tasks, lines of plain ledgers."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import (
    Customer,
    LedgerEntry,
    Machine,
    Person,
    Project,
    Record,
    RecordSubject,
    Task,
)
from portal.queries import about as shared
from portal.queries.actors import Actor
from portal.queries.corrected import is_corrected


def named(code: str) -> Any:
    """The customer with this code, and the names of its owner and custodian.

    Raises:
        NotFound: there is none.
    """
    found = db.session.execute(_NAMED, {"code": code}).first()
    if found is None:
        raise NotFound
    return found


_OWNER, _CUSTODIAN = aliased(Person), aliased(Person)
_NAMED = (
    sa.select(Customer, _OWNER.name.label("owner"), _CUSTODIAN.name.label("custodian"))
    .outerjoin(_OWNER, _OWNER.id == Customer.owner_id)
    .outerjoin(_CUSTODIAN, _CUSTODIAN.id == Customer.custodian_id)
    .where(Customer.code == sa.bindparam("code"))
)


def about(customer_id: int) -> sa.CompoundSelect[Any]:
    """Ids of the records about the customer, a project or a machine of theirs."""
    ids, kind, row = RecordSubject.record_id, RecordSubject.kind, RecordSubject.row_id
    projects = sa.select(Project.id).where(Project.customer_id == customer_id)
    machines = sa.select(Machine.id).where(Machine.customer_id == customer_id)
    return sa.union(
        sa.select(ids).where(kind == "customer", row == customer_id),
        sa.select(ids).where(kind == "project", row.in_(projects)),
        sa.select(ids).where(kind == "machine", row.in_(machines)),
    )


def tasks(customer_id: int, actor: Actor, limit: int) -> list[Any]:
    """Open tasks about the customer or their records, those due first."""
    return shared.tasks(about(customer_id), Task.customer_id == customer_id, actor, limit)


def machines(customer_id: int, limit: int) -> list[Machine]:
    """The customer's machines, those delivered last first."""
    query = (
        sa.select(Machine)
        .where(Machine.customer_id == customer_id)
        .order_by(Machine.delivered_on.desc().nulls_last(), Machine.id.desc())
    )
    return list(db.session.scalars(query.limit(limit)))


def numbers(ids: Collection[int]) -> dict[int, str]:
    """Numbers of records by id."""
    query = sa.select(Record.id, Record.number).where(Record.id.in_(ids))
    return {id: number for id, number in db.session.execute(query)} if ids else {}  # noqa: C416 -- rows are not pairs to mypy


def ledger_lines(customer_id: int, ledgers: Collection[str], size: int) -> list[Any]:
    """The customer's newest lines in each of these plain ledgers, those of corrected records left out."""
    given = {"customer": customer_id, "ledgers": list(ledgers), "size": size}
    return list(db.session.execute(_LINES, given)) if ledgers else []


_PLACE = sa.func.row_number().over(partition_by=LedgerEntry.ledger, order_by=LedgerEntry.id.desc())
_RANKED = (
    sa.select(
        *(LedgerEntry.id, LedgerEntry.ledger, LedgerEntry.facts, LedgerEntry.posted_at),
        *(Record.number.label("record"), _PLACE.label("place")),
    )
    .join(Record, Record.id == LedgerEntry.record_id)
    .where(
        LedgerEntry.customer_id == sa.bindparam("customer"),
        LedgerEntry.ledger.in_(sa.bindparam("ledgers", expanding=True)),
        ~is_corrected(LedgerEntry.record_id),
    )
    .subquery()
)
_LINES = (
    sa.select(_RANKED)
    .where(_RANKED.c.place <= sa.bindparam("size", type_=sa.Integer))
    .order_by(_RANKED.c.id.desc())
)
