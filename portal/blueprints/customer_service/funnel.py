"""The funnel of sales: from the answer to a campaign to the service after an order."""

from __future__ import annotations

from flask import render_template

from portal.blueprints.customer_service.room import bp
from portal.domain.refusal import NotFound
from portal.forms import customer_parts
from portal.lib.clock import now
from portal.lib.i18n import language
from portal.queries import funnel as books
from portal.web import funnel as board
from portal.web.amounts import yuan
from portal.web.guard import actor, open_to
from portal.web.reading import reads


@bp.get("/funnel")
@open_to("signed_in")
@reads
def funnel(department: str) -> str:
    """What is under way, place by place, among the records that the person may see."""
    by, at = actor(), now()
    if not customer_parts.may_see(by):
        raise NotFound
    columns = board.columns(books.cards(by, at), at, language())
    return render_template(
        "customers/funnel.html",
        columns=columns,
        labels=[column.title for column in columns],
        counts=[column.many for column in columns],
        anything=any(column.many for column in columns),
        yuan=yuan,
    )
