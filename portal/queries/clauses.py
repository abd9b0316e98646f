"""The clauses of the texts in force, by the names that forms, steps, obligations, ledgers and rules give them."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clauses import Clause, named
from portal.lib.markdown import contents
from portal.models import Department, DocumentRevision
from portal.queries import revisions


@dataclass(frozen=True, slots=True)
class Text:
    """A text in force with its clauses, whose own words are left out."""

    id: int
    document_no: str
    number: str
    name: str
    name_en: str
    department: str
    clauses: tuple[Clause, ...]

    def title(self, language: str) -> str:
        """The name of the document in a language, in Chinese where it has no other."""
        return self.name_en if language == "en" and self.name_en else self.name


@dataclass(frozen=True, slots=True)
class Heading:
    """A clause of a text in force, as whatever names it says where it stands."""

    text: Text
    clause: Clause

    @property
    def name(self) -> str:
        """What it is named by for good: `PU-P-01#arrival`."""
        return f"{self.text.document_no}#{self.clause.id}"


def in_force(today: date, documents: Collection[str] | None = None) -> list[Text]:
    """The texts in force by number; of these documents, where they are given."""
    query = _texts(today, all_=documents is None)
    given = None if documents is None else {"documents": sorted(documents)}
    return [
        Text(
            one.id, one.document_no, one.number, one.name, one.name_en, one.key, _clauses(one.id, one.sha256)
        )
        for one in db.session.execute(query, given)
    ]


@lru_cache(maxsize=16)
def _texts(today: date, *, all_: bool) -> Any:
    query = (
        revisions.in_force(today)
        .join(Department, Department.id == DocumentRevision.department_id)
        .with_only_columns(*_COLUMNS, Department.key)
    )
    named_ = DocumentRevision.document_no.in_(sa.bindparam("documents", expanding=True))
    return query if all_ else query.where(named_)


def of(clauses: Iterable[str], today: date) -> dict[str, Heading]:
    """Those of these clauses that a text in force has, by name."""
    wanted = {one for one in clauses if "#" in one}
    if not wanted:
        return {}
    texts = {one.document_no: one for one in in_force(today, {one.partition("#")[0] for one in wanted})}
    found = {}
    for name in wanted:
        code, _mark, id = name.partition("#")
        clause = named(texts[code].clauses, id) if code in texts else None
        if clause is not None:
            found[name] = Heading(texts[code], clause)
    return found


_COLUMNS = (
    DocumentRevision.id,
    DocumentRevision.document_no,
    DocumentRevision.number,
    DocumentRevision.name,
    DocumentRevision.name_en,
    DocumentRevision.sha256,
)


@lru_cache(maxsize=1000)
def _clauses(revision_id: int, _sha256: str) -> tuple[Clause, ...]:
    """The headings of a released text, which never changes: read once for each hash."""
    text = db.session.scalars(
        sa.select(DocumentRevision.text).where(DocumentRevision.id == revision_id)
    ).one()
    return tuple(contents(text))
