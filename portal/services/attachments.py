"""Files that answers, opinions and comments name: their record holds them from then on."""

from __future__ import annotations

from typing import Any

import sqlalchemy as sa

from portal.database import dialect, insert
from portal.extensions import db
from portal.models import Record, RecordFile, StoredFile


def adopt(record: Record, values: Any, *more: int | None) -> None:
    """The record holds the files named anywhere in these values, or by id; others may hold them as well."""
    named = {*ids(values), *more} - {None}
    if not named:
        return
    rows = sa.select(StoredFile.id, sa.literal(record.id)).where(StoredFile.id.in_(named))
    held = insert(RecordFile, dialect()).from_select(["file_id", "record_id"], rows)
    db.session.execute(held.on_conflict_do_nothing())


def ids(value: Any) -> list[int]:
    """The ids of all files named anywhere in stored answers."""
    if isinstance(value, dict):
        if "sha256" in value and "size" in value:
            return [value["id"]]
        value = list(value.values())
    return [id for one in value for id in ids(one)] if isinstance(value, list | tuple) else []
