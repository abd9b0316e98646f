"""Search: records, documents, customers, projects, items and people by their words; forms, registers and departments by name."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from flask import Blueprint, render_template, request

from portal.domain.roles import DEPARTMENT, DEPARTMENTS
from portal.forms import project_parts, search_groups
from portal.forms.catalogue import FORMS
from portal.forms.registers import REGISTERS
from portal.forms.titles import form_title, register_path
from portal.lib.bigrams import phrases
from portal.lib.clock import typed_day
from portal.lib.i18n import language
from portal.queries import find, prints
from portal.queries.actors import Actor
from portal.web import catalogue_index, find_rows, posted
from portal.web.guard import actor, open_to
from portal.web.navigation import ICONS
from portal.web.reading import reads

bp = Blueprint("find", __name__)
EACH = 20  # forms and registers by name
FIRST = 5  # results of a group among others
SIZE = 20  # results on a page of one group
FILTERS = ("department", "state", "since", "until")


@dataclass(frozen=True)
class Asked:
    """What the address asks for: the text, one group or all, and the filters."""

    q: str
    kind: str
    department: str
    state: str
    since: str
    until: str
    page: int

    def __getitem__(self, name: str) -> str:
        return str(getattr(self, name))

    @property
    def active(self) -> int:
        """How many filters are set."""
        return sum(1 for name in FILTERS if self[name])

    def query(self, **changes: str) -> str:
        """The query string with some changed; the page is the first again unless it is named."""
        names = ("q", "kind", *FILTERS)
        values = {name: self[name] for name in names} | changes
        states = find_rows.states(values["kind"])
        if values["state"] not in states:
            values["state"] = ""
        return "?" + urlencode({name: value for name, value in values.items() if value})


@bp.get("/find")
@open_to("signed_in")
@reads
def results() -> str:
    """What fits the words, group by group, or page by page of one group."""
    asked, by = _asked(), actor()
    words = phrases(asked.q)
    wanted = find.Wanted(words, asked.department, asked.state, typed_day(asked.since), typed_day(asked.until))
    hits = dict(find.others(wanted, search_groups.kinds_for(by), project_parts.kinds_for(by), by))
    hits["record"] = find.records(wanted, by)
    many = SIZE if asked.kind else FIRST
    start = (asked.page - 1) * SIZE if asked.kind else 0
    found = find_rows.groups(hits, words, start, many, asked.kind)
    named = _named(asked.q, by) if asked.q and not (asked.kind or asked.active) else {}
    chosen = next((one for one in found if one.group.key == asked.kind), None)
    last = not chosen or start + SIZE >= chosen.count
    return render_template(
        "find/results.html",
        asked=asked,
        found=found,
        named=named,
        total=sum(one.count for one in found) + sum(map(len, named.values())),
        chosen=chosen,
        departments=[(one.key, one.title) for one in DEPARTMENTS],
        states=list(find_rows.states(asked.kind).items()),
        previous=asked.query(page=str(asked.page - 1)) if asked.page > 1 and chosen else "",
        following="" if last else asked.query(page=str(asked.page + 1)),
    )


def _asked() -> Asked:
    """The address, without what it cannot mean."""
    kind, department, state = (posted.asked(name) for name in ("kind", "department", "state"))
    kind = kind if kind in search_groups.GROUPS else ""
    page = request.args.get("page", 1, type=int)
    return Asked(
        prints.scanned(posted.asked("q", 200))[:80],
        kind,
        department if department in DEPARTMENT else "",
        state if state in find_rows.states(kind) else "",
        str(typed_day(posted.asked("since")) or ""),
        str(typed_day(posted.asked("until")) or ""),
        page if 1 <= page <= find.MOST else 1,
    )


def _named(typed: str, by: Actor) -> dict[str, list[Any]]:
    """Forms, registers and departments by any of their names."""
    keys = [key for key in catalogue_index.registers().find(typed) if catalogue_index.may_read(key, by)]
    return {
        "forms": [_form(code, typed, by) for code in catalogue_index.forms().find(typed)[:EACH]],
        "registers": [REGISTERS[key] for key in keys[:EACH]],
        "departments": [_department(key) for key in catalogue_index.departments().find(typed)],
    }


def _form(code: str, typed: str, by: Actor) -> dict[str, Any]:
    form = FORMS[code]
    return {
        "code": code,
        "title": form_title(code, language()),
        "covers": catalogue_index.covered(code, typed),
        "department": DEPARTMENT[form.department_key].title,
        "href": register_path(code),
        "may_open": by.may_open(form.opened_by),
    }


def _department(key: str) -> dict[str, Any]:
    href = f"/{key.replace('_', '-')}/" if key in ICONS else ""
    return {"title": DEPARTMENT[key].title, "href": href, "aliases": DEPARTMENT[key].aliases}
