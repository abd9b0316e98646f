"""What a record is about: the rows of master data that its answers name, kept for their pages."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from functools import cache
from typing import Any

from portal.database import dialect, insert
from portal.extensions import db
from portal.forms.kinds import ROWS
from portal.models import Record, RecordSubject
from portal.queries.pick import MASTER

Subject = tuple[str, int]


def note(record: Record, fields: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> None:
    """Keeps what stored answers name, in fields and in rows."""
    add(record, set(_named(fields, answers)))


def add(record: Record, subjects: set[Subject]) -> None:
    """Keeps these as what the record is about."""
    if subjects:
        db.session.flush()  # it may be a new record
        rows = [{"kind": kind, "row_id": id, "record_id": record.id} for kind, id in sorted(subjects)]
        db.session.connection().execute(_add(dialect()), rows)


@cache
def _add(dialect: str) -> Any:
    return insert(RecordSubject, dialect).on_conflict_do_nothing()


def _named(fields: Iterable[Mapping[str, Any]], answers: Mapping[str, Any]) -> Iterable[Subject]:
    for field in fields:
        value = answers.get(field["name"])
        if value and field["type"] in MASTER:
            yield field["type"], value["id"]
        elif value and field["type"] in ROWS:
            for row in value:
                yield from _named(field["columns"], row)
