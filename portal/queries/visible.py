"""Which records a person may see. Every look-up of records goes through here."""

from __future__ import annotations

from collections.abc import Collection
from functools import lru_cache
from typing import Any, TypeVar

import sqlalchemy as sa

from portal.database import among
from portal.domain.refusal import NotFound
from portal.extensions import db
from portal.models import Record, RecordReader
from portal.queries.built import Rights, rights

Query = TypeVar("Query", bound=sa.Select[*tuple[Any, ...]])


def visible_to(query: Query, actor: Any) -> Query:
    """The query, narrowed to records that this person may see."""
    return query.where(may_see(Record.id, actor))


def may_see(id: Any, actor: Any) -> sa.ColumnElement[bool]:
    """Whether the record with the id in this column is for the person."""
    if actor is None:
        return sa.false()
    if actor.reads_all:
        return sa.true()
    return seen_by(actor).where(RecordReader.record_id == id).exists()


def seen_by(actor: Any) -> sa.Select[int]:
    """The ids of records, some more than once, that somebody who does not read all may see."""
    theirs = [
        among(RecordReader.key, keys) & among(RecordReader.form_code, sorted(forms))
        if forms
        else among(RecordReader.key, keys)
        for forms, keys in actor.scopes.items()
    ]
    return sa.select(RecordReader.record_id).where(sa.or_(*theirs))


def record(number: str, actor: Any, form_code: str | None = None) -> Record:
    """The record with this number.

    Raises:
        NotFound: there is none, or it is not for this person.
    """
    query = _numbered(rights(actor))
    found: Record | None = db.session.scalar(query, {"number": number})
    if found is None or form_code not in (None, found.form_code):
        raise NotFound
    return found


def numbers(named: Collection[str], actor: Any) -> Collection[str]:
    """Those of these numbers whose records the person may see."""
    if not named or (actor is not None and actor.reads_all):
        return named
    query = visible_to(sa.select(Record.number).where(Record.number.in_(sorted(named))), actor)
    return set(db.session.scalars(query))


@lru_cache(maxsize=500)
def _numbered(who: Rights) -> sa.Select[Record]:
    return visible_to(sa.select(Record).where(Record.number == sa.bindparam("number")), who.actor)
