"""Clauses and what runs: which forms, steps, obligations, ledgers and rules name a clause of a document."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.duties import OBLIGATIONS
from portal.forms.ledgers import LEDGERS
from portal.forms.rules import RULES
from portal.lib.clauses import clauses
from portal.lib.i18n import _l

KINDS = {
    "form": _l("表单"),
    "step": _l("步骤"),
    "obligation": _l("义务"),
    "ledger": _l("台帐"),
    "rule": _l("规则"),
}


@dataclass(frozen=True, slots=True)
class Tie:
    """Something that names a clause: its kind, key and title; `form` is the form of a step."""

    kind: str
    key: str
    title: Any
    clause: str
    form: str = ""

    @property
    def is_kept_by_a_record(self) -> bool:
        """Whether it leaves a record: a form does, and the step of one."""
        return self.kind in ("form", "step")


@cache
def ties() -> dict[str, dict[str, list[Tie]]]:
    """Everything that names a clause, by document and id of the clause."""
    found: dict[str, dict[str, list[Tie]]] = {}
    for tie in _every():
        code, _mark, id = tie.clause.partition("#")
        found.setdefault(code, {}).setdefault(id, []).append(tie)
    return found


def of(document_no: str) -> dict[str, list[Tie]]:
    """What names a clause of this document, by id of the clause."""
    return ties().get(document_no, {})


def forms_by_clause(document_no: str) -> dict[str, list[str]]:
    """The codes of the forms that keep a clause of the document by a record, by id of the clause."""
    return {
        id: sorted({tie.form or tie.key for tie in found if tie.is_kept_by_a_record})
        for id, found in of(document_no).items()
    }


def forms_of(document_no: str) -> list[str]:
    """The codes of the forms that the document asks for, by form or step."""
    named = {
        tie.form or tie.key for found in of(document_no).values() for tie in found if tie.is_kept_by_a_record
    }
    return sorted(named)


def lost(document_no: str, text: str) -> list[Tie]:
    """What would name a clause that this text does not have."""
    known = {clause.id for clause in clauses(text)}
    return [tie for id, found in of(document_no).items() if id not in known for tie in found]


def unkept(document_no: str, text: str) -> list[str]:
    """The clauses of this text that must be kept by a record, and no form is bound to, as number and title."""
    kept = {id for id, found in of(document_no).items() if any(tie.is_kept_by_a_record for tie in found)}
    return [f"{one.number} {one.title}" for one in clauses(text) if one.record and one.id not in kept]


def untied(document_no: str, text: str) -> list[str]:
    """What would lose its clause, and which clause would lack its form, in words."""
    missing = _l("%(kind)s %(key)s %(title)s 引用的条款“%(clause)s”不在文中")
    found = [
        str(missing)
        % {
            "kind": KINDS[tie.kind],
            "key": f"{tie.form} {tie.key}".strip(),
            "title": tie.title,
            "clause": tie.clause.partition("#")[2],
        }
        for tie in lost(document_no, text)
    ]
    bare = _l("条款“%(clause)s”要求留下记录，但没有表单")
    return found + [str(bare) % {"clause": clause} for clause in unkept(document_no, text)]


def _every() -> Iterator[Tie]:
    for form in FORMS.values():
        if form.procedure:
            yield Tie("form", form.code, form.name, form.procedure)
        yield from (
            Tie("step", step.key, step.title, step.clause, form.code)
            for step in form.signoff.steps
            if step.clause
        )
    yield from _named("obligation", OBLIGATIONS.values())
    yield from _named("ledger", LEDGERS.values())
    yield from _named("rule", RULES.values())


def _named(kind: str, things: Iterable[Any]) -> Iterator[Tie]:
    return (Tie(kind, one.key, one.title, one.clause) for one in things if one.clause)
