"""Departments: head, English name, other names."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.forms.kinds import Ref
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.models import Department
from portal.queries import people
from portal.services import roles
from portal.web import meanwhile
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import DepartmentSheet
from portal.web.transaction import writes


@bp.get("/departments")
@open_to("administrators")
def list_departments() -> str:
    """The departments with their heads."""
    found = {department.id: members for department, members in people.at_work()}
    return render_template("admin/departments.html", departments=people.departments(), members=found)


@bp.get("/departments/<key>")
@open_to("administrators")
def show_department(key: str) -> str:
    """The sheet of a department."""
    seen, department = meanwhile.seen(roles.STREAM), people.department(key)
    head = Ref(department.head.id, department.head.label) if department.head else None
    names = {"name_en": department.name_en, "aliases": "\n".join(department.aliases)}
    return _page(department, DepartmentSheet(answers={"head": head, **names}, person=actor()), seen)


@bp.post("/departments/<key>")
@open_to("administrators")
@writes
def change_department(key: str) -> Answer:
    """Changes a department."""
    department, form, by = people.department(key), DepartmentSheet(request.form, person=actor()), actor()

    def act() -> None:
        meanwhile.refuse(roles.STREAM, "department_changed", department=key)
        head = people.person(form.head.data.id) if form.head.data is not None else None
        names = (form.name_en.data or "", (form.aliases.data or "").splitlines())
        roles.change_department(department, head, *names, by=by, reason=form.reason.data, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _page(department, form, meanwhile.seen(roles.STREAM)), 422
    flash(_("部门已保存。"), "success")
    return redirect(url_for("admin.list_departments"), 303)


def _page(department: Department, form: DepartmentSheet, seen: int) -> str:
    wrong = errors(form) if form.errors or form.form_errors else []
    return render_template("admin/department.html", department=department, form=form, errors=wrong, seen=seen)
