"""Giving one's password again, so that signatures of the next minutes need not ask."""

from __future__ import annotations

import json
from datetime import timedelta

from flask import current_app, redirect, render_template, request
from flask_login import current_user

from portal.blueprints.auth.room import Answer, address, bp, note_failure
from portal.domain.refusal import Refusal
from portal.lib.clock import ZONE, now
from portal.lib.i18n import _l
from portal.queries import account
from portal.services import guessing, own_keys, sessions
from portal.services.own_keys import KeyBroken, OpenKey
from portal.services.passwords import WrongPassword
from portal.web import own_key
from portal.web.guard import actor, open_to, safe_target
from portal.web.transaction import writes

NOT_CONFIRMED = _l("密码不正确。")


@bp.route("/confirm", methods=["GET", "POST"])
@open_to("signed_in")
def confirm() -> Answer:
    """The page to give one's password again, and giving it."""
    return _confirm_identity() if request.method == "POST" else _confirm_page()


def _confirm_identity() -> Answer:
    """Takes the password again: signatures of the next minutes need not ask."""
    login, given = actor().login, request.form.get("password", "")
    asked_by_script = "HX-Request" in request.headers
    try:
        guessing.slow_guessing(login, address(), now=now())
        if not sessions.matches(actor().person.password_hash, given):
            note_failure(login, "confirmation_failed")
            raise WrongPassword(NOT_CONFIRMED)
        opened = own_keys.unlock(actor().person, given)
        if opened is None and actor().person.own_key_id is not None:
            raise KeyBroken
    except Refusal as refusal:
        if asked_by_script:
            return render_template(
                "errors/message.html", status=refusal.status, text=str(refusal)
            ), refusal.status
        return _confirm_page(str(refusal)), refusal.status
    until = now() + timedelta(minutes=current_app.config["SETTINGS"].signing_window_minutes)
    _confirm(opened)
    if asked_by_script:
        return (
            "",
            204,
            {"HX-Trigger": json.dumps({"confirmed": {"until": f"{until.astimezone(ZONE):%H:%M}"}})},
        )
    return redirect(safe_target(request.form.get("next")), 303)


@writes
def _confirm(opened: OpenKey | None) -> None:
    own_key.confirm(account.session(current_user.row.id), opened)


def _confirm_page(problem: str = "") -> str:
    target = safe_target(request.values.get("next"))
    return render_template("auth/confirm.html", problem=problem, next=target)
