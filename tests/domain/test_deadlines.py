"""Time limits: clock hours, days, and working time by the Chinese calendar with its make-up days."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

import pytest

from portal.domain.deadlines import Within, as_moment, days, hours, until, weeks, working_days, working_hours
from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar

CALENDAR = Calendar()


def there(text: str) -> datetime:
    """A moment on the company's clock."""
    return datetime.fromisoformat(text).replace(tzinfo=ZONE)


@pytest.mark.parametrize(
    ("within", "started", "due"),
    [
        (hours(24), "2026-02-14 17:00", "2026-02-15 17:00"),  # clock hours know no festival
        (days(3), "2026-09-30 10:00", "2026-10-03 10:00"),
        (weeks(1), "2026-09-30 10:00", "2026-10-07 10:00"),
        (working_days(1), "2026-05-12 10:00", "2026-05-13 10:00"),
        (working_days(1), "2026-05-15 10:00", "2026-05-18 10:00"),  # over a week-end
        (working_days(1), "2025-09-26 10:00", "2025-09-28 10:00"),  # a Sunday made up for National Day
        (working_days(1), "2025-09-30 10:00", "2025-10-09 10:00"),  # over National Day and Mid-Autumn
        (working_days(2), "2025-10-10 10:00", "2025-10-13 10:00"),  # the Saturday after is worked
        (working_days(1), "2025-01-27 10:00", "2025-02-05 10:00"),  # over Spring Festival
        (
            working_days(1),
            "2025-01-29 10:00",
            "2025-02-06 08:30",
        ),  # begun on the festival: the next opening counts
        (working_hours(4), "2025-01-27 16:00", "2025-02-05 10:30"),
        (working_hours(1), "2026-05-12 11:30", "2026-05-12 14:00"),  # lunch is nobody's time
    ],
)
def test_when_it_is_due(within: Within, started: str, due: str) -> None:
    assert within.due(there(started), {}, CALENDAR) == there(due)


@pytest.mark.parametrize(
    ("started", "due"),
    [
        ("2026-05-12 09:00", "2026-05-12 10:00"),
        ("2026-05-12 11:40", "2026-05-12 12:40"),  # the clock runs through lunch
        ("2026-05-12 12:30", "2026-05-12 13:30"),
        ("2026-05-12 17:00", "2026-05-12 18:00"),
        ("2026-05-12 17:40", "2026-05-12 18:00"),  # never beyond the working day
        ("2026-05-12 18:00", "2026-05-12 19:00"),  # begun after closing
        ("2026-05-12 23:30", "2026-05-12 23:59"),  # and never into the next day
        ("2026-05-16 17:40", "2026-05-16 18:40"),  # a Saturday
        ("2026-05-16 23:20", "2026-05-16 23:59"),
        ("2026-05-09 17:40", "2026-05-09 18:00"),  # a Saturday that is made up for Labour Day
        ("2026-05-12 07:30", "2026-05-12 08:30"),  # before opening
    ],
)
def test_an_hour_that_ends_with_the_day(started: str, due: str) -> None:
    assert hours(1, same_day=True).due(there(started), {}, CALENDAR) == there(due)


def test_an_hour_of_the_day_counts_from_a_field_too() -> None:
    within = hours(1, since="received_at", same_day=True, fixed=True)
    assert within.due(
        there("2026-05-12 15:00"), {"received_at": there("2026-05-12 17:30")}, CALENDAR
    ) == there("2026-05-12 18:00")
    assert within.due(there("2026-05-12 15:00"), {}, CALENDAR) is None


def test_the_company_may_work_on_a_holiday() -> None:
    at_work = Calendar(overrides={date(2025, 10, 1): True})
    assert working_days(1).due(there("2025-09-30 10:00"), {}, at_work) == there("2025-10-01 10:00")


def test_it_counts_from_the_first_answered_field() -> None:
    within = hours(1, since=("later", "received_at"))
    received, later = there("2026-05-12 09:00"), there("2026-05-12 12:00")
    assert within.due(there("2026-05-12 15:00"), {"received_at": received}, CALENDAR) == received + timedelta(
        hours=1
    )
    known = {"received_at": received, "later": later}
    assert within.due(there("2026-05-12 15:00"), known, CALENDAR) == later + timedelta(hours=1)


def test_before_its_field_is_answered_there_is_no_limit() -> None:
    assert (
        hours(1, since="received_at").due(there("2026-05-12 15:00"), {"received_at": None}, CALENDAR) is None
    )
    assert until("solve_by").due(there("2026-05-12 15:00"), {}, CALENDAR) is None


def test_a_day_lasts_to_its_end() -> None:
    started = there("2026-05-12 15:00")
    assert until("by").due(started, {"by": date(2026, 5, 20)}, CALENDAR) == there("2026-05-20 23:59")
    assert days(2, since="by").due(started, {"by": date(2026, 5, 20)}, CALENDAR) == there("2026-05-22 23:59")
    friday = {"by": date(2026, 5, 15)}
    assert working_days(1, since="by").due(started, friday, CALENDAR) == there("2026-05-18 18:00")


def test_a_moment_counts_as_it_is() -> None:
    moment = datetime(2026, 5, 12, 3, 4, 5, tzinfo=UTC)
    assert as_moment(moment, CALENDAR) is moment


def test_an_unknown_unit_is_a_mistake() -> None:
    with pytest.raises(ValueError, match="fortnights"):
        Within(1, "fortnights").due(there("2026-05-12 15:00"), {}, CALENDAR)
