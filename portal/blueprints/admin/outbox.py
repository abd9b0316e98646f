"""What the portal has still to do after a commit, and what of it has failed: trying again, giving up."""

from __future__ import annotations

from flask import flash, redirect, render_template, url_for

from portal.blueprints.admin.room import Answer, bp
from portal.lib.clock import now
from portal.lib.i18n import _
from portal.queries import outbox as rows
from portal.services import outbox
from portal.web import posted
from portal.web.guard import actor, open_to
from portal.web.outbox_words import shown
from portal.web.transaction import writes

STOPPED, WAITING = 100, 50


@bp.get("/outbox")
@open_to("administrators")
def show_outbox() -> str:
    """What has stopped, and what waits."""
    counts = rows.counts()
    return render_template(
        "admin/outbox.html",
        stopped=shown(rows.stopped(limit=STOPPED)),
        waiting=shown(rows.waiting(limit=WAITING)),
        counts=counts,
    )


@bp.post("/outbox/retry")
@open_to("administrators")
@writes
def retry_all() -> Answer:
    """Lets everything that has stopped be tried again."""
    count = outbox.try_all_again(by=actor(), now=now())
    flash(_("%(count)d 件待发件马上重新发送。", count=count), "success")
    return redirect(url_for("admin.show_outbox"), 303)


@bp.post("/outbox/<int:id>/retry")
@open_to("administrators")
@writes
def retry(id: int) -> Answer:
    """Lets one that has failed be tried now."""
    outbox.try_again(id, by=actor(), now=now())
    flash(_("马上重新发送，请稍后刷新页面查看结果。"), "success")
    return redirect(url_for("admin.show_outbox"), 303)


@bp.post("/outbox/<int:id>/give-up")
@open_to("administrators")
@writes
def give_up(id: int) -> Answer:
    """Ends one that has failed without sending it."""
    outbox.give_up(id, by=actor(), reason=posted.said("reason", 300), now=now())
    flash(_("已放弃，理由写入审计追踪。"), "success")
    return redirect(url_for("admin.show_outbox"), 303)
