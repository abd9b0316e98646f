"""Search over records and people, by words, numbers and pinyin."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.pinyin import needle, spellings
from portal.lib.text import fold
from portal.models import Department, Person, Record
from portal.queries.visible import visible_to


class Index:
    """Names and what they stand for, found by any part of the words, their pinyin or first letters."""

    def __init__(self, named: Mapping[str, Iterable[str]]) -> None:
        self._keys = {key: [spellings(name) for name in names if name] for key, names in named.items()}

    def find(self, typed: str) -> list[str]:
        """Keys with a name that holds everything typed, those that begin with it first."""
        words = [word for word in (needle(part) for part in typed.split()) if word]
        whole = needle(typed)
        if not whole:
            return []
        ranked = []
        for at, (key, names) in enumerate(self._keys.items()):
            fits = [_rank(name, words, whole) for name in names]
            best = min((rank for rank in fits if rank is not None), default=None)
            if best is not None:
                ranked.append((best, at, key))
        return [key for _rank_, _at, key in sorted(ranked)]


def _rank(spelt: str, words: list[str], whole: str) -> int | None:
    if not (whole in spelt or all(word in spelt for word in words)):
        return None
    forms = spelt.split(" ")
    if whole in forms:
        return 0
    return 1 if any(form.startswith(whole) for form in forms) else 2


def people(typed: str, *, limit: int = 20) -> list[Any]:
    """Active people by name, pinyin or number."""
    wanted = needle(typed)
    if not wanted:
        return []
    query = (
        sa.select(
            *(Person.name, Person.number, Person.phone, Person.email),
            *(
                Department.key.label("department"),
                Department.name.label("zh"),
                Department.name_en.label("en"),
            ),
        )
        .join(Department, Department.id == Person.department_id)
        .where(Person.active, Person.search_key.contains(wanted, autoescape=True))
        .order_by(Person.number)
        .limit(limit)
    )
    return list(db.session.execute(query))


def names(typed: str, named: Mapping[str, Iterable[str]]) -> list[str]:
    """Keys of the few things one of whose names holds the text."""
    wanted = fold(typed).strip()
    return [
        key for key, all_names in named.items() if wanted and any(wanted in fold(name) for name in all_names)
    ]
