"""Passkeys of one's own: asked, made and removed; to make or remove one takes what signing takes."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user

from portal.blueprints.auth.proving import prove
from portal.blueprints.auth.room import Answer, as_json, bp
from portal.blueprints.auth.second_factor import factor_page
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.services import passkey_proofs, sessions
from portal.services import passkeys as acts
from portal.services.passkey_questions import About
from portal.web import passkeys, posted, second_factor
from portal.web.guard import actor, open_to
from portal.web.transaction import writes


@bp.post("/account/passkeys/questions")
@open_to("signed_in")
@writes
def ask_passkey() -> Answer:
    """A question to the person's passkeys about the act that the form on the page will be."""
    about = passkeys.about(passkeys.act_of_page())
    return as_json(passkey_proofs.question(actor().id, about, now=now()))


@bp.post("/account/passkeys/new")
@open_to("signed_in")
def new_passkey() -> Answer:
    """Takes the proofs; the page that comes then lets the device make a passkey, once, within minutes."""
    try:
        about = passkeys.about(passkeys.MAKING)
        prove()
        options = _options(about)
    except Refusal as refusal:
        return factor_page(str(refusal)), refusal.status
    return render_template(
        "account/new_passkey.html",
        options=options,
        name=posted.control("name", acts.LONGEST_NAME),
        missing=second_factor.is_missing(actor()),
    )


@bp.post("/account/passkeys")
@open_to("signed_in")
def add_passkey() -> Answer:
    """Keeps what the device has made; shows recovery codes, this once, if it is the first second factor."""
    try:
        codes = _register()
    except Refusal as refusal:
        return factor_page(str(refusal)), refusal.status
    if codes:
        return render_template("account/recovery_codes.html", codes=codes, fresh=True)
    flash(_("通行密钥已添加。"), "success")
    return redirect(url_for("auth.second_factor_page"), 303)


@bp.post("/account/passkeys/<int:id>/end")
@open_to("signed_in")
def end_passkey(id: int) -> Answer:
    """Removes a passkey, where none is demanded or another factor is left."""
    acts.own(actor().id, id)
    try:
        prove()
        _remove(id)
    except Refusal as refusal:
        return factor_page(str(refusal)), refusal.status
    flash(_("通行密钥已移除。"), "success")
    return redirect(url_for("auth.second_factor_page"), 303)


@writes
def _options(about: About) -> str:
    company = current_app.config["SETTINGS"].company
    return acts.to_make(actor().person, about, company=company, now=now())


@writes
def _register() -> list[str]:
    about = passkeys.about(passkeys.MAKING)
    said, name = request.form.get("_made", ""), posted.control("name", acts.LONGEST_NAME)
    codes = acts.register(actor().id, said, about, name=name, now=now())
    if codes:
        sessions.end_all(actor().id, now=now(), by=actor().id, but=current_user.row.id)
    return codes


@writes
def _remove(id: int) -> None:
    acts.remove(actor().id, id, demanded=second_factor.is_demanded(actor()), now=now())
