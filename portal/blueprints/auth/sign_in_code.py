"""The second step of signing in: a code, or a recovery code."""

from __future__ import annotations

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.auth import entering
from portal.blueprints.auth.room import Answer, bp
from portal.domain.refusal import Refusal
from portal.lib.clock import now
from portal.lib.i18n import _, _l
from portal.services import account_ends, guessing, second_factors
from portal.web.guard import open_to, safe_target

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
    return _enter(owing) if request.method == "POST" else _page()


def _enter(owing: entering.Half) -> Answer:
    try:
        account_ends.refuse_ended(owing.person.id, now=now())
        guessing.slow_codes(owing.person.login, now=now())
        entered, taken = entering.with_code(owing, request.form.get("code", ""))
    except Refusal as refusal:
        return _page(str(refusal)), refusal.status
    if entered is None:
        return _page(str(WRONG)), 401
    entering.remember(entered)
    if taken == second_factors.RECOVERY:
        flash(_("您用掉了一个恢复码。如果手机丢了，请在这里换到新手机上。"), "warning")
        return redirect(url_for("auth.second_factor_page"), 303)
    return redirect(safe_target(request.form.get("next")), 303)


def _page(problem: str = "") -> str:
    target = safe_target(request.values.get("next"))
    return render_template("auth/sign_in_code.html", problem=problem, next=target)
