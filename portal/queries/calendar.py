"""The working calendar with the company's own days."""

from __future__ import annotations

import sqlalchemy as sa

from portal.extensions import db
from portal.lib.workdays import SHANGHAI, Calendar
from portal.models import CalendarDay


def current() -> Calendar:
    """The public calendar, overridden by the company's days."""
    days = db.session.execute(sa.select(CalendarDay.day, CalendarDay.working))
    return Calendar(overrides=dict(days.all()), zone=SHANGHAI)
