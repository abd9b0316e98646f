"""The department's front page: its forms by section, registers, charts, what is open and late."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from flask import Blueprint, render_template

from portal.domain.roles import DEPARTMENT, ROLE
from portal.forms import pages
from portal.forms.base import CompanyForm
from portal.forms.catalogue import FORMS
from portal.forms.ledgers import Ledger
from portal.forms.registers import of_department
from portal.forms.sections import SECTIONS
from portal.forms.titles import form_title, record_path, register_path, step_title
from portal.lib.clock import ZONE, now
from portal.lib.i18n import language
from portal.queries import statistics
from portal.queries.actors import Actor
from portal.queries.statistics import FormCounts
from portal.web import charts
from portal.web.guard import actor, open_to
from portal.web.times import due

LATE = 8


@open_to("signed_in")
def front(department: str) -> str:
    """The front page."""
    by, at, spoken = actor(), now(), language()
    forms = [form for form in FORMS.values() if form.department_key == department]
    codes = [form.code for form in forms]
    whole, days = charts.belongs(by, department), charts.period()
    group = charts.group(department)
    figures = statistics.by_form(codes, now=at, since=_month(at), seen_by=None if whole else by)
    registers = [one for one in of_department(department) if not isinstance(one, Ledger) or one.open_to(by)]
    return render_template(
        "departments/front.html",
        department=DEPARTMENT[department],
        whole=whole,
        sections=_sections(forms, by, figures, spoken),
        total=_total(figures),
        pages=pages.of_department(department, by),
        charts=charts.every(charts.asked(by, department, days), days, group),
        chart_groups=charts.groups(department),
        chart_group=group,
        periods=charts.PERIODS,
        period=days,
        late=[_late(row, at, spoken) for row in statistics.late_records(codes, by, now=at, limit=LATE)],
        ledgers=[one for one in registers if isinstance(one, Ledger)],
        views=[one for one in registers if not isinstance(one, Ledger)],
    )


def _sections(
    forms: list[type[CompanyForm]], by: Actor, figures: dict[str, FormCounts], spoken: str
) -> list[tuple[str, str, list[dict[str, Any]]]]:
    """Each section's key and name with its forms, in the order of the sections."""
    found: dict[str, list[dict[str, Any]]] = {}
    for form in sorted(forms, key=lambda form: (list(SECTIONS).index(form.section), form.code)):
        shown = {
            "code": form.code,
            "title": form_title(form.code, spoken),
            "href": register_path(form.code),
            "roles": [str(ROLE[key].title) for key in form.opened_by],
            "may_open": by.may_open(form.opened_by),
            "counts": figures[form.code],
        }
        found.setdefault(form.section, []).append(shown)
    return [(key, str(SECTIONS[key]), rows) for key, rows in found.items()]


def _total(figures: dict[str, FormCounts]) -> FormCounts:
    every = figures.values()
    return FormCounts(
        open=sum(one.open for one in every),
        late=sum(one.late for one in every),
        finished=sum(one.finished for one in every),
        times=[time for one in every for time in one.times],
    )


def _late(row: Any, at: datetime, spoken: str) -> dict[str, Any]:
    return {
        "number": row.number,
        "href": record_path(row.form_code, row.number),
        "form": form_title(row.form_code, spoken),
        "title": row.title,
        "step": step_title(row.form_code, row.step, spoken),
        "due": due(row.due_at, at),
    }


def _month(at: datetime) -> datetime:
    return at.astimezone(ZONE).replace(day=1, hour=0, minute=0, second=0, microsecond=0)


def add_to(bp: Blueprint) -> None:
    """Adds the view to a department's blueprint."""
    bp.add_url_rule("/", "front", front)
