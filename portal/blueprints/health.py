"""Whether the portal is well."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.extensions import db
from portal.services import readiness
from portal.web.guard import open_to

bp = Blueprint("health", __name__)


@bp.get("/alive")
@open_to("everyone")
def alive() -> Response:
    """That this process answers, whatever becomes of others: one that does not is to be started anew."""
    return jsonify(status="ok")


@bp.get("/ready")
@open_to("everyone")
def ready() -> tuple[Response, int]:
    """Whether requests should be sent to this process: the database, that it can be written, tables, files and broker."""
    found = readiness.check()
    good = all(found.values())
    told = {name: "ok" if holds else "failing" for name, holds in found.items()}
    return jsonify(status="ok" if good else "failing", **told), 200 if good else 503


@bp.get("/health")
@open_to("everyone")
def show() -> tuple[Response, int]:
    """Whether the database answers, for whoever watches the server; nothing that helps an intruder."""
    try:
        db.session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="failing", database="failing"), 503
    return jsonify(status="ok", database="ok"), 200
