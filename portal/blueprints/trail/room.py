"""The blueprint of the room, and who may enter."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.domain.refusal import NotFound
from portal.queries.actors import Actor
from portal.web.guard import actor

bp = Blueprint("trail", __name__, url_prefix="/trail")

Answer = Response | str | tuple[str, int]


def reader() -> Actor:
    """The auditor or administrator who asks.

    Raises:
        NotFound: it is somebody else.
    """
    by = actor()
    if not (by.is_auditor or by.is_administrator):
        raise NotFound
    return by
