"""Trying an act with a filled sheet: what the rules refuse is shown on the sheet, nothing is written."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from portal.domain.refusal import NotFound, Refusal
from portal.extensions import db
from portal.forms.base import Sheet

Result = TypeVar("Result")


def attempt(form: Sheet, act: Callable[[], Result]) -> tuple[bool, Result | None]:
    """Whether the sheet is good and the act was allowed, and what the act gave.

    Raises:
        NotFound: the act is about something that is not there for this person.
    """
    if not form.validate():
        return False, None
    try:
        with db.session.begin_nested():
            return True, act()
    except NotFound:
        raise
    except Refusal as refusal:
        form.form_errors.append(str(refusal))
        return False, None
