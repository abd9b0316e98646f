"""Reviews of the trail: what has been looked at, by whom, and what not yet."""

from __future__ import annotations

import secrets
from dataclasses import replace

from flask import flash, redirect, render_template, request, url_for

from portal.blueprints.trail.room import Answer, bp, reader
from portal.database import transaction
from portal.domain.refusal import Refusal
from portal.forms.trail_views import VIEWS, said
from portal.lib.clock import now, today
from portal.lib.i18n import _
from portal.queries import trail, trail_reviews
from portal.services import trail_reviews as acts
from portal.web import identity, posted, trail_filter
from portal.web.guard import actor, open_to

SHOWN, GAPS = 200, 12


@bp.get("/reviews")
@open_to("signed_in")
def reviews() -> str:
    """What has been reviewed, and what not yet; for auditors with the sheet to review more."""
    reader()
    return _page(trail_filter.asked(request.args))


@bp.post("/reviews")
@open_to("auditors")
def review() -> Answer:
    """Signs that a stretch has been reviewed: it asks who is there."""
    by, at = actor(), now()
    asked = trail_filter.asked(request.form)
    confirmed = identity.confirm()
    try:
        with transaction():
            if not confirmed:
                raise identity.problem()
            wanted, narrowed = trail_filter.wanted(asked), trail_filter.narrowed(asked)
            acts.review(
                wanted, narrowed, posted.said("remark", 500), posted.control("_key", 40), by=by, now=at
            )
    except Refusal as refusal:
        return _page(asked, posted.control("remark"), str(refusal)), refusal.status
    flash(_("复核已签署，并记入审计追踪。"), "success")
    return redirect(url_for("trail.reviews"), 303)


def _page(asked: dict[str, str], remark: str = "", problem: str = "") -> str:
    narrowed, wanted = trail_filter.narrowed(asked), trail_filter.wanted(asked)
    gaps = trail_reviews.gaps(narrowed, today())
    if gaps and not asked["since"] and not asked["until"]:  # proposes what has waited longest
        asked = {**asked, "since": gaps[0][0].isoformat(), "until": gaps[0][1].isoformat()}
    return render_template(
        "trail/reviews.html",
        gaps=[(*gap, trail.count(replace(wanted, since=gap[0], until=gap[1]))) for gap in gaps[:GAPS]],
        more=max(len(gaps) - GAPS, 0),
        reviews=trail_reviews.reviews(size=SHOWN),
        asked=asked,
        narrowed=narrowed,
        scope=said(narrowed),
        said=said,
        views=VIEWS,
        remark=remark,
        problem=problem,
        confirmed=identity.is_fresh(),
        key=posted.control("_key", 40) or secrets.token_urlsafe(18),
    )
