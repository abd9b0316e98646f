"""Titles and addresses by form code, looked up at the speed that lists need."""

from __future__ import annotations

from collections.abc import Mapping
from functools import cache

from portal.forms.catalogue import FORMS
from portal.forms.definition import address, definition


@cache
def form_title(code: str, language: str) -> str:
    """The form's name; its code where the portal does not serve it any more."""
    return str(definition(FORMS[code])["title"][language]) if code in FORMS else code


def step_title(code: str, key: str, language: str) -> str:
    """The title of a step or side entry; its key where the form does not know it any more."""
    return _steps(code, language).get(key, key)


@cache
def register_path(code: str) -> str:
    """The address of the form's register."""
    return address(FORMS[code]) if code in FORMS else "/"


def record_path(code: str, number: str) -> str:
    """The address of a record."""
    return f"{register_path(code)}{number}"


@cache
def is_bulk(code: str, key: str) -> bool:
    """Whether several records may be approved at once at this step: no stage to fill in."""
    steps = FORMS[code].signoff.steps if code in FORMS else ()
    return any(step.key == key and step.bulk and step.fills is None for step in steps)


@cache
def _steps(code: str, language: str) -> Mapping[str, str]:
    if code not in FORMS:
        return {}
    defined = definition(FORMS[code])
    return {one["key"]: one["title"][language] for one in (*defined["steps"], *defined["entries"])}
