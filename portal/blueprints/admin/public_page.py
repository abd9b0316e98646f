"""The page for people from outside: open or shut."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.domain.public_requests import PER_ADDRESS, PER_DAY
from portal.forms.sentences import sentence, who
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import public_requests, trail
from portal.services import settings
from portal.web.attempt import attempt
from portal.web.form_errors import errors
from portal.web.guard import actor, open_to
from portal.web.sheets import ReasonSheet
from portal.web.transaction import writes


@bp.get("/public-page")
@open_to("administrators")
def show_public_page() -> str:
    """Whether it is open, how much has come, and who has switched it."""
    return _page(ReasonSheet(person=actor()))


@bp.post("/public-page")
@open_to("administrators")
@writes
def switch_public_page() -> Answer:
    """Opens or shuts it, with the reason."""
    form, by, on = ReasonSheet(request.form, person=actor()), actor(), request.form.get("on") == "yes"
    good, _none = attempt(
        form, lambda: settings.switch_public_page(on, by=by, reason=form.reason.data, now=now())
    )
    if not good:
        return _page(form), 422
    flash(_("对外受理页面已打开。") if on else _("对外受理页面已关闭。"), "success")
    return redirect(url_for("admin.show_public_page"), 303)


def _page(form: ReasonSheet) -> str:
    base = current_app.config["SETTINGS"].public_url or request.host_url
    events = trail.of_kind("public_page_switched", "settings", size=20)
    return render_template(
        "admin/public_page.html",
        on=public_requests.is_open(),
        today=public_requests.sent_within_a_day(now()),
        per_day=PER_DAY,
        per_address=PER_ADDRESS,
        address=base.rstrip("/") + url_for("public.write"),
        past=[(event, who(event), sentence(event)) for event in events],
        form=form,
        errors=errors(form) if form.errors or form.form_errors else [],
    )
