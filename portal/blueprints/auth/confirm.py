"""Giving one's password again, so that signatures of the next minutes need not ask."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import current_app, redirect, render_template, request

from portal.blueprints.auth.room import Answer, bp
from portal.domain.refusal import IdentityNotConfirmed, Refusal
from portal.lib.clock import ZONE, now
from portal.lib.i18n import _l
from portal.services.passwords import WrongPassword
from portal.web import identity
from portal.web.guard import open_to, safe_target

NOT_CONFIRMED = _l("密码不正确。")


@bp.route("/confirm", methods=["GET", "POST"])
@open_to("signed_in")
def confirm() -> Answer:
    """The page to give one's password again, and giving it."""
    return _confirm_identity() if request.method == "POST" else _confirm_page()


def _confirm_identity() -> Answer:
    """Takes the password and the code again: signatures of the next minutes need not ask."""
    asked_by_script = "HX-Request" in request.headers
    try:
        _take()
    except Refusal as refusal:
        if asked_by_script:
            return render_template(
                "errors/message.html", status=refusal.status, text=str(refusal)
            ), refusal.status
        return _confirm_page(str(refusal)), refusal.status
    until = now() + timedelta(minutes=current_app.config["SETTINGS"].signing_window_minutes)
    if asked_by_script:
        return (
            "",
            204,
            {"HX-Trigger": json.dumps({"confirmed": {"until": f"{until.astimezone(ZONE):%H:%M}"}})},
        )
    return redirect(safe_target(request.form.get("next")), 303)


def _take() -> None:
    try:
        identity.take(identity.typed(), kind="confirmation_failed")
    except IdentityNotConfirmed:
        raise WrongPassword(NOT_CONFIRMED) from None


def _confirm_page(problem: str = "") -> str:
    target = safe_target(request.values.get("next"))
    return render_template("auth/confirm.html", problem=problem, next=target)
