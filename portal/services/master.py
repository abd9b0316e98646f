"""Changes to customers, suppliers, projects, products and stock items."""

from __future__ import annotations

from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.domain.effects import Updates
from portal.extensions import db
from portal.lib.pinyin import spellings
from portal.models import Record
from portal.queries.pick import MASTER
from portal.services import audit

PREFIX = {"customer": "C", "supplier": "S", "project": "P", "product": "M", "stock_item": "I"}


def update(effect: Updates, record: Record, *, by: int, now: datetime) -> Any:
    """Creates or changes a row of master data, with the old values in the audit trail."""
    model = MASTER[effect.kind]
    row = db.session.get(model, effect.id, with_for_update=True) if effect.id else None
    if row is None:
        row = create(effect.kind, **effect.values)
        old: dict[str, str] = {}
    else:
        old = {name: str(getattr(row, name)) for name in effect.values}
        for name, value in effect.values.items():
            setattr(row, name, value)
        row.search_key = spellings(f"{row.name} {row.code}")
    audit.note(
        "master_changed",
        at=now,
        by=by,
        record_id=record.id,
        table=effect.kind,
        row=row.code,
        old=old,
        new={name: str(value) for name, value in effect.values.items()},
    )
    return row


def create(kind: str, **values: Any) -> Any:
    """A new row with the next code of its kind (`C0001`) and its search key."""
    model = MASTER[kind]
    last = db.session.scalar(sa.select(sa.func.max(model.id))) or 0
    values.setdefault("code", f"{PREFIX[kind]}{last + 1:04d}")
    row = model(**values)
    row.search_key = spellings(f"{row.name} {row.code}")
    db.session.add(row)
    db.session.flush()
    return row
