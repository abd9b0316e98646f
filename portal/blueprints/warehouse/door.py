"""The door of the bookshop: what a payment slip says, at a glance."""

from __future__ import annotations

from decimal import Decimal

from flask import render_template

from portal.blueprints.warehouse.room import bp
from portal.domain.refusal import NotFound
from portal.forms.titles import record_path
from portal.forms.warehouse import shop_parts
from portal.lib.clock import minute
from portal.lib.numbers import money
from portal.queries import door as slips
from portal.queries import prints
from portal.web import posted
from portal.web.guard import actor, open_to


@bp.get("/door")
@open_to("signed_in")
def door(department: str) -> str:
    """A slip by its number, typed or scanned: its books, and whether they may go out."""
    if not shop_parts.may_watch_door(actor()):
        raise NotFound
    typed = prints.scanned(posted.asked("q", 200))
    slip = slips.slip(typed) if typed else None
    return render_template(
        "warehouse/door.html",
        typed=typed,
        slip=slip,
        amounts=[money(Decimal(line["amount"])) for line in slip.books] if slip else [],
        paid=money(slip.paid) if slip else "",
        released=minute(slip.released_at) if slip and slip.released_at else "",
        path=record_path(slips.SLIP, slip.number) if slip else "",
        may_release="security_guard" in actor().roles,
    )
