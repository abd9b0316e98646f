"""The administrators' blueprint; its views lie one file a noun."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

bp = Blueprint("admin", __name__, url_prefix="/admin")

Answer = Response | str | tuple[str, int]
