"""One's own password."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request
from flask_login import current_user

from portal.blueprints.auth.room import Answer, address, bp, note_failure
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.i18n import _, _l
from portal.services import guessing, own_keys, passwords, sessions
from portal.services.own_keys import OpenKey, Prepared
from portal.services.passwords import OfDirectory, WrongPassword
from portal.web import own_key
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

WRONG = _l("密码不正确，没有写入。")


@bp.route("/account/password", methods=["GET", "POST"])
@open_to("signed_in")
def password() -> Answer:
    """The page to change one's own password, and changing it; of the directory's, where it is changed."""
    if request.method == "POST":
        return _begin() if actor().person.of_directory else _change_password()
    return _password_page()


def _change_password() -> Answer:
    """Changes one's own password; other sessions end."""
    person, login = actor().person, actor().login
    old, new = request.form.get("old", ""), request.form.get("new", "")
    try:
        guessing.slow_guessing(login, address(), now=now())
        if new != request.form.get("again", ""):
            raise Refusal(_l("两次输入的新密码不一致。"))
        password_hash = passwords.prepare(person, old, new)
    except WrongPassword as refusal:
        note_failure(login, "password_change_failed")
        return _password_page(str(refusal)), refusal.status
    except Refusal as refusal:
        return _password_page(str(refusal)), refusal.status
    opened = own_keys.unlock(person, old)
    _store(password_hash, opened, own_keys.relock(opened, new))
    flash(_("密码已修改，其他设备上的登录已退出。"), "success")
    return redirect("/", 303)


def _begin() -> Answer:
    """Takes the statement of somebody whose password the directory checks, with that password, before anything else."""
    login = actor().login
    try:
        if not actor().person.must_change_password:
            raise OfDirectory
        guessing.slow_guessing(login, address(), now=now())
        if sessions.prove(login, request.form.get("old", "")) is None:
            note_failure(login, "confirmation_failed")
            raise WrongPassword(WRONG)
    except Refusal as refusal:
        return _password_page(str(refusal)), refusal.status
    _give_statement()
    return redirect("/", 303)


@writes
def _give_statement() -> None:
    passwords.give_statement(actor().person, now=now())


@writes
def _store(password_hash: str, opened: OpenKey | None, relocked: Prepared | None) -> None:
    row, person = current_user.row, actor().person
    passwords.store(person, password_hash, by=person.id, now=now(), keep=row, key=relocked)
    own_key.after_password(row, opened if person.own_key_id is not None else None)


def _password_page(problem: str = "") -> str:
    person = actor().person
    return render_template(
        "auth/directory_password.html" if person.of_directory else "auth/password.html",
        forced=person.must_change_password,
        problem=problem,
        page=current_app.config["SETTINGS"].ldap_password_page,
    )
