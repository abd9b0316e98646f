"""Search: forms, registers, records, customers, projects, people, departments."""

from __future__ import annotations

from typing import Any

from flask import Blueprint, render_template

from portal.domain.projects import KINDS, PROJECT_STATES
from portal.domain.roles import DEPARTMENT
from portal.forms import customer_parts, project_parts
from portal.forms.catalogue import FORMS
from portal.forms.registers import REGISTERS
from portal.forms.titles import form_title, record_path, register_path
from portal.forms.words import STATES
from portal.lib.clock import minute, today
from portal.lib.i18n import language
from portal.queries import customer_search, find, project_search
from portal.queries.actors import Actor
from portal.web import catalogue_index, posted
from portal.web.guard import actor, open_to
from portal.web.navigation import ICONS

bp = Blueprint("find", __name__)
EACH = 20  # results of one kind


@bp.get("/find")
@open_to("signed_in")
def results() -> str:
    """What fits the words, kind by kind."""
    typed, by = posted.asked("q"), actor()
    found: dict[str, list[Any]] = {}
    if typed:
        keys = [key for key in catalogue_index.registers().find(typed) if catalogue_index.may_read(key, by)]
        found = {
            "forms": [_form(code, typed, by) for code in catalogue_index.forms().find(typed)[:EACH]],
            "registers": [REGISTERS[key] for key in keys[:EACH]],
            "records": [_record(row) for row in find.records(typed, by, limit=EACH)],
            "customers": customer_search.first(typed, limit=EACH) if customer_parts.may_see(by) else [],
            "projects": _projects(typed, by),
            "people": find.people(typed, limit=EACH),
            "departments": [_department(key) for key in catalogue_index.departments().find(typed)],
        }
    return render_template("find/results.html", typed=typed, found=found, total=sum(map(len, found.values())))


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


def _record(row: Any) -> dict[str, Any]:
    return {
        "number": row.number,
        "title": row.title,
        "form": form_title(row.form_code, language()),
        "href": record_path(row.form_code, row.number),
        "state": row.state,
        "state_text": STATES.get(row.state, row.state),
        "applicant": row.applicant,
        "at": minute(row.submitted_at),
    }


def _projects(typed: str, by: Actor) -> list[dict[str, Any]]:
    shown = project_parts.kinds_for(by)
    rows = project_search.page(typed, shown, by.id, "", "", today(), "", EACH).rows
    return [
        {
            "code": row.Project.code,
            "name": row.Project.name,
            "customer": row.customer or "",
            "kind": KINDS[row.Project.kind].title,
            "state": PROJECT_STATES[row.Project.state],
            "look": project_parts.LOOKS[row.Project.state],
        }
        for row in rows
    ]


def _department(key: str) -> dict[str, Any]:
    href = f"/{key.replace('_', '-')}/" if key in ICONS else ""
    return {"title": DEPARTMENT[key].title, "href": href, "aliases": DEPARTMENT[key].aliases}
