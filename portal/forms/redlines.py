"""Two revisions of a document held against each other: their words, and the forms and routes that they bind."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from typing import Any

from portal.domain import documents as life
from portal.forms import bindings, revision_facts
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.structure_words import Told, told
from portal.lib import markdown, redline
from portal.lib.bindings import compare_structures
from portal.lib.clauses import clauses
from portal.lib.hashing import canonical_json
from portal.lib.redline import Change
from portal.models import DocumentRevision
from portal.queries import frozen, revisions


@dataclass(frozen=True, slots=True)
class Redline:
    """What differs: the clauses that are not the same, how many of each kind, the forms and the facts in words.

    `told` is what their authors say of the revisions after the old one, by number.
    """

    old: DocumentRevision
    new: DocumentRevision
    changes: Sequence[Change]
    counts: Mapping[redline.Kind, int]
    forms: Sequence[Told]
    facts: Sequence[str]
    told: Sequence[tuple[str, str]]

    def __bool__(self) -> bool:
        """Whether anything differs."""
        return bool(self.changes or self.forms or self.facts)


def between(old: DocumentRevision, new: DocumentRevision) -> Redline:
    """What differs between two revisions, told in the language of the reader."""
    found = _compared(old.text, new.text)
    structures = compare_structures(bound(old), bound(new))
    return Redline(
        old,
        new,
        [one for one in found if one.kind != "same"],
        redline.summary(found),
        told(structures, _names(old.text) | _names(new.text)),
        revision_facts.changed(old, new),
        list(_told(old, new)),
    )


def _told(old: DocumentRevision, new: DocumentRevision) -> Iterator[tuple[str, str]]:
    first, last = life.order(old.number), life.order(new.number)
    for one in reversed(revisions.of(new.document_no)):
        if one.change and first < life.order(one.number) <= last:
            yield one.number, one.change


def bound(one: DocumentRevision) -> dict[str, dict[str, Any]]:
    """The forms that the clauses bind, {clause: {form: definition}}: as released, or as they run for a draft."""
    known = {clause.id for clause in clauses(one.text)}
    named: Mapping[str, Sequence[str]] = one.bound.get("clauses", {})
    if one.effective_on is None:
        named = bindings.forms_by_clause(one.document_no)
    found = {
        id: {code: made for code in codes if (made := _definition(one, code))}
        for id, codes in named.items()
        if id in known
    }
    return {id: forms for id, forms in found.items() if forms}


def _definition(one: DocumentRevision, code: str) -> dict[str, Any] | None:
    if one.effective_on is not None and (then := frozen.definition(one, code)):
        return then
    return _running(code) if code in FORMS else None


@cache
def _running(code: str) -> dict[str, Any]:
    """The form as it runs, as it would be read back."""
    made: dict[str, Any] = json.loads(canonical_json(definition(FORMS[code])))
    return made


def _names(text: str) -> dict[str, str]:
    return {one.id: f"{one.number} {one.title}" for one in markdown.contents(text)}


@lru_cache(maxsize=8)
def _compared(old: str, new: str) -> tuple[Change, ...]:
    """Compared once: readers of a new revision all ask for the same."""
    return tuple(redline.compare(old, new))
