"""People, roles, departments, calendar and settings, for administrators."""

from portal.blueprints.admin import (
    calendar,
    departments,
    grants,
    leaving,
    limits,
    outbox,
    overview,
    people,
    public_page,
    sessions,
    staff,
    stuck,
    substitutes,
)
from portal.blueprints.admin.room import bp

__all__ = [
    "bp",
    "calendar",
    "departments",
    "grants",
    "leaving",
    "limits",
    "outbox",
    "overview",
    "people",
    "public_page",
    "sessions",
    "staff",
    "stuck",
    "substitutes",
]
