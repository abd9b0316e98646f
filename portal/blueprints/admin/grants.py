"""Roles granted from-to."""

from __future__ import annotations

from flask import flash, redirect, request, url_for

from portal.blueprints.admin.people import page
from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.models import RoleGrant
from portal.queries import people, rights
from portal.services import roles
from portal.web import posted
from portal.web.attempt import attempt
from portal.web.guard import actor, open_to
from portal.web.sheets import GrantSheet
from portal.web.transaction import writes


@bp.post("/people/<int:id>/grants")
@open_to("administrators")
@writes
def grant_role(id: int) -> Answer:
    """Grants a role to somebody else."""
    person, form, by = people.person(id), GrantSheet(request.form, person=actor()), actor()

    def act() -> RoleGrant:
        days = form.starts_on.data, form.ends_on.data
        return roles.grant(person, form.role.data, *days, by=by, reason=form.reason.data, now=now())

    good, _made = attempt(form, act)
    if not good:
        return page(person, granting=form), 422
    flash(_("角色已授予。"), "success")
    return redirect(url_for("admin.show_person", id=id, _anchor="roles"), 303)


@bp.post("/grants/<int:id>/end")
@open_to("administrators")
@writes
def end_grant(id: int) -> Answer:
    """Takes a role away at once."""
    granted = rights.grant(id)
    roles.end(granted, by=actor(), reason=posted.said("reason", 300), now=now())
    flash(_("角色已收回，立即生效。"), "success")
    return redirect(url_for("admin.show_person", id=granted.person_id, _anchor="roles"), 303)
