"""What administrators look after, at a glance."""

from __future__ import annotations

from flask import current_app, render_template

from portal.blueprints.admin.room import bp
from portal.domain.limits import LIMITS
from portal.domain.roles import ROLE
from portal.lib.clock import now, today
from portal.queries import calendar, outbox, people, rights
from portal.services import sealing
from portal.web.guard import open_to


@bp.get("/")
@open_to("administrators")
def overview() -> str:
    """Counts, and what wants attention."""
    hours = current_app.config["SETTINGS"].session_hours
    year = today().year
    known = calendar.current()
    seal, seal_until = sealing.trouble(now())
    return render_template(
        "admin/overview.html",
        counts=people.counts(today(), now(), hours),
        limits=len(LIMITS),
        unsent=outbox.counts()[0],
        seal=seal,
        seal_until=seal_until,
        unconfirmed=[one for one in (year, year + 1) if not known.confirmed(one)],
        this_year=year,
        headless=[one for one in people.departments() if one.head is None or not one.head.active],
        unheld=[ROLE[key] for key in rights.roles_without_holder(today())],
    )
