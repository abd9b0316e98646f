"""What the index finds for a person: among records those that they may see, among other things those of kinds for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.bigrams import Phrase
from portal.lib.clock import ZONE
from portal.models import Record, RecordReader, SearchEntry
from portal.queries.visible import visible_to
from portal.search import kinds, words

MOST = 500  # hits that are counted and paged through
FEW = 4000  # records of one person that are looked at one by one


@dataclass(frozen=True, slots=True)
class Wanted:
    """What is looked for, and of what department, state and days; nothing for a filter left open."""

    phrases: Sequence[Phrase]
    department: str = ""
    state: str = ""
    since: date | None = None
    until: date | None = None


@dataclass(slots=True)
class Hits:
    """Ids in the index, the likeliest first; `more` when there are others that are not counted."""

    ids: list[int] = field(default_factory=list)
    more: bool = False


def records(wanted: Wanted, actor: Any) -> Hits:
    """Records that the person may see: those named so, then those that say so, both newest first."""
    if not wanted.phrases:
        return Hits()
    found: dict[int, None] = {}
    few = _few(actor)
    for title in (True, False):
        query = sa.select(words.ID).join(Record, Record.id == words.ID).where(words.ID < kinds.ROOM)
        query = visible_to(query.where(*words.fit(wanted.phrases, title=title)), actor)
        if few is not None:
            query = query.where(few)
        query = _filtered(query, wanted).order_by(words.ID.desc()).limit(MOST + 1)
        found |= dict.fromkeys(db.session.scalars(query))
        if len(found) > MOST:
            break
    return Hits(list(found)[:MOST], len(found) > MOST)


def _few(actor: Any) -> sa.ColumnElement[bool] | None:
    """Narrows to the records of somebody who may see only few, which spares looking at each hit whether they may."""
    if actor.reads_all:
        return None
    mine = sa.select(RecordReader.record_id).where(RecordReader.key.in_(actor.keys))
    many = sa.select(sa.func.count()).select_from(mine.limit(FEW + 1).subquery())
    return (words.ID + 0).in_(mine) if (db.session.scalar(many) or 0) <= FEW else None


def _filtered(query: Any, wanted: Wanted) -> Any:
    if not (wanted.department or wanted.state or wanted.since or wanted.until):
        return query
    query = query.join(SearchEntry, SearchEntry.id == words.ID)
    if wanted.department:
        query = query.where(SearchEntry.department == wanted.department)
    if wanted.state:
        query = query.where(SearchEntry.state == wanted.state)
    if wanted.since:
        query = query.where(SearchEntry.at >= datetime.combine(wanted.since, time(), ZONE))
    if wanted.until:
        query = query.where(SearchEntry.at < datetime.combine(wanted.until + timedelta(days=1), time(), ZONE))
    return query
