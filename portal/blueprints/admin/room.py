"""The administrators' blueprint; its views lie one file a noun."""

from __future__ import annotations

from flask import Blueprint
from werkzeug.wrappers import Response

from portal.web.people_words import FILTERS

bp = Blueprint("admin", __name__, url_prefix="/admin")
for name, words in FILTERS.items():
    bp.add_app_template_filter(words, name)

Answer = Response | str | tuple[str, int]
