"""One's own second factor: set up, moved to another phone, ended; each time by password and, if there is one, a code."""

from __future__ import annotations

from flask import current_app, flash, redirect, render_template, request, url_for
from flask_login import current_user
from markupsafe import Markup

from portal.blueprints.auth.proving import prove
from portal.blueprints.auth.room import Answer, bp
from portal.domain.refusal import Refusal
from portal.lib import totp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.pdf import codes
from portal.queries import second_factors as known
from portal.services import second_factors, sessions
from portal.web import posted, second_factor
from portal.web.guard import actor, open_to
from portal.web.transaction import writes


@bp.get("/account/second-factor")
@open_to("signed_in")
def second_factor_page() -> str:
    """The second factor of one's own."""
    return factor_page()


@bp.get("/account/second-factor/new")
@open_to("signed_in")
def new_second_factor() -> str:
    """A QR code for the app, and the form that comes back with its first code."""
    secret, locked = second_factors.begin(actor().person)
    return _new_page(secret, locked)


@bp.post("/account/second-factor/new")
@open_to("signed_in")
def set_up_second_factor() -> Answer:
    """Sets the second factor up, or in place of the one there is, and shows the recovery codes, this once."""
    locked = posted.control("locked", 400)
    try:
        secret = second_factors.begun(actor().person, locked)
    except Refusal as refusal:
        return factor_page(str(refusal)), refusal.status
    try:
        second_factors.first_step(secret, request.form.get("new_code", ""), now=now())
        prove()
        made = _set_up(secret)
    except Refusal as refusal:
        return _new_page(secret, locked, str(refusal)), refusal.status
    return render_template("account/recovery_codes.html", codes=made, fresh=True)


@bp.post("/account/second-factor/recovery-codes")
@open_to("signed_in")
def renew_recovery_codes() -> Answer:
    """Makes new recovery codes and shows them, this once."""
    try:
        prove()
        made = _renew_codes()
    except Refusal as refusal:
        return factor_page(str(refusal)), refusal.status
    return render_template("account/recovery_codes.html", codes=made, fresh=False)


@bp.post("/account/second-factor/end")
@open_to("signed_in")
def end_second_factor() -> Answer:
    """Ends the second factor, where none is demanded."""
    try:
        second_factors.refuse_last(actor().person, demanded=second_factor.is_demanded(actor()))
        prove()
        _end()
    except Refusal as refusal:
        return factor_page(str(refusal)), refusal.status
    flash(_("验证器应用已停用。"), "success")
    return redirect(url_for("auth.second_factor_page"), 303)


@writes
def _set_up(secret: str) -> list[str]:
    made = second_factors.set_up(
        actor().id, secret, request.form.get("new_code", ""), seen=posted.number("seen"), now=now()
    )
    sessions.end_all(actor().id, now=now(), by=actor().id, but=current_user.row.id)
    return made


@writes
def _renew_codes() -> list[str]:
    return second_factors.renew_recovery_codes(actor().id, seen=posted.number("seen"), now=now())


@writes
def _end() -> None:
    demanded = second_factor.is_demanded(actor())
    second_factors.withdraw(actor().id, seen=posted.number("seen"), demanded=demanded, now=now())


def factor_page(problem: str = "") -> str:
    """The page of what one has besides the password, with what was wrong."""
    factor = known.current(actor().person.second_factor_id)
    return render_template(
        "account/second_factor.html",
        factor=factor,
        passkeys=known.passkeys(actor().id),
        left=known.recovery_left(actor().id),
        demanded=second_factor.is_demanded(actor()),
        problem=problem,
    )


def _new_page(secret: str, locked: str, problem: str = "") -> str:
    address = totp.address(secret, login=actor().login, issuer=current_app.config["SETTINGS"].company)
    return render_template(
        "account/new_second_factor.html",
        factor=known.current(actor().person.second_factor_id),
        picture=Markup(codes.qr(address, named=_("两步验证的二维码"))),  # nosec B704 -- drawn by portal.pdf.codes, which escapes its text
        secret=" ".join(secret[at : at + 4] for at in range(0, len(secret), 4)),
        locked=locked,
        missing=second_factor.is_missing(actor()),
        problem=problem,
    )
