"""The blueprint of identity; its views lie one file a noun."""

from __future__ import annotations

from flask import Blueprint, request
from werkzeug.wrappers import Response

from portal.lib.clock import now
from portal.services import guessing
from portal.web.transaction import writes

bp = Blueprint("auth", __name__)

Answer = Response | str | tuple[str, int] | tuple[str, int, dict[str, str]]


def as_json(text: str) -> Response:
    """What a script asks for, ready written."""
    return Response(text, mimetype="application/json")


def address() -> str:
    """Where the request comes from, as far as the configured proxies vouch for it."""
    return request.remote_addr or ""


@writes
def note_failure(login: str, kind: str) -> None:
    """Counts a wrong password."""
    guessing.note_failure(login, address(), now=now(), kind=kind)
