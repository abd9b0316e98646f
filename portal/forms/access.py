"""Who starts each form, who signs each of its steps and who reads its records, as the form itself says."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from portal.domain.refusal import NotAllowed
from portal.domain.roles import DEPARTMENTS
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import role_words
from portal.lib.i18n import _, _l, language

OR, AND = _l("或"), _l("和")


@dataclass(frozen=True, slots=True)
class Turn:
    """A step and who signs it."""

    title: str
    who: str


@dataclass(frozen=True, slots=True)
class Hands:
    """A form and in whose hands it is; `readers` are those besides who has part in a record."""

    code: str
    title: str
    url: str
    starts: str
    turns: tuple[Turn, ...]
    readers: str


def not_opened(form: type[CompanyForm]) -> NotAllowed:
    """What somebody is told who may not start the form: who may."""
    return NotAllowed(_l("您不能发起这种表单，可以发起的是：%(who)s。"), who=_several(form.opened_by, "any"))


def of_departments() -> list[tuple[Any, list[Hands]]]:
    """Every form, department by department, in the reader's language."""
    found = [
        (one, [_hands(form) for form in FORMS.values() if form.department_key == one.key])
        for one in DEPARTMENTS
    ]
    return [(department, forms) for department, forms in found if forms]


def _hands(form: type[CompanyForm]) -> Hands:
    known, spoken = definition(form), language()
    turns = tuple(
        Turn(step["title"][spoken], _several(step["roles"], step["mode"])) for step in known["steps"]
    )
    starts = _several(form.opened_by, "any")
    return Hands(form.code, known["title"][spoken], known["url"], starts, turns, _readers(form))


def _several(keys: Iterable[str], mode: str) -> str:
    space = " " if language() == "en" else ""
    joint = f"{space}{AND if mode in ('all', 'each') else OR}{space}"
    return joint.join(dict.fromkeys(role_words(key, language()) for key in keys))


def _readers(form: type[CompanyForm]) -> str:
    return _("、").join(role_words(key, language()) for key in form.readers)
