"""What pickers ask while somebody types."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from portal.domain.refusal import NotFound
from portal.forms.kinds import PICKED
from portal.queries import pick
from portal.web import posted
from portal.web.guard import actor, open_to

bp = Blueprint("pick", __name__)


@bp.get("/pick/<kind>")
@open_to("signed_in")
def options(kind: str) -> Response:
    """Up to twenty things that fit what is typed."""
    if kind not in PICKED:
        raise NotFound
    targets = tuple(code for code in request.args.get("targets", "").split(",") if code)
    found = pick.search(kind, posted.asked("q"), actor(), targets)
    return jsonify([{"value": label, "text": label, "note": note} for _id, label, note in found])
