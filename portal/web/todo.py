"""A task as a line of somebody's list: what it is, where it leads, how urgent it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from portal.domain.obligations import Missing
from portal.domain.roles import ROLE
from portal.forms.duties import offered
from portal.forms.titles import form_title, is_bulk, record_path, register_path, step_title
from portal.lib.i18n import _, _l
from portal.queries import history
from portal.queries.actors import Actor
from portal.web.summaries import summary
from portal.web.times import Due, due, short

BADGES = {
    "added": _l("加签"),
    "advice": _l("征求意见"),
    "entry": _l("补充登记"),
    "open": _l("待填写"),
    "correct": _l("待更正"),
    "ask": _l("待办"),
}


@dataclass(frozen=True, slots=True)
class Todo:
    """One line of the list."""

    id: int
    kind: str
    form: str
    text: str
    number: str
    title: str
    applicant: str
    href: str
    since: str
    due: Due | None
    badge: str
    lender: str
    outside: str
    bulk: bool
    seen: str
    offer: bool  # may be put aside
    summary: list[tuple[str, str]]


def todo(row: Any, actor: Actor, lenders: Mapping[int, str], now: datetime, language: str) -> Todo:
    """The line of a task read by `queries.inbox.tasks`."""
    bulk = row.kind in ("sign", "added") and not row.outside and is_bulk(row.form_code, row.step)
    return Todo(
        id=row.id,
        kind=row.kind,
        form=form_title(row.form_code, language),
        text=_text(row, language),
        number=row.number or "",
        title=row.draft_title or row.title or "",
        applicant=row.applicant or "",
        href=_href(row),
        since=short(row.created_at, now),
        due=due(row.due_at, now),
        badge=str(BADGES.get(row.kind, "")),
        lender=_lender(row, actor, lenders),
        outside=str(ROLE[row.outside].title) if row.outside in ROLE else "",
        bulk=bulk,
        offer=offered(row.obligation, row.kind, row.form_code) is not None,
        seen=history.standing(row.version, row.signed) if bulk else "",
        summary=summary(row.cells, row.title, row.form_code, language) if bulk else [],
    )


def _text(row: Any, language: str) -> str:
    if row.asks:
        return str(row.asks[language])
    if row.kind == "open":
        return _("填写并提交备好的草稿")
    if row.kind == "correct":
        return _("更正后重新提交：%(reason)s", reason=row.note) if row.note else _("更正后重新提交")
    title = step_title(row.form_code, row.step, language)
    if row.kind == "entry":
        return _("%(entry)s（缺 %(days)d 天）", entry=title, days=Missing.read(row.note).days)
    return title


def _href(row: Any) -> str:
    if row.kind == "open" and row.draft:
        return f"{register_path(row.form_code)}new?draft={row.draft}"
    if row.kind == "correct":
        return f"{record_path(row.record_form, row.number)}/correct"
    return record_path(row.record_form, row.number)


def _lender(row: Any, actor: Actor, lenders: Mapping[int, str]) -> str:
    """Whose task it is when only a substitution brings it here."""
    keys = set((row.held_by or "").split())
    able = [one for one in actor.authorities if one.key in keys and one.covers(row.form_code)]
    if not able or any(one.lender is None for one in able):
        return ""
    return lenders.get(able[0].lender or 0, "")
