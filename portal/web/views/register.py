"""The register of a form: list, filters, saved views, export."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from flask import Blueprint, flash, redirect, render_template, request
from markupsafe import Markup
from werkzeug.wrappers import Response

from portal.domain.roles import DEPARTMENT
from portal.forms.base import CompanyForm
from portal.forms.columns import Column
from portal.forms.registers import choices, columns, views_of
from portal.forms.titles import form_title, record_path, register_path, step_title
from portal.forms.words import STATES
from portal.lib.i18n import _, language
from portal.queries import registers
from portal.services import audit
from portal.services import views as saved
from portal.web import export, filters
from portal.web.clock import now, today
from portal.web.guard import actor, open_to
from portal.web.tables import Cell, attributes
from portal.web.times import due, moment
from portal.web.transaction import writes
from portal.web.views.fill import find_form

SIZE = 50


@dataclass(frozen=True, slots=True)
class Line:
    """A row of the register: the record's address and its cells, each with the class of its look."""

    href: str
    late: bool
    cells: list[Cell]


@open_to("signed_in")
def register(department: str, slug: str) -> str:
    """One page of the register."""
    form, by, at = find_form(department, slug), actor(), now()
    asked = filters.read(request.args, filters.chosen(form))
    wanted = filters.of_form(form, asked, at)
    page = registers.page(form.code, by, wanted, request.args.get("after", ""), SIZE)
    spoken = language()
    shown = columns(form.code, spoken)
    shapes = [(column, attributes(column)) for column in shown]
    return render_template(
        "registers/form.html",
        code=form.code,
        title=form_title(form.code, spoken),
        department=DEPARTMENT[department].title,
        room=f"/{department.replace('_', '-')}/",
        base=register_path(form.code),
        columns=shown,
        lines=[_line(row, form.code, shapes, spoken, at) for row in page.rows],
        asked=asked,
        states=STATES,
        choices=[
            (one, _labels(form.code, one.name, spoken)) for one in shown if choices(form.code, one.name)
        ],
        views=[(view.title, view.view.query, view.url) for view in views_of(form)],
        saved=registers.saved_views(by.id, form.code),
        here=asked.query(),
        previous=_address(asked, page.previous),
        following=_address(asked, page.following),
        any=registers.ANY,
        may_open=by.may_open(form.opened_by),
    )


@open_to("signed_in")
@writes
def export_register(department: str, slug: str) -> Response:
    """The filtered rows as a spreadsheet; that it was taken stands in the audit trail."""
    form, by, at = find_form(department, slug), actor(), now()
    format = "csv" if request.form.get("format") == "csv" else "xlsx"
    asked = filters.read(request.args, filters.chosen(form))
    wanted = filters.of_form(form, asked, at)
    rows = registers.count(form.code, by, wanted, export.MOST)
    audit.note(
        "exported",
        at=at,
        by=by.id,
        stream="access",
        address=request.remote_addr or "",
        register=form.code,
        format=format,
        rows=rows,
        filters=dict(asked.values),
    )
    spoken = language()
    shown = columns(form.code, spoken)
    name = f"{form.code}-{form_title(form.code, spoken)}-{today():%Y%m%d}"
    headers = [str(column.title) for column in shown]
    return export.answer(name, format, headers, _cells(form, wanted, shown, spoken))


@open_to("writers")
@writes
def save_view(department: str, slug: str) -> Response:
    """Keeps the filters under a name."""
    form = find_form(department, slug)
    asked = filters.read(request.args, filters.chosen(form))
    view = saved.save(form.code, actor(), request.form.get("name", ""), asked.query())
    flash(_("已保存视图“%(name)s”。", name=view.name), "success")
    return redirect(f"{register_path(form.code)}?{view.query}", 303)


@open_to("writers")
@writes
def delete_view(department: str, slug: str, id: int) -> Response:
    """Deletes one of the person's own views."""
    form = find_form(department, slug)
    saved.delete(id, actor())
    flash(_("已删除视图。"), "success")
    return redirect(register_path(form.code), 303)


def _line(row: Any, code: str, shapes: list[tuple[Column, Markup]], spoken: str, at: datetime) -> Line:
    running = row.state == "running"
    cells = [(shape, *_cell(column, row, code, spoken, at)) for column, shape in shapes]
    return Line(record_path(code, row.number), bool(running and row.due_at and row.due_at < at), cells)


def _cell(column: Column, row: Any, code: str, spoken: str, at: datetime) -> tuple[str, str]:
    match column.name:
        case "number":
            return row.number, "link"
        case "status":
            return str(STATES.get(row.state, row.state)), f"chip chip-{row.state}"
        case "current_step":
            return step_title(code, row.step, spoken) if row.step else "", ""
        case "due_at":
            limit = due(row.due_at, at) if row.state == "running" else None
            return (limit.text, f"chip chip-{limit.state}" if limit.state else "") if limit else ("", "")
        case "applicant":
            return row.applicant, ""
        case "created_at":
            return moment(row.submitted_at), ""
        case "closed_at":
            return moment(row.closed_at), ""
    value = row.cells.get(column.name, "")
    return (value[spoken] if isinstance(value, dict) else str(value)), ""


def _cells(
    form: type[CompanyForm], wanted: registers.Wanted, shown: tuple[Column, ...], spoken: str
) -> Iterator[list[Any]]:
    """The rows for a spreadsheet: numbers as numbers, moments as moments."""
    for row in registers.every(form.code, actor(), wanted, export.MOST):
        yield [_value(column, row, form.code, spoken) for column in shown]


def _value(column: Column, row: Any, code: str, spoken: str) -> Any:
    if column.name in ("due_at", "closed_at", "created_at"):
        at = row.submitted_at if column.name == "created_at" else getattr(row, column.name)
        return Column(column.name, "", "datetime").cell(at, spoken)
    if f"{column.name}#" in row.cells:
        return row.cells[f"{column.name}#"]
    return _cell(column, row, code, spoken, row.submitted_at)[0]


def _labels(code: str, name: str, spoken: str) -> list[tuple[str, str]]:
    return [(value, label[spoken]) for value, label in choices(code, name).items()]


def _address(asked: filters.Filters, cursor: str) -> str:
    return f"?{asked.query(after=cursor)}" if cursor else ""


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    bp.add_url_rule("/<slug>/", "register", register)
    bp.add_url_rule("/<slug>/exports", "export_register", export_register, methods=["POST"])
    bp.add_url_rule("/<slug>/views", "save_view", save_view, methods=["POST"])
    bp.add_url_rule("/<slug>/views/<int(max=2147483647):id>/delete", "delete_view", delete_view, methods=["POST"])
