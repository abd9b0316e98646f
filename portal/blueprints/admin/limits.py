"""Limits of the authority table and tolerances."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.limits import LIMITS, Limit
from portal.domain.refusal import NotFound
from portal.forms.sentences import who
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import history, trail
from portal.services import settings
from portal.web import meanwhile
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import LimitSheet
from portal.web.transaction import writes


@bp.get("/limits")
@open_to("signed_in")
def list_limits() -> str:
    """The authority table: all limits with their values and what they were before; some the person may change."""
    mine = {limit.key for limit in LIMITS if settings.may_change(limit, actor())}
    events = trail.of_kind("limit_changed", "settings", size=100)
    past = {
        limit.key: [(event, who(event)) for event in events if event.facts["key"] == limit.key]
        for limit in LIMITS
    }
    return render_template("admin/limits.html", limits=LIMITS, mine=mine, values=history.limits(), past=past)


@bp.get("/limits/<key>")
@open_to("signed_in")
def limit_sheet(key: str) -> str:
    """The sheet to change a limit."""
    return _page(_mine(key), LimitSheet(person=actor()))


@bp.post("/limits/<key>")
@open_to("writers")
@writes
def change_limit(key: str) -> Answer:
    """Sets a limit, with the reason."""
    limit, form, by = _mine(key), LimitSheet(request.form, person=actor()), actor()

    def act() -> None:
        meanwhile.refuse(settings.STREAM, "limit_changed", key=key)
        settings.change_limit(limit, form.value.data, by=by, reason=form.reason.data, now=now())

    good, _none = attempt(form, act)
    if not good:
        return _page(limit, form), 422
    flash(_("“%(title)s”已更改。", title=limit.title), "success")
    return redirect(url_for("admin.list_limits"), 303)


def _mine(key: str) -> Limit:
    limit = settings.limit(key)
    if not settings.may_change(limit, actor()):
        raise NotFound
    return limit


def _page(limit: Limit, form: LimitSheet) -> str:
    wrong = errors(form) if form.errors or form.form_errors else []
    seen, value = meanwhile.seen(settings.STREAM), history.limits()[f"@{limit.key}"]
    return render_template("admin/limit.html", limit=limit, value=value, form=form, errors=wrong, seen=seen)
