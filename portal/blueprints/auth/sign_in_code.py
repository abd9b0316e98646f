"""The second step of signing in: a code, a recovery code, or the answer of a passkey."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.auth import entering
from portal.blueprints.auth.room import Answer, as_json, bp
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.i18n import _, _l
from portal.services import account_ends, guessing, passkey_proofs, second_factors
from portal.web import factors, passkeys
from portal.web.factors import Given
from portal.web.guard import open_to, safe_target
from portal.web.transaction import writes

WRONG = _l("验证码不正确或已经用过。请输入应用里显示的下一个，或一个没有用过的恢复码。")
OVER = _l("登录没有完成，请重新登录。")


@bp.route("/sign-in/code", methods=["GET", "POST"])
@open_to("everyone")
def sign_in_code() -> Answer:
    """The page that asks for the code, and taking it."""
    owing = entering.half()
    if owing is None:
        flash(OVER, "error")
        return redirect(url_for("auth.sign_in", next=request.values.get("next")), 303)
    return _enter(owing) if request.method == "POST" else _page(owing)


def _enter(owing: entering.Half) -> Answer:
    try:
        account_ends.refuse_ended(owing.person.id, now=now())
        guessing.slow_codes(owing.person.login, now=now())
        given = Given(code=request.form.get("code", ""), passkey=request.form.get(passkeys.ANSWER, ""))
        entered, taken = entering.with_factor(owing, given)
    except Refusal as refusal:
        return _page(owing, str(refusal)), refusal.status
    if entered is None:
        return _page(owing, str(factors.wrong(given) if given.passkey else WRONG)), 401
    entering.remember(entered)
    if taken == second_factors.RECOVERY:
        flash(_("您用掉了一个恢复码。如果手机或通行密钥丢了，请在这里换新。"), "warning")
        return redirect(url_for("auth.second_factor_page"), 303)
    return redirect(safe_target(request.form.get("next")), 303)


@bp.post("/sign-in/code/questions")
@open_to("everyone")
@writes
def ask_at_sign_in() -> Answer:
    """A question to the passkey of whoever has shown the first factor at this browser."""
    owing = entering.half()
    if owing is None:
        return redirect(url_for("auth.sign_in"), 303)
    about = passkeys.about(entering.SIGN_IN, owing.holder)
    return as_json(passkey_proofs.question(owing.person.id, about, now=now()))


def _page(owing: entering.Half, problem: str = "") -> str:
    return render_template(
        "auth/sign_in_code.html",
        has_app=owing.person.second_factor_id is not None,
        has_passkey=bool(owing.person.passkeys) and passkeys.party() is not None,
        problem=problem,
        next=safe_target(request.values.get("next")),
    )
