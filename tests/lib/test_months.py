"""Calendar months added to a day."""

from datetime import date

import pytest

from portal.lib.months import later


@pytest.mark.parametrize(
    ("start", "months", "end"),
    [
        (date(2026, 5, 12), 12, date(2027, 5, 12)),
        (date(2026, 1, 31), 1, date(2026, 2, 28)),
        (date(2028, 1, 31), 1, date(2028, 2, 29)),
        (date(2026, 11, 30), 3, date(2027, 2, 28)),
        (date(2026, 12, 1), 1, date(2027, 1, 1)),
        (date(2026, 5, 12), 0, date(2026, 5, 12)),
    ],
)
def test_the_same_day_or_the_last_of_a_shorter_month(start: date, months: int, end: date) -> None:
    assert later(start, months) == end
