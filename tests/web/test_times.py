"""Deadlines as lists say them."""

from datetime import UTC, datetime, timedelta

import pytest
from flask import Flask

from portal.lib.clock import minute
from portal.web.times import due, short

NOW = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)  # ten in the morning in Shanghai


@pytest.mark.parametrize(
    ("after", "text", "state"),
    [
        (timedelta(minutes=-5), "逾期不到 1 小时", "overdue"),
        (timedelta(hours=-3), "逾期 3 小时", "overdue"),
        (timedelta(days=-11), "逾期 11 天", "overdue"),
        (timedelta(hours=6), "今天 16:00", "soon"),
        (timedelta(hours=20), "明天 06:00", "soon"),
        (timedelta(days=3), "05-15 10:00", ""),
        (timedelta(days=300), "2027-03-08", ""),
    ],
)
def test_due(context: Flask, after: timedelta, text: str, state: str) -> None:
    found = due(NOW + after, NOW)
    assert found is not None
    assert (found.text, found.state) == (text, state)
    assert found.exact == minute(NOW + after)


def test_nothing_is_due_without_a_date(context: Flask) -> None:
    assert due(None, NOW) is None
    assert minute(None) == short(None, NOW) == ""
