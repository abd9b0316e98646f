"""Days of the company's calendar."""

from datetime import date

import pytest

from portal.lib.clock import months_later


@pytest.mark.parametrize(
    ("start", "months", "later"),
    [
        (date(2026, 5, 12), 0, date(2026, 5, 12)),
        (date(2026, 5, 12), 12, date(2027, 5, 12)),
        (date(2026, 10, 31), 4, date(2027, 2, 28)),
        (date(2027, 11, 30), 3, date(2028, 2, 29)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
    ],
)
def test_the_same_day_months_later(start: date, months: int, later: date) -> None:
    assert months_later(start, months) == later
