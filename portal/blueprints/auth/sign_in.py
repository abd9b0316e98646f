"""Signing in and out."""

from __future__ import annotations

from typing import Any

from flask import current_app, redirect, render_template, request, session, url_for
from flask_login import current_user, login_user
from werkzeug.wrappers import Response

from portal.blueprints.auth.room import Answer, address, bp
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.lib.clock import now
from portal.lib.i18n import _l
from portal.queries import people
from portal.services import account_ends, guessing, own_keys, sessions
from portal.services.account_ends import AccountEnded
from portal.services.guessing import TooManyAttempts
from portal.services.own_keys import OpenKey
from portal.services.sessions import Proof
from portal.web import own_key
from portal.web.guard import SignedIn, actor, maybe_actor, open_to, safe_target
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
    return _sign_in_page(request.args.get("login", "")[:100])


def _enter() -> Answer:
    """Signs in. The password is held against its hash before the write begins, so that nobody waits for it."""
    login, password = sessions.plain_login(request.form.get("login", "")), request.form.get("password", "")
    try:
        guessing.slow_guessing(login, address(), now=now())
        proof = sessions.prove(login, password)
        opened = None
        if proof is not None:
            _refuse_ended(proof)
            opened = own_keys.unlock(people.person(proof.person_id), password)
        entered, window = _open(proof, login, opened)
    except (TooManyAttempts, AccountEnded) as refusal:
        return _sign_in_page(login, str(refusal)), refusal.status
    if entered is None:
        return _sign_in_page(login, str(WRONG)), 401
    _remember(entered)
    own_key.keep(window)
    return redirect(safe_target(request.form.get("next")), 303)


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


@writes
def _open(proof: Proof | None, login: str, opened: OpenKey | None) -> tuple[SignedIn | None, str | None]:
    """The new session, with what opens the person's own key in it; none, and a failure noted, if the password did not
    fit."""
    agent = request.headers.get("User-Agent", "")
    token = sessions.admit(proof, address=address(), agent=agent, now=now()) if proof else None
    row = sessions.find(token, now=now(), hours=_hours()) if token else None
    if token is None or row is None:
        guessing.note_failure(login, address(), now=now())
        return None, None
    if current_user.is_authenticated:
        sessions.end(current_user.row, now=now(), by=current_user.row.person_id)
    return SignedIn(token, row), own_key.open_window(row, opened)


def _remember(entered: SignedIn) -> None:
    """A fresh cookie that holds nothing of the time before; the database is not asked again, as the session stands in it."""
    session.clear()
    session.permanent = True
    login_user(entered)


def _hours() -> int:
    hours: int = current_app.config["SETTINGS"].session_hours
    return hours


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


def _sign_in_page(login: str, problem: str = "") -> str:
    demo = current_app.config["SETTINGS"].demo
    facts: dict[str, Any] = {"accounts": people.at_work(), "demo_password": DEMO_PASSWORD} if demo else {}
    target = safe_target(request.values.get("next"))
    return render_template("auth/sign_in.html", login=login, problem=problem, next=target, **facts)
