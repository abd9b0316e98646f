"""Changes to customers, suppliers, projects, products and stock items."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import Any

import sqlalchemy as sa

from portal.domain.effects import Updates
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.i18n import _l
from portal.lib.pinyin import spellings
from portal.models import Record
from portal.queries.pick import MASTER
from portal.services import audit, once, subjects

TRIES = 50  # codes that others take at the same moment
PREFIX = {
    "customer": "C",
    "supplier": "S",
    "project": "P",
    "product": "M",
    "stock_item": "I",
    "machine": "U",
    "document": "D",
    "asset": "A",
}


def update(effect: Updates, record: Record, *, by: int, now: datetime) -> Any:
    """Creates or changes a row of master data, with the old values in the audit trail."""
    model = MASTER[effect.kind]
    row, values = None, dict(effect.values)
    if effect.id:
        lock = {"key_share": True}
        row = db.session.get(model, effect.id, with_for_update=lock, populate_existing=True)
    if row is None:
        row = create(effect.kind, **values)
        _refuse_twin(effect, row.id)
        old: dict[str, str] = {}
    else:
        values |= {name: getattr(row, name) + more for name, more in effect.adds.items()}
        old = {name: str(getattr(row, name)) for name in values}
        for name, value in values.items():
            setattr(row, name, value)
        row.search_key = spellings(_found_by(row))
    db.session.flush()
    subjects.add(record, {(effect.kind, row.id)})
    audit.note(
        "master_changed",
        at=now,
        by=by,
        record_id=record.id,
        table=effect.kind,
        row=row.code,
        old=old,
        new={name: str(value) for name, value in values.items()},
    )
    return row


def _refuse_twin(effect: Updates, id: int) -> None:
    """By now whoever was entering a row of the kind has done so; see `create`."""
    twin = effect.twin(id) if effect.twin is not None else None
    if twin is not None:
        raise Refusal(
            _l("%(name)s 已由别人另行登记，没有重复登记。请重新核对后提交；轮到您签署的，请退回填表人核对。"),
            name=twin,
        )


def create(kind: str, /, **values: Any) -> Any:
    """A new row with the next free code of its kind (`C0001`) and its search key.

    All who enter a row at once try the same code, and the next one together: so each waits for the one before.

    Raises:
        Refusal: the code given is another's.
    """
    model, number = MASTER[kind], 0
    for _try in range(TRIES):
        number = max(number, db.session.scalar(sa.select(sa.func.max(model.id))) or 0) + 1
        row = model(**{"code": f"{PREFIX[kind]}{number:04d}", **values})
        row.search_key = spellings(_found_by(row))
        if once.add(row, partial(_with_code, model, row.code)) is row:
            return row
        if "code" in values:
            break
    raise Refusal(_l("编码“%(code)s”已被使用。"), code=row.code)


def _found_by(row: Any) -> str:
    """What pickers find the row by: name and code, and the ISBN of a book."""
    isbn = (getattr(row, "facts", None) or {}).get("isbn", "")
    return f"{row.name} {row.code} {isbn if isbn != row.code else ''}"


def _with_code(model: Any, code: str) -> Any:
    return db.session.scalar(sa.select(model).where(model.code == code))
