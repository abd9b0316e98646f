"""Steps that nobody can do, and giving them to somebody."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import held
from portal.services import delegation
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import SuccessorSheet
from portal.web.tasks import shown
from portal.web.transaction import writes


@bp.get("/stuck")
@open_to("administrators")
def list_stuck() -> str:
    """The steps that nobody can do."""
    return render_template("admin/stuck.html", tasks=[shown(task) for task in held.stuck_tasks()])


@bp.get("/tasks/<int:id>/reroute")
@open_to("administrators")
def reroute_sheet(id: int) -> str:
    """The sheet to give a step to somebody else."""
    return _page(id, SuccessorSheet(person=actor()))


@bp.post("/tasks/<int:id>/reroute")
@open_to("administrators")
@writes
def reroute(id: int) -> Answer:
    """Gives a step to somebody else, marked as the administrator's act."""
    task, form, by = held.task(id), SuccessorSheet(request.form, person=actor()), actor()

    def act() -> None:
        delegation.reroute(task.id, by, form.successor.data.id, reason=form.reason.data, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _page(id, form), 422
    flash(_("已改派，对方会收到通知。"), "success")
    return redirect(url_for("admin.list_stuck"), 303)


def _page(id: int, form: SuccessorSheet) -> str:
    wrong = errors(form) if form.errors or form.form_errors else []
    return render_template("admin/reroute.html", task=shown(held.task(id)), form=form, errors=wrong)
