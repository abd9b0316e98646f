"""People, roles, departments, calendar and settings, for administrators."""

from portal.blueprints.admin import (
    account_ends,
    calendar,
    departments,
    grants,
    leaving,
    limits,
    outbox,
    overview,
    people,
    provider_ties,
    public_page,
    second_factors,
    sessions,
    staff,
    stuck,
    substitutes,
)
from portal.blueprints.admin.room import bp

__all__ = [
    "account_ends",
    "bp",
    "calendar",
    "departments",
    "grants",
    "leaving",
    "limits",
    "outbox",
    "overview",
    "people",
    "provider_ties",
    "public_page",
    "second_factors",
    "sessions",
    "staff",
    "stuck",
    "substitutes",
]
