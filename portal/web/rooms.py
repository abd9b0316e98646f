"""A department's blueprint: its front page and charts, its forms' registers, filling in, records and acts."""

from __future__ import annotations

from flask import Blueprint

from portal.web.views import acts, chart, fill, front, prints, record, register, turns


def room(key: str) -> Blueprint:
    """The blueprint of a department; views get its key as `department`."""
    bp = Blueprint(key, __name__, url_prefix=f"/{key.replace('_', '-')}", url_defaults={"department": key})
    for views in (front, chart, register, fill, record, prints, turns, acts):
        views.add_to(bp)
    return bp
