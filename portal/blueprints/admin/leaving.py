"""Somebody leaves: what is left to do is seen, given to somebody, and the account ends."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.roles import ROLE
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.models import Person
from portal.queries import held, people, rights
from portal.services import leaving
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import LeaveSheet
from portal.web.tasks import shown
from portal.web.transaction import writes


@bp.get("/people/<int:id>/leave")
@open_to("administrators")
def leave_preview(id: int) -> str:
    """What the person leaves behind."""
    return _page(people.person(id), LeaveSheet(person=actor()))


@bp.post("/people/<int:id>/leave")
@open_to("administrators")
@writes
def leave(id: int) -> Answer:
    """Hands the open tasks over and, if asked, ends the account; or shows what the successor may not take."""
    person, form, by = people.person(id), LeaveSheet(request.form, person=actor()), actor()
    if request.form.get("_op") == "preview":
        form.successor.validate(form)
        return _page(person, form)
    stays = request.form.get("_op") == "hand-over"

    def act() -> None:
        named = form.successor.data
        successor = people.person(named.id) if named is not None else None
        do = leaving.hand_over if stays else leaving.retire
        do(person, successor, by=by, reason=form.reason.data, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _page(person, form), 422
    flash(_("任务已转交。") if stays else _("任务已转交，账号已停用。"), "success")
    return redirect(url_for("admin.show_person", id=id), 303)


def _page(person: Person, form: LeaveSheet) -> str:
    named = form.successor.data
    successor = people.person(named.id) if named is not None else None
    tasks = held.tasks_of(person.id)
    return render_template(
        "admin/leave.html",
        one=person,
        form=form,
        errors=errors(form) if form.errors or form.form_errors else [],
        successor=successor,
        tasks=[shown(task) for task in tasks],
        barred={task.id for task in tasks if successor is not None and leaving.is_own_work(task, successor)},
        headed=people.headed(person.id),
        alone=[ROLE[key] for key in rights.roles_held_alone(person, today())],
        own=person.id == actor().id,
    )
