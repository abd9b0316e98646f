"""Everything that happened with a customer in one line of time, newest first, page by page."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from sqlalchemy.orm import aliased

from portal.extensions import db
from portal.models import CreditEntry, LedgerEntry, Person, ReceivableEntry, Record
from portal.queries import about, customer_page
from portal.queries.actors import Actor
from portal.queries.keyset import Order, Page
from portal.queries.visible import visible_to

RECORD, ENTRY, RECEIVABLE, CREDIT = "record", "entry", "receivable", "credit"


@dataclass(frozen=True)
class Wanted:
    """What to tell: records (of these forms, or of all others), lines of these plain ledgers, money."""

    records: bool = True
    forms: Collection[str] | None = None  # only these
    but: Collection[str] = ()  # not these
    ledgers: Collection[str] = ()
    receivables: bool = False
    credit: bool = False


def page(customer_id: int, actor: Actor, wanted: Wanted, cursor: str, size: int) -> Page:
    """A page of the line; its rows are pairs of `at` and the row that tells what happened, which has a `source`."""
    parts = _parts(customer_id, actor, wanted)
    if not parts:
        return Page([], "", "")
    line = sa.union_all(*parts).subquery()
    order = Order((line.c.at, line.c.source, line.c.id), (datetime, str, int), descending=True)
    found = order.page(sa.select(line.c.source, line.c.id, line.c.at), cursor, size)
    told = {
        (source, row.id): row
        for source, query in _DETAILS.items()
        for row in _read(query, [row.id for row in found.rows if row.source == source])
    }
    rows = [(row.at, row.source, told[row.source, row.id]) for row in found.rows]
    return Page(rows, found.previous, found.following)


def _parts(customer_id: int, actor: Actor, wanted: Wanted) -> list[sa.Select[Any]]:
    parts = []
    if wanted.records:
        records = _line(RECORD, Record, Record.submitted_at).where(
            Record.id.in_(customer_page.about(customer_id))
        )
        if wanted.forms is not None:
            records = records.where(Record.form_code.in_(wanted.forms))
        if wanted.but:
            records = records.where(Record.form_code.not_in(wanted.but))
        parts.append(visible_to(records, actor))
    if wanted.ledgers:
        entries = _line(ENTRY, LedgerEntry, LedgerEntry.posted_at)
        parts.append(
            entries.where(LedgerEntry.customer_id == customer_id, LedgerEntry.ledger.in_(wanted.ledgers))
        )
    for asked, source, table in (
        (wanted.receivables, RECEIVABLE, ReceivableEntry),
        (wanted.credit, CREDIT, CreditEntry),
    ):
        if asked:
            parts.append(_line(source, table, table.posted_at).where(table.customer_id == customer_id))
    return parts


def _line(source: str, table: Any, at: Any) -> sa.Select[Any]:
    return sa.select(sa.literal(source).label("source"), table.id.label("id"), at.label("at"))


def _read(query: sa.Select[Any], ids: list[int]) -> list[Any]:
    return list(db.session.execute(query, {"ids": ids})) if ids else []


def _posted(table: Any, *columns: Any) -> sa.Select[Any]:
    """Lines of a book with the record that posted them."""
    return (
        sa.select(table.id, *columns, Record.number.label("record"), Person.name.label("posted_by"))
        .select_from(table)
        .join(Record, Record.id == table.record_id)
        .join(Person, Person.id == table.posted_by_id)
        .where(table.id.in_(_IDS))
    )


_IDS: Any = sa.bindparam("ids", expanding=True)
_OF = aliased(Record)
_RECEIVABLES = _posted(
    ReceivableEntry,
    *(ReceivableEntry.amount, ReceivableEntry.row, ReceivableEntry.due_on, ReceivableEntry.paid_on),
    *(ReceivableEntry.balance, _OF.number.label("of")),
).join(_OF, _OF.id == ReceivableEntry.of_id)
_DETAILS = {
    RECORD: sa.select(*about.COLUMNS)
    .join(Person, Person.id == Record.applicant_id)
    .where(Record.id.in_(_IDS)),
    ENTRY: _posted(LedgerEntry, LedgerEntry.ledger, LedgerEntry.facts),
    RECEIVABLE: _RECEIVABLES,
    CREDIT: _posted(
        CreditEntry,
        *(CreditEntry.old_limit, CreditEntry.new_limit, CreditEntry.old_days, CreditEntry.new_days),
    ),
}
