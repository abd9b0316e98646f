"""Files that answers, opinions and comments name: they belong to their record from then on."""

from __future__ import annotations

from typing import Any

from portal.extensions import db
from portal.models import Record, StoredFile


def adopt(record: Record, values: Any, *more: int | None) -> None:
    """Files named anywhere in these values, or by id, belong to the record, unless they have one already."""
    for id in {*ids(values), *more} - {None}:
        file = db.session.get(StoredFile, id)
        if file is not None and file.record_id is None:
            file.record_id = record.id


def ids(value: Any) -> list[int]:
    """The ids of all files named anywhere in stored answers."""
    if isinstance(value, dict):
        if "sha256" in value and "size" in value:
            return [value["id"]]
        value = list(value.values())
    return [id for one in value for id in ids(one)] if isinstance(value, list | tuple) else []
