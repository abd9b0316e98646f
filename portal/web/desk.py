"""Drafts, records and forms as the first page lists them."""

from __future__ import annotations

from collections import Counter
from typing import Any

from portal.forms.catalogue import FORMS
from portal.forms.titles import form_title, record_path, register_path, step_title
from portal.forms.words import STATES
from portal.lib.clock import now
from portal.queries.actors import Actor
from portal.web.times import due, short

FORMS_SHOWN = 8


def draft(row: Any, spoken: str) -> dict[str, Any]:
    """A draft as the home page lists it."""
    path = register_path(row.form_code)
    return {
        "key": row.number,
        "form": form_title(row.form_code, spoken),
        "title": row.title,
        "at": short(row.at, now()),
        "new": f"{path}new",
    }


def record(row: Any, spoken: str) -> dict[str, Any]:
    """A record of one's own, or one that is late, as the home page lists it."""
    return {
        "number": row.number,
        "href": record_path(row.form_code, row.number),
        "form": form_title(row.form_code, spoken),
        "title": row.title,
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "step": step_title(row.form_code, row.step, spoken),
        "who": row.who,
        "due": due(row.due_at, now()),
        "at": short(row.at, now()),
    }


def frequent(by: Actor, used: list[str], spoken: str) -> list[tuple[str, str, str]]:
    """Forms that the person starts most, then others that they may start: code, title, address."""
    mine = [code for code, _count in Counter(used).most_common()]
    codes = [
        code
        for code in dict.fromkeys([*mine, *FORMS])
        if code in FORMS and by.may_open(FORMS[code].opened_by)
    ]
    return [(code, form_title(code, spoken), f"{register_path(code)}new") for code in codes[:FORMS_SHOWN]]
