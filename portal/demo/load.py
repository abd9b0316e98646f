"""Fills the demo: founds the company and walks through the last year, always the same for a seed."""

from __future__ import annotations

from datetime import datetime, timedelta
from random import Random

from portal.database import transaction
from portal.demo import surveys
from portal.demo.company import seed_company
from portal.demo.haste import remembering
from portal.demo.year import FULL, Report, Summary, Year

YEAR = timedelta(days=365)


def load(
    now: datetime,
    *,
    records: int = FULL,
    seed: int = 2026,
    span: timedelta = YEAR,
    report: Report = lambda done, total: None,
) -> Summary:
    """Founds the company and lets it work for a year or another span, about so many records.

    Raises:
        NotEmpty: there are people already.
    """
    with transaction():
        seed_company(now - span)
    with remembering():
        year = Year(now - span, now, records, Random(seed))
        with transaction():
            surveys.two_years(year.world, year.cast, now - span, records / FULL)
        return year.run(report)
