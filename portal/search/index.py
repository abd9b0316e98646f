"""Writing the index: what something is found by goes in with the write that changes it."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import sqlalchemy as sa

from portal.database import dialect, insert
from portal.extensions import db
from portal.models import SearchEntry
from portal.search import kinds, words

MOST = 50_000  # characters of a text that are looked at
LAST = kinds.ROOM - 1  # the last id that a row may have
_HALF = 16  # signs of either half of a digest


@dataclass(frozen=True, slots=True)
class Entry:
    """Something that is found: by number, title and text, which are shown, and by other texts and words, which are not.

    `row` is the id of the row that it stands for; see `SearchEntry` for the rest.
    """

    kind: str
    row: int
    title: str
    code: str = ""
    body: str = ""
    also: Sequence[str] = ()
    spelt: Sequence[str] = ()
    note: str = ""
    path: str = ""
    sort: str = ""
    state: str = ""
    department: str = ""
    at: datetime | None = None
    readers: Sequence[str] = ()

    @property
    def id(self) -> int:
        """Its id in the index."""
        return kinds.id_of(self.kind, self.row)


def put(entries: Iterable[Entry], *, known: Collection[int] | None = None) -> int:
    """Writes entries, new or changed, and returns how many; what stands in the index as it is costs a look.

    `known` are the ids of those that may be there already, if the caller knows them.
    """
    found = {one.id: one for one in entries}
    there = _digests(found if known is None else [id for id in found if id in known])
    fresh = {id: _digest(one) for id, one in found.items()}
    changed = [id for id, digest in fresh.items() if there.get(id) != digest]
    if not changed:
        return 0
    rows = [_row(found[id], fresh[id]) for id in changed]
    db.session.connection().execute(_upsert(), rows)
    anew = [found[id] for id in changed if there.get(id, "")[:_HALF] != fresh[id][:_HALF]]
    words.store([
        words.row(one.id, _named(one), one.body[:MOST], one.also, one.spelt) for one in anew
    ])  # fmt: skip
    return len(changed)


def renew(kind: str, after: int, upto: int, entries: Iterable[Entry]) -> int:
    """Puts entries in the place of all rows of a kind after one id up to another; returns how many read otherwise."""
    found = list(entries)
    among = SearchEntry.id.between(kinds.id_of(kind, after) + 1, kinds.id_of(kind, upto))
    there = set(db.session.scalars(sa.select(SearchEntry.id).where(among)))
    gone = there - {one.id for one in found}
    for id in gone:
        _clear(id, id)
    return len(gone) + put(found, known=there)


def remove(kind: str, row: int) -> None:
    """Takes something out of the index."""
    clear(kind, row - 1, row)


def clear(kind: str, after: int, upto: int) -> None:
    """Takes the rows of a kind out of the index, those after one id up to another."""
    _clear(kinds.id_of(kind, after) + 1, kinds.id_of(kind, upto))


def _clear(first: int, last: int) -> None:
    words.remove(first, last)
    db.session.execute(sa.delete(SearchEntry).where(SearchEntry.id.between(first, last)))


def _digests(ids: Collection[int]) -> dict[int, str]:
    if not ids:
        return {}
    return dict(db.session.connection().execute(_DIGESTS, {"ids": list(ids)}).all())


_ENTRIES = SearchEntry.__table__.c
_DIGESTS = sa.select(_ENTRIES.id, _ENTRIES.digest).where(_ENTRIES.id.in_(sa.bindparam("ids", expanding=True)))


def _digest(one: Entry) -> str:
    found = (_named(one), one.body[:MOST], *one.also, "", *one.spelt)
    rest = (one.code, one.note, one.path, one.sort, one.state, one.department, str(one.at), *one.readers)
    return _hash(found) + _hash(rest)


def _hash(texts: Iterable[str]) -> str:
    return hashlib.sha256("\0".join(texts).encode("utf-8", "replace")).hexdigest()[:_HALF]


def _named(one: Entry) -> str:
    return f"{one.code} {one.title}" if one.code else one.title


def _row(one: Entry, digest: str) -> dict[str, Any]:
    names = ("id", "kind", "sort", "state", "department", "at", "code", "path", "note", "title")
    readers = "".join(f"|{key}" for key in sorted(one.readers))
    return {name: getattr(one, name) for name in names} | {
        "body": one.body[:MOST],
        "readers": f"{readers}|" if readers else "",
        "digest": digest,
    }


def _upsert() -> Any:
    kind = dialect()
    if kind not in _upserts:
        given = insert(SearchEntry, kind)
        values = {c.name: given.excluded[c.name] for c in SearchEntry.__table__.columns if c.name != "id"}
        _upserts[kind] = given.on_conflict_do_update(index_elements=["id"], set_=values)
    return _upserts[kind]


_upserts: dict[str, Any] = {}
