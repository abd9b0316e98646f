"""Records by number, whatever their form: short addresses for links and notices."""

from __future__ import annotations

from flask import Blueprint, redirect, url_for
from werkzeug.wrappers import Response

from portal.forms.catalogue import FORMS
from portal.queries import visible
from portal.web.guard import actor, open_to

bp = Blueprint("records", __name__)


@bp.get("/records/<number>")
@open_to("signed_in")
def by_number(number: str) -> Response:
    """Leads to the record under its department's address."""
    record = visible.record(number, actor())
    form = FORMS[record.form_code]
    return redirect(url_for(f"{form.department_key}.show", slug=form.slug, number=number))
