"""Second factors that their owners have lost."""

from __future__ import annotations

from flask import flash, redirect, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import people
from portal.services import factor_resets
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.transaction import writes


@bp.post("/people/<int:id>/second-factor-resets")
@open_to("administrators")
@writes
def reset_second_factor(id: int) -> Answer:
    """Ends a person's second factor, who then must set one up anew."""
    reason = posted.said("reason", 300)
    factor_resets.reset(people.person(id), by=actor(), reason=reason, now=now())
    flash(_("两步验证已重置，本人下次登录时须重新设置。"), "success")
    return redirect(url_for("admin.show_person", id=id), 303)
