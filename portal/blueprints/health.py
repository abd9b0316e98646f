"""Whether the portal is well."""

from __future__ import annotations

import sqlalchemy as sa
from flask import Blueprint, jsonify
from sqlalchemy.exc import SQLAlchemyError
from werkzeug.wrappers import Response

from portal.config import VERSION
from portal.extensions import db
from portal.web.guard import open_to

bp = Blueprint("health", __name__)


@bp.get("/health")
@open_to("everyone")
def show() -> tuple[Response, int]:
    """Whether the database answers, for whoever watches the server; nothing that helps an intruder."""
    try:
        db.session.execute(sa.text("SELECT 1"))
    except SQLAlchemyError:
        return jsonify(status="failing", database="failing", version=VERSION), 503
    return jsonify(status="ok", database="ok", version=VERSION), 200
