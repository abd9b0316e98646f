"""What a person should know: the list behind the bell, and reading it."""

from __future__ import annotations

from flask import Blueprint, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.lib.clock import now
from portal.queries import notices
from portal.services import reading
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.notices import LIST, shown, target
from portal.web.transaction import writes

bp = Blueprint("notices", __name__, url_prefix=LIST)

PAGE = 40


@bp.get("")
@open_to("signed_in")
def list_notices() -> str:
    """The person's notices, newest first: those not read yet, or all."""
    before, everything = posted.asked_id("before"), request.args.get("show") == "all"
    found = notices.page(actor(), limit=PAGE + 1, before=before, only_unread=not everything)
    following = found[PAGE - 1].id if len(found) > PAGE else None
    return render_template(
        "notices/list.html",
        notices=[shown(row) for row in found[:PAGE]],
        everything=everything,
        first=_address(everything) if before else "",
        following=_address(everything, following) if following else "",
    )


@bp.post("/read")
@open_to("signed_in")
@writes
def read_all() -> Response:
    """Marks all notices as read."""
    reading.mark_read(actor(), now=now())
    return redirect(url_for("notices.list_notices"), 303)


@bp.post("/<int:id>/read")
@open_to("signed_in")
@writes
def read(id: int) -> Response:
    """Marks a notice as read and leads to what it speaks of."""
    row = notices.one(actor(), id)
    reading.mark_read(actor(), now=now(), only=row.id)
    return redirect(target(row, actor().id), 303)


def _address(everything: bool, before: int | None = None) -> str:
    return url_for("notices.list_notices", show="all" if everything else None, before=before)
