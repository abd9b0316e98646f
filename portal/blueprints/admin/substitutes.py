"""Everybody's substitutes."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.models import Substitution
from portal.queries import people, rights
from portal.services import substitutions
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import SubstituteForSheet
from portal.web.transaction import writes


@bp.get("/substitutes")
@open_to("administrators")
def list_substitutes() -> str:
    """Substitutions now and to come."""
    return _page(SubstituteForSheet(answers={"starts_on": today()}, person=actor()))


@bp.post("/substitutes")
@open_to("administrators")
@writes
def appoint_substitute() -> Answer:
    """Names a substitute for somebody, who is not the administrator."""
    form, by = SubstituteForSheet(request.form, person=actor()), actor()

    def act() -> Substitution:
        pair = people.person(form["person_"].data.id), people.person(form.substitute.data.id)
        days = form.starts_on.data, form.ends_on.data
        forms = form.forms.data or ()
        return substitutions.appoint(*pair, *days, forms, by=by, reason=form.reason.data, now=now())

    good, _made = attempt(form, act)
    if not good:
        return _page(form), 422
    flash(_("代理已设置，双方都会收到通知。"), "success")
    return redirect(url_for("admin.list_substitutes"), 303)


@bp.post("/substitutes/<int:id>/end")
@open_to("administrators")
@writes
def end_substitute(id: int) -> Answer:
    """Ends a substitution at once."""
    substitutions.end(rights.substitution(id), by=actor(), now=now())
    flash(_("代理已结束。"), "success")
    return redirect(url_for("admin.list_substitutes"), 303)


def _page(form: SubstituteForSheet) -> str:
    wrong = errors(form) if form.errors or form.form_errors else []
    found = rights.substitutions(today())
    return render_template(
        "admin/substitutes.html", form=form, errors=wrong, substitutions=found, today=today()
    )
