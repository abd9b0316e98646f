"""Who is signed in, and signing them out."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import account, people
from portal.services import sessions
from portal.web.guard import actor, open_to, safe_target
from portal.web.transaction import writes


@bp.get("/sessions")
@open_to("administrators")
def list_sessions() -> str:
    """The open sessions."""
    hours = current_app.config["SETTINGS"].session_hours
    return render_template(
        "admin/sessions.html", sessions=account.sessions(now(), hours), here=current_user.row.id
    )


@bp.post("/sessions/<int:id>/end")
@open_to("administrators")
@writes
def end_session(id: int) -> Answer:
    """Signs one browser out."""
    sessions.end(account.session(id), now=now(), by=actor().id)
    flash(_("该登录会话已结束。"), "success")
    return redirect(safe_target(request.form.get("next") or url_for("admin.list_sessions")), 303)


@bp.post("/people/<int:id>/sign-outs")
@open_to("administrators")
@writes
def sign_person_out(id: int) -> Answer:
    """Signs a person out everywhere."""
    sessions.end_all(people.person(id).id, now=now(), by=actor().id)
    flash(_("该人员的全部登录会话已结束。"), "success")
    return redirect(url_for("admin.show_person", id=id), 303)
