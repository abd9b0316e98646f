"""The register of a form: its records, filtered, sorted and paged, among those the person may see."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.pinyin import needle
from portal.models import Person, Record, RecordReader, SavedView
from portal.queries import cells
from portal.queries.built import Rights, rights
from portal.queries.keyset import BACK, FAR, Order, Page, Query
from portal.queries.visible import visible_to

ANY = "*"  # as the wanted answer of a column: answered at all
COLUMNS = (
    Record.id,
    Record.number,
    Record.state,
    Record.step,
    Record.title,
    Record.cells,
    Record.submitted_at,
    Record.due_at,
    Record.closed_at,
    Person.name.label("applicant"),
)
SORTS: dict[str, tuple[sa.SQLColumnExpression[Any], type]] = {
    "status": (Record.state, str),
    "current_step": (Record.step, str),
    "applicant": (Person.name, str),
    "due_at": (sa.func.coalesce(Record.due_at, sa.literal(FAR, Record.due_at.type)), datetime),
    "closed_at": (sa.func.coalesce(Record.closed_at, sa.literal(FAR, Record.closed_at.type)), datetime),
}


@dataclass(frozen=True, slots=True)
class Wanted:
    """What a reader asked for. `answers` maps columns to shown Chinese answers, or `ANY`; `sort` is a column."""

    words: tuple[str, ...] = ()
    states: tuple[str, ...] = ()
    applicant: str = ""
    since: datetime | None = None
    until: datetime | None = None
    late_at: datetime | None = None  # only open records that were due before
    answers: tuple[tuple[str, str], ...] = ()
    sort: str = ""
    numeric: bool = False  # the column sorted by holds numbers
    descending: bool = True
    language: str = field(default="zh")

    @property
    def plain(self) -> bool:
        """Whether it is the whole register, newest first."""
        filtered = self.words or self.states or self.applicant or self.since or self.until or self.answers
        return (
            not filtered
            and self.late_at is None
            and self.sort in ("", "number", "created_at")
            and self.descending
        )


def page(form_code: str, actor: Any, wanted: Wanted, cursor: str, size: int) -> Page:
    """One page of the register."""
    order, kept = _order(wanted), replace(wanted, late_at=FAR if wanted.late_at else None)
    given = {"now": wanted.late_at} if wanted.late_at else {}
    if not cursor:
        rows = db.session.execute(_first(form_code, rights(actor), kept, size), given)
        return order.cut(list(rows), size)
    query = _narrowed(form_code, actor, kept).params(given)
    if wanted.plain and not actor.reads_all:
        query = query.where(Record.id.in_(_nearest(form_code, actor, order, cursor, size + 1)))
    return order.page(query, cursor, size)


@lru_cache(maxsize=2000)
def _first(form_code: str, who: Rights, wanted: Wanted, size: int) -> Query:
    """The first page's statement, built once for the same rights and filters."""
    order, query = _order(wanted), _narrowed(form_code, who.actor, wanted)
    if wanted.plain and not who.actor.reads_all:
        query = query.where(Record.id.in_(_nearest(form_code, who.actor, order, "", size + 1)))
    return order.sorted(query).limit(size + 1)


def every(form_code: str, actor: Any, wanted: Wanted, limit: int) -> Iterator[Any]:
    """All rows up to a limit, read bit by bit."""
    query = _order(wanted).sorted(_narrowed(form_code, actor, wanted)).limit(limit)
    yield from db.session.execute(query.execution_options(yield_per=500))


def count(form_code: str, actor: Any, wanted: Wanted, most: int) -> int:
    """How many rows fit, counted up to `most`."""
    some = _narrowed(form_code, actor, wanted).with_only_columns(Record.id).limit(most).subquery()
    return db.session.scalar(sa.select(sa.func.count()).select_from(some)) or 0


def saved_views(person_id: int, key: str) -> list[Any]:
    """The person's own filters of a register: id, name and query."""
    return list(db.session.execute(_SAVED, {"me": person_id, "key": key}))


_SAVED = (
    sa.select(SavedView.id, SavedView.name, SavedView.query)
    .where(SavedView.person_id == sa.bindparam("me"), SavedView.form_code == sa.bindparam("key"))
    .order_by(SavedView.name)
)


def _nearest(form_code: str, actor: Any, order: Order, cursor: str, size: int) -> Query:
    """Ids of the readable records next to the cursor: each key's nearest from the readers' index, merged.

    So a page costs the same for ten records or a million.
    """
    seen, back = order.read(cursor), cursor.startswith(BACK)
    id = RecordReader.record_id
    parts = []
    for key in actor.keys_for(form_code):
        one = sa.select(id).where(RecordReader.key == key, RecordReader.form_code == form_code)
        if seen is not None:
            one = one.where(id > seen[0] if back else id < seen[0])
        one = one.order_by(id.asc() if back else id.desc()).limit(size)
        parts.append(sa.select(one.subquery().c.record_id))
    return sa.select(sa.union(*parts).subquery().c.record_id)


def _narrowed(form_code: str, actor: Any, wanted: Wanted) -> Query:
    query = (
        sa.select(*COLUMNS)
        .join(Person, Person.id == Record.applicant_id)
        .where(Record.form_code == form_code)
    )
    query = visible_to(query, actor)
    if wanted.states:
        query = query.where(Record.state.in_(wanted.states))
    if wanted.applicant:
        query = query.where(Person.search_key.contains(needle(wanted.applicant), autoescape=True))
    if wanted.since is not None:
        query = query.where(Record.submitted_at >= wanted.since)
    if wanted.until is not None:
        query = query.where(Record.submitted_at < wanted.until)
    if wanted.late_at is not None:
        query = query.where(
            Record.state == "running", Record.due_at < sa.bindparam("now", wanted.late_at, Record.due_at.type)
        )
    for name, answer in wanted.answers:
        answered = cells.shown(name, "zh")
        query = query.where(answered.is_not(None) if answer == ANY else answered == answer)
    for word in wanted.words:
        query = query.where(
            sa.or_(
                Record.number.icontains(word, autoescape=True),
                Record.title.icontains(word, autoescape=True),
                cells.holds(word),
            )
        )
    return query


def _order(wanted: Wanted) -> Order:
    if wanted.sort in ("", "number", "created_at"):
        return Order((Record.id,), (int,), wanted.descending)
    if wanted.sort in SORTS:
        by, kind = SORTS[wanted.sort]
    elif wanted.numeric:
        by, kind = sa.func.coalesce(Record.cells[f"{wanted.sort}#"].as_float(), -1e300), float
    else:
        by, kind = sa.func.coalesce(cells.shown(wanted.sort, wanted.language), ""), str
    return Order((by, Record.id), (kind, int), wanted.descending)
