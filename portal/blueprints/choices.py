"""How a person hears of notices: in the portal always, by mail and by a group's robot as they choose."""

from __future__ import annotations

from flask import Blueprint, current_app, flash, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from portal.domain import robots
from portal.domain.notices import GROUPS, MAIL, ROBOT
from portal.domain.refusal import Refusal
from portal.extensions import db
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import notices
from portal.services import choices
from portal.web.guard import actor, open_to
from portal.web.transaction import writes

bp = Blueprint("choices", __name__, url_prefix="/account/notices")

Answer = Response | str | tuple[str, int]


@bp.get("")
@open_to("signed_in")
def show() -> str:
    """What the person has chosen."""
    return _page()


@bp.post("")
@open_to("signed_in")
@writes
def choose() -> Answer:
    """Keeps what the person chooses; a channel that cannot be chosen now stays as it was."""
    before = notices.choices(actor().id)
    chosen = {
        key: (request.form.get(f"mail-{key}", mail), request.form.get(f"robot-{key}", robot))
        for key, (mail, robot) in before.items()
    }
    choices.choose(chosen, by=actor(), now=now())
    flash(_("通知方式已保存。"), "success")
    return redirect(url_for("choices.show"), 303)


@bp.post("/robot")
@open_to("signed_in")
@writes
def set_robot() -> Answer:
    """Takes the address of the person's robot."""
    try:
        with db.session.begin_nested():
            choices.set_robot(request.form.get("address", "")[:500], by=actor(), now=now())
    except Refusal as refusal:
        return _page(str(refusal)), refusal.status
    flash(_("群机器人已保存。"), "success")
    return redirect(url_for("choices.show"), 303)


@bp.post("/robot/remove")
@open_to("signed_in")
@writes
def remove_robot() -> Response:
    """Forgets the person's robot."""
    choices.remove_robot(by=actor(), now=now())
    flash(_("群机器人已删除。"), "success")
    return redirect(url_for("choices.show"), 303)


def _page(problem: str = "") -> str:
    """The page; of the robot's address it shows the end, of a refused one nothing."""
    settings, by = current_app.config["SETTINGS"], actor()
    kept = notices.robot(by.id)
    return render_template(
        "account/notices.html",
        groups=GROUPS,
        chosen=notices.choices(by.id),
        mail_ways=MAIL,
        robot_ways=ROBOT,
        can_mail=settings.sends_mail,
        can_robot=settings.sends_to_robots,
        email=by.person.email,
        digest_hour=settings.digest_hour,
        robot=robots.read(kept) if kept else None,
        problem=problem,
    )
