"""Open tasks about one thing as its page shows them: what is to be done, by whom, until when."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.forms.titles import form_title, record_path, step_title
from portal.forms.words import holder
from portal.lib.i18n import _
from portal.queries import about
from portal.web.times import Due, due


@dataclass(frozen=True, slots=True)
class Todo:
    """A task: what it asks for, of which form and record, whose it is, when it is due."""

    text: str
    form: str
    number: str
    href: str
    holders: list[str]
    due: Due | None


def todos(rows: list[Any], spoken: str, at: datetime) -> list[Todo]:
    """Rows of `queries.about.tasks` in words."""
    held = about.holders([row.id for row in rows])
    named = [key.partition(":") for keys in held.values() for key in keys]
    people = about.people({int(rest) for kind, _colon, rest in named if kind == "person"})
    return [
        Todo(
            text=_text(row, spoken),
            form=form_title(row.form_code, spoken),
            number=row.number or "",
            href=record_path(row.record_form, row.number) if row.number else "",
            holders=list(dict.fromkeys(holder(key, people) for key in held[row.id])),
            due=due(row.due_at, at),
        )
        for row in rows
    ]


def _text(row: Any, spoken: str) -> str:
    if row.asks:
        return str(row.asks.get(spoken, ""))
    if row.kind == "open":
        return _("填写 %(form)s", form=form_title(row.form_code, spoken))
    if row.kind == "correct":
        return _("更正后重新提交")
    return step_title(row.form_code, row.step, spoken)
