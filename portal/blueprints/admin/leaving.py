"""Somebody leaves: what they hold is seen, what is left to do is given to others, and the account ends."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.roles import ROLE
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.models import Person, Task
from portal.queries import account, document_copies, held, own_keys, people, rights
from portal.services import leaving
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import TASK, LeaveSheet, leave_sheet
from portal.web.tasks import shown
from portal.web.transaction import writes


@bp.get("/people/<int:id>/leave")
@open_to("administrators")
def leave_preview(id: int) -> str:
    """What the person leaves behind."""
    person = people.person(id)
    return _page(person, _sheet(person))


@bp.post("/people/<int:id>/leave")
@open_to("administrators")
@writes
def leave(id: int) -> Answer:
    """Hands the open tasks over and, if asked, ends the account; or shows what the successor may not take."""
    person, by = people.person(id), actor()
    form = _sheet(person)
    if request.form.get("_op") == "preview":
        for field in form:
            if field.name != "reason":
                field.validate(form)
        return _page(person, form)
    stays = request.form.get("_op") == "hand-over"

    def act() -> None:
        do = leaving.hand_over if stays else leaving.retire
        chosen = _chosen(form)
        do(person, _named(form, "successor"), chosen=chosen, by=by, reason=form.reason.data, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _page(person, form), 422
    flash(_("任务已转交。") if stays else _("任务已转交，账号已停用。"), "success")
    return redirect(url_for("admin.show_person", id=id), 303)


def _sheet(person: Person) -> LeaveSheet:
    tasks = [shown(task) for task in held.tasks_of(person.id)]
    titles = {task.id: " · ".join(filter(None, (task.number or task.form, task.step))) for task in tasks}
    posted = request.form if request.method == "POST" else None
    return leave_sheet(titles)(posted, person=actor())


def _named(form: LeaveSheet, name: str) -> Person | None:
    ref = form[name].data
    return people.person(ref.id) if ref is not None else None


def _chosen(form: LeaveSheet) -> dict[int, Person]:
    """Who takes a task that the successor does not."""
    named = {field.name: _named(form, field.name) for field in form if field.name.startswith(TASK)}
    return {int(name.removeprefix(TASK)): taker for name, taker in named.items() if taker is not None}


def _page(person: Person, form: LeaveSheet) -> str:
    successor, chosen, tasks = _named(form, "successor"), _chosen(form), held.tasks_of(person.id)
    takers = {task.id: chosen.get(task.id, successor) for task in tasks}
    hours, keys = current_app.config["SETTINGS"].session_hours, own_keys.of_person(person.id)
    return render_template(
        "admin/leave.html",
        one=person,
        form=form,
        errors=errors(form) if form.errors or form.form_errors else [],
        tasks=[shown(task) for task in tasks],
        takers=takers,
        others=[field for field in form if field.name.startswith(TASK)],
        barred={task.id for task in tasks if _is_barred(task, takers[task.id])},
        headed=people.headed(person.id),
        alone=[ROLE[key] for key in rights.roles_held_alone(person, today())],
        roles=[grant for grant in person.grants if grant.ends_on is None or grant.ends_on >= today()],
        substitutions=rights.substitutions(today(), either=person.id),
        drafts=held.drafts_of(person.id),
        started=held.started_by(person.id),
        copies=document_copies.held_by(person.number),
        key=next((one for one in keys if one.ended_at is None), None),
        sessions=account.sessions(now(), hours, person_id=person.id),
        own=person.id == actor().id,
    )


def _is_barred(task: Task, taker: Person | None) -> bool:
    return taker is not None and leaving.is_own_work(task, taker)
