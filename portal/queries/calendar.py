"""The working calendar with the company's own days."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar
from portal.models import CalendarDay


def current() -> Calendar:
    """The public calendar, overridden by the company's days."""
    return Calendar(overrides=dict(db.session.execute(_DAYS).all()), zone=ZONE)


_DAYS = sa.select(CalendarDay.__table__.c.day, CalendarDay.__table__.c.working)
