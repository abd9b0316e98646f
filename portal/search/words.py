"""The words of the index as each database keeps them: FTS5 in SQLite, a tsvector with GIN in PostgreSQL.

Both find the same. SQLite knows the order of words; PostgreSQL finds what has all of them, and looks a phrase up in the
plain text, which is quicker than positions and has no limit.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from math import isqrt
from typing import Any

import sqlalchemy as sa
from sqlalchemy.dialects.postgresql import TSQUERY

from portal.database import dialect
from portal.extensions import db
from portal.lib.bigrams import Phrase, plain, words
from portal.search.kinds import ROOM

_APART = " · "  # a word that nobody can look for, between words that do not follow each other
_OTHER = (
    "#"  # in PostgreSQL a word of everything but records, which are so many that the others hide among them
)
_AGE = "@"  # in PostgreSQL before the number of the stretch of ids in which a record lies
_STRETCH = 4096  # ids of a stretch
ALL = range(0)  # records of every age
_TITLE = "="  # in PostgreSQL before the words of a title, which stand in the index a second time

TABLE = sa.table(
    "search_words",
    sa.column("rowid", sa.BigInteger),
    sa.column("title"),
    sa.column("body"),
    sa.column("words"),
)
ID = TABLE.c.rowid


def row(id: int, title: str, body: str, also: Sequence[str], spelt: Sequence[str]) -> dict[str, Any]:
    """What is stored of one entry: `also` are texts that find it unseen, `spelt` single words."""
    if dialect() == "sqlite":
        other = [" ".join(words(text)) for text in also]
        return {
            "id": id,
            "title": " ".join(words(title)),
            "body": " ".join(words(body)),
            "also": _APART.join([*other, *spelt]),
        }
    named, said = words(title), [word for text in (body, *also) for word in words(text)]
    mark = [f"{_AGE}{id // _STRETCH}" if id < ROOM else _OTHER]
    lexemes = dict.fromkeys([*mark, *(_TITLE + word for word in named), *named, *said, *spelt])
    return {
        "id": id,
        "title": plain(title),
        "body": "".join(plain(text) for text in (body, *also)),
        "words": " ".join(f"'{word}'" for word in lexemes),
    }


def store(rows: Sequence[dict[str, Any]]) -> None:
    """Writes rows, over those that are there."""
    if rows:
        db.session.connection().execute(_STORE[dialect()], rows)


def remove(first: int, last: int) -> None:
    """Takes the rows with ids from one to another away."""
    statement = sa.text("DELETE FROM search_words WHERE rowid BETWEEN :first AND :last")
    db.session.connection().execute(statement, {"first": first, "last": last})


def tidy() -> None:
    """After much has been written: makes the index quick again."""
    for statement in _TIDY[dialect()]:
        db.session.connection().execute(sa.text(statement))


def newest() -> int:
    """The id of the newest record in the index, and so about how many there are; 0 if there are none."""
    return db.session.scalar(sa.select(sa.func.max(ID)).where(ID < ROOM)) or 0


def ages(phrases: Sequence[Phrase]) -> Iterator[range]:
    """Stretches of the records, to be looked through from the newest, each twice as long as the one before.

    All at once where that is quicker: SQLite finds the newest first by itself, and beginnings of words are slow to
    gather, so once is enough. What is rare in the newest stretches, as many as the root of their number, is sooner
    gathered as a whole than stretch by stretch.
    """
    if dialect() == "sqlite" or any(one.open for one in phrases):
        yield ALL
        return
    upto, many = newest() // _STRETCH + 1, 2
    old = upto - isqrt(upto)
    while upto > old:
        yield range(max(upto - many, 0), upto)
        upto, many = upto - many, many * 2
    if upto > 0:
        yield ALL


def rows_of(
    ids: sa.Select[int] | None, phrases: Sequence[Phrase], *, title: bool
) -> tuple[Any, list[sa.ColumnElement[bool]]]:
    """Where to look for phrases, among all rows or some thousand of these ids: in SQLite in the table with its index,
    narrowed to them (the sum keeps it from asking its index for each by itself).

    PostgreSQL takes their rows from the newest until enough are found, or where a word is rare those of its index. The
    words of a phrase come together much more often than it takes for granted, so that it would gather hundreds of
    thousands from the index to throw most of them away; the offset keeps it from that.
    """
    if ids is None:
        return TABLE, []
    if dialect() == "sqlite":
        return TABLE, [(ID + 0).in_(ids)]
    theirs = ids.distinct().order_by(ids.selected_columns[0].desc()).subquery("theirs")
    id = sa.type_coerce(theirs.c[0], sa.BigInteger).label("rowid")
    rows = sa.select(id, TABLE.c.title, TABLE.c.body, TABLE.c.words).join_from(theirs, TABLE, id == ID)
    if not title and any(len(one.words) > 1 for one in phrases):
        rows = rows.order_by(id.desc()).offset(0)
    return rows.subquery("rows"), []


def fit(
    phrases: Sequence[Phrase], *, title: bool, age: range | None = None, rows: Any = TABLE
) -> list[sa.ColumnElement[bool]]:
    """That all phrases stand in a record of that age, or in something else; each anywhere, or in its title."""
    records = age is not None
    among = rows.c.rowid < ROOM if records else rows.c.rowid >= ROOM
    if dialect() == "sqlite":
        wanted = " AND ".join(map(_fts5, phrases))
        asked = f"title : ({wanted})" if title else wanted
        return [among, sa.literal_column("search_words").op("MATCH")(sa.bindparam(None, asked, sa.Text))]
    asked = " & ".join(_tsquery(one, _TITLE if title else "") for one in phrases)
    if not records and not all(one.open for one in phrases):  # beginnings of words are slow to gather
        asked += f" & '{_OTHER}'"
    if age:
        asked += f" & ({' | '.join(f'{_AGE}{each}' for each in age)})"
    found: list[sa.ColumnElement[bool]] = [among, rows.c.words.op("@@")(sa.cast(asked, TSQUERY))]
    for one in phrases:
        if len(one.words) > 1:
            there = _holds(rows.c.title, one.plain)
            found.append(there if title else sa.or_(there, _holds(rows.c.body, one.plain)))
    return found


def _holds(column: Any, text: str) -> sa.ColumnElement[bool]:
    return sa.func.strpos(column, text) > 0


def _fts5(phrase: Phrase) -> str:
    return f'"{" ".join(phrase.words)}"' + (" *" if phrase.open else "")


def _tsquery(phrase: Phrase, before: str) -> str:
    *others, last = (f"'{before}{word}'" for word in phrase.words)
    return " & ".join([*others, last + (":*" if phrase.open else "")])


_STORE = {
    "sqlite": sa.text(
        "INSERT OR REPLACE INTO search_words (rowid, title, body, also) VALUES (:id, :title, :body, :also)"
    ),
    "postgresql": sa.text(
        "INSERT INTO search_words (rowid, title, body, words) VALUES (:id, :title, :body, CAST(:words AS tsvector))"
        " ON CONFLICT (rowid) DO UPDATE SET title = excluded.title, body = excluded.body, words = excluded.words"
    ),
}
_TIDY = {
    "sqlite": ("INSERT INTO search_words (search_words) VALUES ('optimize')", "ANALYZE search_entries"),
    "postgresql": ("ANALYZE search_words", "ANALYZE search_entries"),
}
