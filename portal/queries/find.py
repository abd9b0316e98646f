"""What the index finds for a person: of records those that they may see, of other things those of kinds for them."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import product
from typing import Any

import sqlalchemy as sa

from portal.domain.permissions import person_key
from portal.extensions import db
from portal.lib.bigrams import Phrase
from portal.lib.clock import midnight
from portal.models import SearchEntry
from portal.queries.visible import may_see, seen_by
from portal.search import kinds, words

MOST = 500  # hits of a kind that are counted and paged through
FEW, FEW_AT_MOST = 4_000, 50_000  # records of one person that are looked up beforehand
SHARE = 20  # or this part of all records
Query = sa.Select[*tuple[Any, ...]]


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
    ages = [words.ALL] if few is not None else list(words.ages(wanted.phrases))
    for title, age in product((True, False), ages):
        rows, among = words.rows_of(few, wanted.phrases, title=title)
        query = sa.select(rows.c.rowid).where(
            *among, *words.fit(wanted.phrases, title=title, age=age, rows=rows)
        )
        if few is None:
            query = query.where(may_see(rows.c.rowid, actor))
        if filters := _filters(wanted):
            query = query.join(SearchEntry, SearchEntry.id == rows.c.rowid).where(*filters)
        found |= dict.fromkeys(db.session.scalars(query.order_by(rows.c.rowid.desc()).limit(MOST + 1)))
        if len(found) > MOST:
            break
    return Hits(list(found)[:MOST], len(found) > MOST)


def _few(actor: Any) -> sa.Select[int] | None:
    """The records of somebody who may see only few, which spares a look at every hit whether they may; else None.

    Of those who may see a good part of all records the newest hits are soon found.
    """
    if actor.reads_all:
        return None
    mine = seen_by(actor)
    few = min(max(words.newest() // SHARE, FEW), FEW_AT_MOST)
    many = sa.select(sa.func.count()).select_from(mine.limit(few + 1).subquery())
    return mine if (db.session.scalar(many) or 0) <= few else None


def others(
    wanted: Wanted, shown: Collection[str], projects: Collection[str], actor: Any
) -> Mapping[str, Hits]:
    """Everything else, kind by kind: what is named so, then what says so.

    `shown` are the kinds for the person, `projects` the kinds of projects; of other projects they see those whose team
    they are in, and of what names its readers only what names them.
    """
    found: dict[str, dict[int, None]] = {}
    if wanted.phrases:
        for title in (True, False):
            for id in db.session.scalars(_others(wanted, shown, projects, actor, title)):
                found.setdefault(kinds.kind_of(id), {})[id] = None
    return {kind: Hits(list(ids)[:MOST], len(ids) > MOST) for kind, ids in found.items()}


def _others(
    wanted: Wanted, shown: Collection[str], projects: Collection[str], actor: Any, title: bool
) -> Query:
    entry = SearchEntry
    named = sa.or_(*(entry.readers.contains(f"|{key}|", autoescape=True) for key in actor.keys))
    whole = [kind for kind in shown if kind not in ("record", "project")]
    open_ = sa.true() if actor.reads_all else sa.or_(entry.readers == "", named)
    me = entry.readers.contains(f"|{person_key(actor.id)}|", autoescape=True)
    may = sa.or_(
        entry.kind.in_(whole) & open_, (entry.kind == "project") & sa.or_(entry.sort.in_(projects), me)
    )
    place = sa.func.row_number().over(partition_by=entry.kind, order_by=words.ID)
    query = (
        sa.select(words.ID.label("id"), place.label("place"))
        .join(entry, entry.id == words.ID)
        .where(may, *words.fit(wanted.phrases, title=title), *_filters(wanted))
        .subquery()
    )
    return sa.select(query.c.id).where(query.c.place <= MOST + 1).order_by(query.c.id)


def entries(ids: Sequence[int]) -> list[SearchEntry]:
    """The entries with these ids, in this order."""
    rows = {row.id: row for row in db.session.scalars(sa.select(SearchEntry).where(SearchEntry.id.in_(ids)))}
    return [rows[id] for id in ids if id in rows]


def _filters(wanted: Wanted) -> list[sa.ColumnElement[bool]]:
    found: list[sa.ColumnElement[bool]] = []
    if wanted.department:
        found.append(SearchEntry.department == wanted.department)
    if wanted.state:
        found.append(SearchEntry.state == wanted.state)
    if wanted.since:
        found.append(SearchEntry.at >= midnight(wanted.since))
    if wanted.until:
        found.append(SearchEntry.at < midnight(wanted.until + timedelta(days=1)))
    return found
