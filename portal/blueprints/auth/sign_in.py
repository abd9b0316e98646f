"""Signing in and out."""

from __future__ import annotations

from functools import partial
from typing import Any

from flask import current_app, redirect, render_template, request, session, url_for
from flask_login import current_user
from werkzeug.wrappers import Response

from portal.blueprints.auth import entering
from portal.blueprints.auth.room import Answer, address, bp
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.queries import people
from portal.services import account_ends, guessing, own_keys, sessions
from portal.services.account_ends import AccountEnded
from portal.services.directory import DirectoryAway
from portal.services.guessing import TooManyAttempts
from portal.services.sessions import Proof
from portal.web import again, own_key
from portal.web.guard import actor, maybe_actor, open_to, safe_target
from portal.web.transaction import writes

WRONG = _l("登录名或密码不正确。")


@bp.route("/sign-in", methods=["GET", "POST"])
@open_to("everyone")
def sign_in() -> Answer:
    """The sign-in page, and signing in."""
    if request.method == "POST":
        return _enter()
    if maybe_actor() is not None:
        return redirect(safe_target(request.args.get("next")), 303)
    return sign_in_page(request.args.get("login", "")[:100])


def _enter() -> Answer:
    """Signs in. The password is held against its hash before the write begins, so that nobody waits for it."""
    login, password = sessions.plain_login(request.form.get("login", "")), request.form.get("password", "")
    try:
        guessing.slow_guessing(login, address(), now=now())
        proof = sessions.prove(login, password)
        opened = None
        if proof is not None:
            again.once("ended", partial(_refuse_ended, proof))
            opened = own_keys.unlock(people.person(proof.person_id), password)
        if proof is not None and _has_second_factor(proof) and entering.renewed(proof):
            entering.owe_code(proof, sessions.PASSWORD)
            target = safe_target(request.form.get("next"))
            return redirect(url_for("auth.sign_in_code", next=target if target != "/" else None), 303)
        entered, window = entering.by_password(proof, login, opened)
    except (TooManyAttempts, AccountEnded, DirectoryAway) as refusal:
        return sign_in_page(login, str(refusal)), refusal.status
    if entered is None:
        return sign_in_page(login, str(WRONG)), 401
    entering.remember(entered)
    own_key.keep(window)
    return redirect(safe_target(request.form.get("next")), 303)


def _has_second_factor(proof: Proof) -> bool:
    return people.person(proof.person_id).has_second_factor


def _refuse_ended(proof: Proof) -> None:
    """Says why to the owner of an account that is over; strangers, who have no password, do not learn of it.

    Raises:
        AccountEnded: it is over.
    """
    try:
        account_ends.refuse_ended(proof.person_id, now=now())
    except AccountEnded:
        with transaction(aside=True):
            account_ends.note_refused(proof.person_id, address=address(), now=now())
        raise


@bp.post("/sign-out")
@open_to("signed_in")
@writes
def sign_out() -> Response:
    """Ends the session here and on the server; the browser forgets its pages."""
    sessions.end(current_user.row, now=now(), by=actor().id)
    session.clear()
    answer = redirect(url_for("auth.sign_in"), 303)
    answer.headers["Clear-Site-Data"] = '"cache", "storage"'
    return answer


def sign_in_page(login: str, problem: str = "") -> str:
    """The page, with a login typed before and what was wrong."""
    settings = current_app.config["SETTINGS"]
    facts: dict[str, Any] = (
        {"accounts": people.at_work(), "demo_password": DEMO_PASSWORD} if settings.demo else {}
    )
    target = safe_target(request.values.get("next"))
    return render_template(
        "auth/sign_in.html",
        login=login,
        problem=problem,
        next=target,
        provider=settings.provider,
        directory=settings.directory,
        **facts,
    )
