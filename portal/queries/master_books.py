"""Lines of the books of customers, and of the plain ledgers."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.models import CreditEntry, Customer, LedgerEntry, Person, Record, Signature
from portal.queries.corrected import reversed_by
from portal.queries.keyset import Order
from portal.queries.ledgers import Cells, Source

POSTED = ("posted_at", "record", "posted_by", "reversed_by")  # of a line, besides its facts


def customers() -> Source:
    """客户资料库: every customer, by code."""
    names = ("code", "name", "kind", "status", "credit_code", "contact", "phone", "region", "address")
    books = ("file_number", "credit_limit", "credit_days", "arrears", "last_order_on", "last_sales_follow_up")
    owner, custodian = aliased(Person), aliased(Person)
    query = (
        sa.select(
            *(getattr(Customer, name) for name in (*names, *books)),
            Customer.klass.label("class"),
            owner.name.label("owner"),
            custodian.name.label("custodian"),
        )
        .outerjoin(owner, owner.id == Customer.owner_id)
        .outerjoin(custodian, custodian.id == Customer.custodian_id)
    )
    return Source(
        query=query,
        order=Order((Customer.code,), (str,)),
        lines=lambda row: [dict(row._mapping)],
        text=(Customer.search_key, Customer.contact, Customer.phone, Customer.region, Customer.file_number),
    )


def credit() -> Source:
    """信用额度账期台帐: each change of a limit or term, newest first."""
    query = (
        sa.select(
            CreditEntry.id,
            CreditEntry.posted_at,
            Customer.code,
            Customer.name,
            CreditEntry.old_limit,
            CreditEntry.new_limit,
            CreditEntry.old_days,
            CreditEntry.new_days,
            CreditEntry.effective_on,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(CreditEntry.record_id).label("reversed_by"),
        )
        .join(Customer, Customer.id == CreditEntry.customer_id)
        .join(Record, Record.id == CreditEntry.record_id)
        .join(Person, Person.id == CreditEntry.posted_by_id)
    )
    return Source(
        query=query,
        order=Order((CreditEntry.id,), (int,), descending=True),
        lines=lambda row: [dict(row._mapping)],
        text=(Customer.search_key, Record.number),
        at=CreditEntry.posted_at,
    )


def entries(ledger: str, *searched: str, found: Mapping[str, Any] | None = None) -> Source:
    """The lines of a plain ledger, newest first; `searched` are the facts that words are looked up in.

    `found` are cells besides the facts, looked up for each line.
    """
    more = [column.label(name) for name, column in (found or {}).items()]
    query = (
        sa.select(
            LedgerEntry.id,
            LedgerEntry.posted_at,
            LedgerEntry.facts,
            Record.number.label("record"),
            Person.name.label("posted_by"),
            reversed_by(LedgerEntry.record_id).label("reversed_by"),
            *more,
        )
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(Person, Person.id == LedgerEntry.posted_by_id)
        .where(LedgerEntry.ledger == ledger)
    )
    facts = tuple(LedgerEntry.facts[name].as_string() for name in searched)
    names = (*POSTED, *(found or {}))
    return Source(
        query=query,
        order=Order((LedgerEntry.id,), (int,), descending=True),
        lines=lambda row: [{**row.facts, **{name: getattr(row, name) for name in names}}],
        text=(*facts, Record.number),
        at=LedgerEntry.posted_at,
    )


def side_entries(form_code: str, key: str, table: str) -> Source:
    """The rows of a table that side entries of a form were filled with, newest entry first."""
    query = (
        sa.select(
            Signature.id,
            Signature.signed_at,
            Signature.answers,
            Record.number.label("record"),
            Record.title,
            Person.name.label("posted_by"),
        )
        .join(Record, Record.id == Signature.record_id)
        .join(Person, Person.id == Signature.person_id)
        .where(Record.form_code == form_code, Signature.step == key, Signature.act == "entered")
    )

    def lines(row: Any) -> list[Cells]:
        known = {
            "record": row.record,
            "title": row.title,
            "posted_at": row.signed_at,
            "posted_by": row.posted_by,
        }
        return [{**one, **known} for one in row.answers.get(table) or ()]

    return Source(
        query=query,
        order=Order((Signature.id,), (int,), descending=True),
        lines=lines,
        text=(Record.number, Record.title),
        at=Signature.signed_at,
    )
