"""The register of a form: list, filters, saved views, export."""

from __future__ import annotations

from flask import Blueprint, flash, redirect, render_template, request
from werkzeug.wrappers import Response

from portal.domain.roles import DEPARTMENT
from portal.forms.registers import choices, columns, views_of
from portal.forms.titles import form_title, register_path
from portal.forms.words import STATES
from portal.lib.clock import now, today
from portal.lib.i18n import _, language
from portal.queries import registers
from portal.services import audit, blank_prints, document_prints, print_turns
from portal.services import views as saved
from portal.web import clauses, export, filters, register_rows
from portal.web.guard import actor, open_to
from portal.web.headers import name_file
from portal.web.reading import reads
from portal.web.tables import attributes
from portal.web.transaction import writes
from portal.web.views.fill import find_form

SIZE = 50


@open_to("signed_in")
@reads
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
        clause=clauses.basis(form.procedure),
        department=DEPARTMENT[department].title,
        room=f"/{department.replace('_', '-')}/",
        base=register_path(form.code),
        columns=shown,
        lines=[register_rows.line(row, form.code, shapes, spoken, at) for row in page.rows],
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
    return export.answer(name, format, headers, register_rows.cells(form, wanted, shown, spoken))


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


@open_to("signed_in")
def blank(department: str, slug: str) -> Response:
    """The form to be filled in by hand, for days without the portal."""
    form, by = find_form(department, slug), actor()
    with print_turns.turn(by.id):
        printed = document_prints.printed(by, now())
        laid_down = clauses.basis(form.procedure)
        data = blank_prints.make(
            form, language(), printed=printed, laid_down=laid_down.label if laid_down else ""
        )
    answer = Response(data, mimetype="application/pdf")
    name_file(answer, f"{form.code}.pdf", shown=True)
    return answer


def _labels(code: str, name: str, spoken: str) -> list[tuple[str, str]]:
    return [(value, label[spoken]) for value, label in choices(code, name).items()]


def _address(asked: filters.Filters, cursor: str) -> str:
    return f"?{asked.query(after=cursor)}" if cursor else ""


def add_to(bp: Blueprint) -> None:
    """Adds the views to a department's blueprint."""
    bp.add_url_rule("/<slug>/", "register", register)
    bp.add_url_rule("/<slug>/blank.pdf", "blank", blank)
    bp.add_url_rule("/<slug>/exports", "export_register", export_register, methods=["POST"])
    bp.add_url_rule("/<slug>/views", "save_view", save_view, methods=["POST"])
    bp.add_url_rule("/<slug>/views/<int:id>/delete", "delete_view", delete_view, methods=["POST"])
