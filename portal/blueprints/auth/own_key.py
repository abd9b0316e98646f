"""The key that a person signs with: made, renewed and ended by its owner, who gives the password for each."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal.blueprints.auth.room import Answer, address, bp, note_failure
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.i18n import _, _l
from portal.queries import own_keys as known
from portal.services import guessing, own_keys, sessions
from portal.services.own_keys import Prepared
from portal.services.passwords import WrongPassword
from portal.services.sessions import Proof
from portal.web import own_key, posted
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

WRONG = _l("密码不正确，密钥没有改动。")
ENDINGS = {
    "withdrawn": _l("本人停用"),
    "renewed": _l("本人换新"),
    "password_reset": _l("管理员重置密码"),
    "password_changed": _l("修改密码"),
    "retired": _l("账号停用"),
}


@bp.get("/account/key")
@open_to("writers")
def own_key_page() -> str:
    """The key of one's own, and those before it."""
    return _page()


@bp.post("/account/key")
@open_to("writers")
def set_up_own_key() -> Answer:
    """Makes a key, or one in place of the one there is."""
    try:
        _set_up(_prove(), own_keys.prepare(request.form.get("password", "")))
    except Refusal as refusal:
        return _page(str(refusal)), refusal.status
    flash(_("密钥已设置。从现在起，您的签署都附有本人密钥的签名。"), "success")
    return redirect(url_for("auth.own_key_page"), 303)


@bp.post("/account/key/end")
@open_to("writers")
def end_own_key() -> Answer:
    """Ends the key."""
    try:
        _end(_prove())
    except Refusal as refusal:
        return _page(str(refusal)), refusal.status
    flash(_("密钥已停用。以前的签署仍可验证。"), "success")
    return redirect(url_for("auth.own_key_page"), 303)


def _prove() -> Proof:
    """Holds the password of this request against the person's; slow, so before the write.

    Raises:
        TooManyAttempts: guessing is slowed down.
        WrongPassword: it does not fit.
    """
    login = actor().login
    guessing.slow_guessing(login, address(), now=now())
    proof = sessions.prove(login, request.form.get("password", ""))
    if proof is None:
        note_failure(login, "confirmation_failed")
        raise WrongPassword(WRONG)
    return proof


@writes
def _set_up(proof: Proof, prepared: Prepared) -> None:
    opened = own_keys.set_up(prepared, proof, seen=posted.control("seen", 64), now=now())
    own_key.after_password(current_user.row, opened)


@writes
def _end(proof: Proof) -> None:
    own_keys.withdraw(proof, seen=posted.control("seen", 64), now=now())
    own_key.after_password(current_user.row, None)


def _page(problem: str = "") -> str:
    keys = known.of_person(actor().id)
    return render_template(
        "account/own_key.html",
        key=next((one for one in keys if one.ended_at is None), None),
        earlier=[one for one in keys if one.ended_at is not None],
        endings=ENDINGS,
        problem=problem,
    )
