"""What the archive ledger says of a code: whose paper stands under it."""

from __future__ import annotations

from collections.abc import Collection

import sqlalchemy as sa

from portal.extensions import db
from portal.models import LedgerKey, Record

LEDGER = "archive"


def code_of(records: Collection[int]) -> str:
    """The code under which one of these records is kept; nothing if none is yet."""
    query = sa.select(LedgerKey.key).where(LedgerKey.ledger == LEDGER, LedgerKey.record_id.in_(list(records)))
    return db.session.scalar(query) or ""


def kept_under(code: str, but: Collection[int] = ()) -> str:
    """The number of the record that is kept under a code, without these; nothing while the code is free."""
    query = (
        sa.select(Record.number)
        .join(LedgerKey, LedgerKey.record_id == Record.id)
        .where(LedgerKey.ledger == LEDGER, LedgerKey.key == code, Record.id.not_in(list(but)))
    )
    return db.session.scalar(query) or ""
