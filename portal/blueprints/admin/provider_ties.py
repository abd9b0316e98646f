"""Which accounts of the company's provider people sign in by."""

from __future__ import annotations

from flask import flash, redirect, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import people
from portal.services import provider_ties
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.transaction import writes


@bp.post("/people/<int:id>/provider-ties/end")
@open_to("administrators")
@writes
def end_provider_ties(id: int) -> Answer:
    """Unties a person from the account that they have signed in by."""
    reason = posted.said("reason", 300)
    provider_ties.loosen(people.person(id), by=actor(), reason=reason, now=now())
    flash(_("单点登录账号已解除绑定，本人下次用公司账号登录时重新绑定。"), "success")
    return redirect(url_for("admin.show_person", id=id), 303)
