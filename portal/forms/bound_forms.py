"""The forms that the text of a document binds, as its list of records shows them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from portal.forms import bindings
from portal.forms.catalogue import FORMS
from portal.lib import markdown
from portal.lib.clauses import Clause
from portal.lib.i18n import ngettext


@dataclass(frozen=True, slots=True)
class BoundForm:
    """A form, the clauses that bind it, and for how many years its records are kept."""

    code: str
    clauses: Sequence[Clause]
    years: int


def bound_forms(document_no: str, text: str) -> list[BoundForm]:
    """The forms that name a clause of this text, or a step of theirs does, by code."""
    clauses = {clause.id: clause for clause in markdown.contents(text)}
    found = []
    for code in bindings.forms_of(document_no):
        named = {
            id: clauses[id]
            for id, ties in bindings.of(document_no).items()
            for tie in ties
            if id in clauses and tie.is_kept_by_a_record and (tie.form or tie.key) == code
        }
        found.append(BoundForm(code, list(named.values()), FORMS[code].keep_years))
    return found


def years(count: int) -> str:
    """For how long records are kept, in words."""
    return ngettext("%(num)s 年", "%(num)s 年", count) % {"num": count}
