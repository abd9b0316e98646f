"""What auditors have looked at: one's own, and for administrators each auditor's."""

from __future__ import annotations

from flask import render_template

from portal.blueprints.trail.room import bp, reader
from portal.forms.event_words import LOOKS
from portal.queries import looks as found
from portal.queries import people
from portal.web import posted
from portal.web.guard import open_to

SIZE = 100


@bp.get("/looks")
@open_to("signed_in")
def looks() -> str:
    """The log, a page at a time; administrators choose whose."""
    by = reader()
    asked = posted.asked_id("person") if by.is_administrator else None
    chosen = people.person(asked) if asked is not None else by.person if by.is_auditor else None
    shown = (
        found.of_person(chosen.id, before=posted.asked_id("before"), size=SIZE + 1)
        if chosen is not None
        else []
    )
    return render_template(
        "trail/looks.html",
        chosen=chosen,
        events=shown[:SIZE],
        older=shown[SIZE - 1].id if len(shown) > SIZE else None,
        everybody=found.people() if by.is_administrator else [],
        words=LOOKS,
    )
