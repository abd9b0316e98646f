"""Who sees and does what, for everybody to read: from the table that the tests walk, and from the forms."""

from __future__ import annotations

from flask import Blueprint, render_template

from portal.domain.access import AREAS, VISITORS, WORDS, by_area
from portal.forms import access as forms
from portal.web.guard import open_to

bp = Blueprint("access", __name__, url_prefix="/access")


@bp.get("")
@open_to("signed_in")
def show() -> str:
    """Each address in words with what each kind of visitor gets, and each form with its hands."""
    return render_template(
        "access/show.html",
        areas=AREAS,
        rows=by_area(),
        visitors=VISITORS,
        words=WORDS,
        departments=forms.of_departments(),
    )
