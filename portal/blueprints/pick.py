"""What pickers ask while somebody types."""

from __future__ import annotations

from flask import Blueprint, Response, jsonify, request

from portal.domain.refusal import NotFound
from portal.forms import customer_parts, supplier_parts
from portal.forms.kinds import PICKED
from portal.queries import pick
from portal.web import posted
from portal.web.guard import actor, open_to

bp = Blueprint("pick", __name__)
NOTED = {"customer": customer_parts.may_see, "supplier": supplier_parts.may_see}
"""Kinds whose notes name people outside the company, and who may know them; what they are called everyone may choose."""


@bp.get("/pick/<kind>")
@open_to("signed_in")
def options(kind: str) -> Response:
    """Up to twenty things that fit what is typed; of a scanned code, that which has it."""
    if kind not in PICKED:
        raise NotFound
    targets = tuple(filter(None, posted.asked("targets", 400).split(",")))
    asked = posted.asked("q")
    if request.args.get("scan"):
        scanned = pick.by_text(kind, {asked}, actor(), targets)[asked]
        return jsonify([_option(kind, label) for _id, label in scanned])
    found, by = pick.search(kind, asked, actor(), targets), actor()
    told = kind not in NOTED or NOTED[kind](by)
    return jsonify([_option(kind, label, note if told else "") for _id, label, note in found])


def _option(kind: str, label: str, note: str = "") -> dict[str, str]:
    return {"value": label, "text": label, "note": note, "code": pick.code_of(kind, label)}
