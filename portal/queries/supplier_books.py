"""合格供应商名录: every supplier with what was found of it."""

from __future__ import annotations

import sqlalchemy as sa

from portal.models import LedgerEntry, Record, RecordSubject, Supplier
from portal.queries import suppliers as queries
from portal.queries.corrected import is_corrected
from portal.queries.keyset import Order
from portal.queries.ledgers import Source

NAMES = (
    *("code", "name", "goods", "status", "score", "contact", "phone", "credit_code"),
    *("inspected", "passed", "returns", "next_evaluation_on"),
)


def suppliers() -> Source:
    """Every supplier, by code, with what passed inspection and the day on which the first of its licences expires."""
    return Source(
        query=sa.select(
            *(getattr(Supplier, name) for name in NAMES), licences_until().label("licences_until")
        ),
        order=Order((Supplier.code,), (str,)),
        lines=lambda row: [{**row._mapping, "pass_rate": queries.pass_rate(row)}],
        text=(Supplier.search_key, Supplier.goods, Supplier.contact, Supplier.phone, Supplier.credit_code),
    )


def licences_until() -> sa.ScalarSelect[str]:
    """The first day on which a licence of the supplier's newest evaluation expires. Asked beside `Supplier`."""
    newest = (
        sa.select(sa.func.max(LedgerEntry.record_id))
        .join(Record, Record.id == LedgerEntry.record_id)
        .join(RecordSubject, RecordSubject.record_id == Record.id)
        .where(
            *(LedgerEntry.ledger == queries.PAPERS, Record.form_code == queries.EVALUATION),
            *(
                RecordSubject.kind == "supplier",
                RecordSubject.row_id == Supplier.id,
                ~is_corrected(Record.id),
            ),
        )
        .correlate(Supplier)
        .scalar_subquery()
    )
    expires = sa.func.nullif(LedgerEntry.facts["expires_on"].as_string(), "")
    return (
        sa.select(sa.func.min(expires))
        .where(LedgerEntry.ledger == queries.PAPERS, LedgerEntry.record_id == newest)
        .scalar_subquery()
    )
