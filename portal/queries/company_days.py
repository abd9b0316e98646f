"""The days that the company itself has set in its calendar."""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa

from portal.extensions import db
from portal.models import CalendarDay


def of_year(year: int) -> list[CalendarDay]:
    """The company's days of a year, in their order."""
    within = CalendarDay.day.between(date(year, 1, 1), date(year, 12, 31))
    return list(db.session.scalars(sa.select(CalendarDay).where(within).order_by(CalendarDay.day)))
