"""The last day of an auditor's account."""

from __future__ import annotations

from flask import flash, redirect, request, url_for

from portal.blueprints.admin.people import page
from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import people
from portal.services import account_ends
from portal.web import meanwhile
from portal.web.attempt import attempt
from portal.web.guard import actor, open_to
from portal.web.sheets import AccountEndSheet
from portal.web.transaction import writes


@bp.post("/people/<int:id>/last-day")
@open_to("administrators")
@writes
def set_last_day(id: int) -> Answer:
    """Says from when on nobody gets in with the account any more."""
    person, form, by = people.person(id), AccountEndSheet(request.form, person=actor()), actor()

    def act() -> None:
        meanwhile.refuse(account_ends.STREAM, "account_end_set", person=id)
        last, reason = form.last_day.data, form.last_day_reason.data
        account_ends.set_last_day(person, last, by=by, reason=reason, now=now())

    good, _none = attempt(form, act)
    if not good:
        return page(person, ending=form), 422
    flash(_("账号截止日期已保存。"), "success")
    return redirect(url_for("admin.show_person", id=id, _anchor="last-day"), 303)
