"""What the approval of the customer service system asks of the books: versions, who is trained, who is under way."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Content, Department, LedgerEntry, Person, Record, RoleGrant, Signature
from portal.queries.corrected import is_corrected
from portal.queries.documents import DOCUMENTS
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

GIVEN_UP = ("finished", "refused", "voided")


@dataclass(frozen=True, slots=True)
class Version:
    """A version of a controlled document, and when it was approved."""

    version: str
    approved_on: date


def in_force(number: str, but: Collection[int] = ()) -> Version | None:
    """The version of a controlled document that is in force, without those that these records released."""
    query = (
        sa.select(LedgerEntry.facts)
        .where(
            LedgerEntry.ledger == DOCUMENTS,
            LedgerEntry.facts["number"].as_string() == number,
            LedgerEntry.record_id.not_in(list(but)),
            ~is_corrected(LedgerEntry.record_id),
        )
        .order_by(LedgerEntry.id.desc())
        .limit(1)
    )
    facts = db.session.scalar(query)
    return Version(facts["version"], date.fromisoformat(facts["approved_on"])) if facts else None


def under_way(but: Collection[int] = ()) -> str:
    """The number of another approval (CS-02) that the general manager has not signed yet; nothing if there is none."""
    approved = sa.exists().where(
        LedgerEntry.ledger == DOCUMENTS,
        LedgerEntry.record_id == Record.id,
    )
    query = sa.select(Record.number).where(
        Record.form_code == "CS-02",
        Record.state.not_in(GIVEN_UP),
        Record.id.not_in(list(but)),
        ~approved,
    )
    return db.session.scalar(query.order_by(Record.id).limit(1)) or ""


def salespeople() -> list[tuple[str, str]]:
    """Name and telephone of the company's salespeople who are here for good."""
    query = (
        sa.select(Person.name, Person.phone)
        .join(RoleGrant, RoleGrant.person_id == Person.id)
        .where(Person.active, RoleGrant.role == "salesperson", RoleGrant.ends_on.is_(None))
        .order_by(Person.id)
    )
    return [(row.name, row.phone) for row in db.session.execute(query).unique()]


def receipts() -> Source:
    """客户服务体系下发签收单: who took which version of the service system, newest first."""
    query = (
        sa.select(
            Signature.id,
            Signature.signed_at,
            Content.answers,
            Record.number.label("record"),
            Person.name.label("signed_by"),
            Department.name.label("department"),
        )
        .join(Record, Record.id == Signature.record_id)
        .join(Content, sa.and_(Content.record_id == Record.id, Content.version == Signature.version))
        .join(Person, Person.id == Signature.person_id)
        .join(Department, Department.id == Person.department_id)
        .where(Record.form_code == "CS-02", Signature.step == "issue_receipt", Signature.act == "signed")
    )

    def lines(row: Any) -> list[dict[str, Any]]:
        return [
            {
                "version": row.answers.get("system_version"),
                "department": row.department,
                "signed_by": row.signed_by,
                "signed_on": row.signed_at,
                "record": row.record,
            }
        ]

    return Source(
        query=query,
        order=Order((Signature.id,), (int,), descending=True),
        lines=lines,
        text=(Record.number, Person.name, Department.name),
        at=Signature.signed_at,
    )
