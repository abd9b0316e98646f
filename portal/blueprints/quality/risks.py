"""The risks of the information assets in their matrix, with what waits for somebody."""

from __future__ import annotations

from flask import render_template

from portal.blueprints.quality.room import bp
from portal.domain.refusal import NotFound
from portal.forms.quality.risk_levels import may_see
from portal.queries import risks as books
from portal.queries import security
from portal.web import risk_matrix
from portal.web.guard import actor, open_to
from portal.web.reading import reads


@bp.get("/risks")
@open_to("signed_in")
@reads
def risks(department: str) -> str:
    """The matrix, the risks in it one by one, and the assets that wait for an assessment."""
    if not may_see(actor()):
        raise NotFound
    listed = risk_matrix.listed(books.current())
    return render_template(
        "quality/risks.html",
        risks=listed,
        matrix=risk_matrix.matrix(one.spot for one in listed) if listed else None,
        waiting=security.to_assess(),
        ended=sum(one.ended for one in listed),
        treated=sum(one.open for one in listed),
        late=sum(one.late for one in listed),
    )
