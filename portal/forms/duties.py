"""Every obligation of the company: those that each department declares beside its forms."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.util import find_spec

from portal.domain.obligations import Obligation, Turn
from portal.domain.roles import DEPARTMENTS, TOP
from portal.forms.catalogue import FORMS
from portal.forms.complete import FormIncomplete
from portal.lib.i18n import _l


def _walk() -> dict[str, Obligation]:
    found: dict[str, Obligation] = {}
    for department in DEPARTMENTS:
        name = f"portal.forms.{department.key}"
        if find_spec(name) is None or find_spec(f"{name}.obligations") is None:
            continue
        for one in importlib.import_module(f"{name}.obligations").OBLIGATIONS:
            problem = _problem(one, found)
            if problem:
                raise FormIncomplete(f"obligation {one.key}: {problem}")
            found[one.key] = one
    last = _every_step(found)
    return {**found, last.key: last}


def _every_step(others: dict[str, Obligation]) -> Obligation:
    """Whatever step no other obligation watches."""
    watched = {(turn.form, turn.step) for one in others.values() for turn in one.turns if turn.step}
    return Obligation(
        "OS-27",
        "",
        TOP,
        _l("每个步骤在期限内办理"),
        _l("任何表单的步骤到期"),
        _l("步骤的办理人"),
        _l("步骤的期限"),
        _l("步骤已签署或退回"),
        "",
        _l("逾期一个工作日告知部门负责人"),
        turns=(Turn("", kinds=("sign",), but=tuple(sorted(watched))),),
        clause="AD-S-01#principles",
    )


def _problem(one: Obligation, found: dict[str, Obligation]) -> str:
    """What is wrong with a declaration; nothing if it is whole."""
    if one.key in found:
        return "declared twice"
    if one.form not in FORMS:
        return f"the form {one.form} is unknown"
    if one.cases is None and not one.turns:
        return "has neither cases nor turns"
    for turn in one.turns:
        if turn.form not in FORMS:
            return f"the form {turn.form} is unknown"
        signoff = FORMS[turn.form].signoff
        keys = {step.key for step in signoff.steps} | {entry.key for entry in signoff.entries}
        if turn.step and turn.step not in keys:
            return f"{turn.form} has no step “{turn.step}”"
    return ""


OBLIGATIONS: dict[str, Obligation] = _walk()


@cache
def offered(key: str | None, kind: str, form: str) -> Obligation | None:
    """The obligation whose task of this kind may be put aside: an offer that it makes, or that an effect has made."""
    if key is not None:
        found = OBLIGATIONS.get(key)
        return found if found is not None and found.again else None
    for one in OBLIGATIONS.values():
        if any(turn.offer and turn.form == form and kind in turn.kinds for turn in one.turns):
            return one
    return None
