"""Deadlines counted over the real Chinese calendar of 2026, and the laws the arithmetic keeps."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.clock import ZONE
from portal.lib.workdays import Calendar

CALENDAR = Calendar()
FULL_DAY = timedelta(hours=8)

moments = st.integers(0, 700 * 24 * 60).map(
    lambda n: datetime(2025, 11, 1, tzinfo=UTC) + timedelta(minutes=n)
)
quarters = st.integers(0, 400).map(lambda n: Decimal(n) / 4)


def at(month: int, day: int, clock: str, year: int = 2026) -> datetime:
    """A moment on the wall clock in Shanghai."""
    return datetime.combine(date(year, month, day), time.fromisoformat(clock), ZONE)


def test_spring_festival_2026_rests_nine_days_and_two_saturdays_make_up_for_it() -> None:
    rest = [date(2026, 2, day) for day in range(15, 24)]
    assert not any(map(CALENDAR.is_working_day, rest))
    assert CALENDAR.is_working_day(date(2026, 2, 14))
    assert CALENDAR.is_working_day(date(2026, 2, 28))
    assert CALENDAR.is_working_day(date(2026, 2, 24))


@pytest.mark.parametrize("made_up", ["2026-01-04", "2026-05-09", "2026-09-20", "2026-10-10"])
def test_make_up_days_at_weekends_are_working_days(made_up: str) -> None:
    day = date.fromisoformat(made_up)
    assert day.weekday() >= 5
    assert CALENDAR.is_working_day(day)


def test_an_ordinary_weekend_is_free_and_an_ordinary_monday_is_not() -> None:
    assert not CALENDAR.is_working_day(date(2026, 3, 14))
    assert not CALENDAR.is_working_day(date(2026, 3, 15))
    assert CALENDAR.is_working_day(date(2026, 3, 16))


def test_a_company_override_goes_before_the_public_calendar() -> None:
    calendar = Calendar({date(2026, 2, 24): False, date(2026, 3, 14): True})
    assert not calendar.is_working_day(date(2026, 2, 24))
    assert calendar.is_working_day(date(2026, 3, 14))
    assert calendar.add_working_days(at(2, 14, "10:00"), 1) == at(2, 25, "10:00")


def test_a_later_change_to_the_given_overrides_does_not_reach_the_calendar() -> None:
    overrides = {date(2026, 3, 14): True}
    calendar = Calendar(overrides)
    overrides.clear()
    assert calendar.is_working_day(date(2026, 3, 14))


def test_a_year_not_announced_falls_back_to_monday_to_friday_and_says_so() -> None:
    far = 2099
    assert CALENDAR.confirmed(2026)
    assert not CALENDAR.confirmed(far)
    assert CALENDAR.is_working_day(date(far, 10, 1))  # a Thursday
    assert not CALENDAR.is_working_day(date(far, 10, 3))
    assert Calendar({date(far, 10, 1): False}).is_working_day(date(far, 10, 1)) is False


@pytest.mark.parametrize(
    ("moment", "days", "due"),
    [
        (at(3, 10, "10:15"), 1, at(3, 11, "10:15")),
        (at(3, 13, "10:15"), 1, at(3, 16, "10:15")),  # over a weekend
        (at(2, 13, "16:00"), 2, at(2, 24, "16:00")),  # Friday, made-up Saturday, nine days of rest
        (at(2, 27, "09:00"), 1, at(2, 28, "09:00")),  # onto a made-up Saturday
        (at(9, 30, "17:00"), 2, at(10, 9, "17:00")),  # over National Day
        (at(9, 30, "17:00"), 3, at(10, 10, "17:00")),
        (at(3, 10, "06:00"), 1, at(3, 11, "08:30")),  # before opening
        (at(3, 10, "12:30"), 1, at(3, 11, "13:30")),  # at lunch
        (at(3, 10, "22:00"), 1, at(3, 11, "18:00")),  # after closing
        (at(3, 14, "15:00"), 1, at(3, 17, "08:30")),  # on a Saturday: a full Monday
        (at(3, 10, "10:15"), 0, at(3, 10, "10:15")),
        (at(3, 10, "22:00"), 0, at(3, 11, "08:30")),
        (at(3, 14, "15:00"), 0, at(3, 16, "08:30")),
        (at(12, 31, "11:00", 2025), 1, at(1, 4, "11:00")),  # New Year 2026, made up on Sunday the 4th
    ],
)
def test_working_days_later(moment: datetime, days: int, due: datetime) -> None:
    assert CALENDAR.add_working_days(moment, days) == due


def test_the_company_day_decides_and_not_the_day_in_utc() -> None:
    friday_evening_in_utc = datetime(2026, 3, 13, 23, 0, tzinfo=UTC)  # Saturday 07:00 in Shanghai
    assert CALENDAR.add_working_days(friday_evening_in_utc, 1) == at(3, 17, "08:30")


@pytest.mark.parametrize(
    ("moment", "hours", "due"),
    [
        (at(3, 10, "09:00"), 2, at(3, 10, "11:00")),
        (at(3, 10, "11:00"), 1, at(3, 10, "12:00")),
        (at(3, 10, "11:00"), 2, at(3, 10, "14:30")),
        (at(3, 10, "08:30"), 8, at(3, 10, "18:00")),
        (at(3, 10, "17:00"), 1.5, at(3, 11, "09:00")),
        (at(3, 13, "17:00"), Decimal("2"), at(3, 16, "09:30")),
        (at(2, 14, "17:30"), Decimal("0.75"), at(2, 24, "08:45")),
        (at(3, 10, "12:30"), 0, at(3, 10, "13:30")),
        (at(3, 10, "18:00"), 0, at(3, 10, "18:00")),
        (at(3, 10, "19:00"), 8, at(3, 11, "18:00")),
        (at(3, 10, "18:00"), 16, at(3, 12, "18:00")),
    ],
)
def test_working_hours_later(moment: datetime, hours: Decimal | float, due: datetime) -> None:
    assert CALENDAR.add_working_hours(moment, hours) == due


@pytest.mark.parametrize(
    ("moment", "end"),
    [
        (at(3, 10, "07:00"), at(3, 10, "18:00")),
        (at(3, 10, "18:00"), at(3, 10, "18:00")),
        (at(3, 10, "18:01"), at(3, 11, "18:00")),
        (at(2, 15, "10:00"), at(2, 24, "18:00")),
    ],
)
def test_end_of_working_day(moment: datetime, end: datetime) -> None:
    assert CALENDAR.end_of_working_day(moment) == end


def test_working_time_counts_neither_lunch_nor_night_nor_rest() -> None:
    assert CALENDAR.working_time_between(at(3, 10, "11:00"), at(3, 10, "14:00")) == timedelta(hours=1.5)
    assert CALENDAR.working_time_between(at(2, 14, "18:00"), at(2, 24, "08:30")) == timedelta()
    assert CALENDAR.working_time_between(at(3, 9, "00:00"), at(3, 16, "00:00")) == timedelta(hours=40)
    assert CALENDAR.working_time_between(at(1, 1, "00:00"), at(1, 1, "00:00", 2027)) == 248 * FULL_DAY


def test_a_moment_without_a_zone_and_a_count_backward_are_refused() -> None:
    with pytest.raises(ValueError, match="counted forward"):
        CALENDAR.add_working_hours(at(3, 10, "10:00"), Decimal("-0.5"))
    with pytest.raises(ValueError, match="counted forward"):
        CALENDAR.add_working_days(at(3, 10, "10:00"), -1)
    with pytest.raises(ValueError, match="time zone"):
        CALENDAR.end_of_working_day(datetime.fromisoformat("2026-03-10T10:00"))


@pytest.mark.parametrize(
    "hours",
    [
        (),
        ((time(9), time(9)),),
        ((time(12), time(8)),),
        ((time(9), time(13)), (time(12), time(18))),
        ((time(13), time(18)), (time(8), time(12))),
    ],
)
def test_hours_that_are_no_working_day_are_refused(hours: tuple[tuple[time, time], ...]) -> None:
    with pytest.raises(ValueError, match="in order"):
        Calendar(hours=hours)


def test_other_hours_and_another_zone() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    calendar = Calendar(zone=berlin, hours=((time(9), time(15)),))
    friday = datetime(2026, 3, 27, 14, 0, tzinfo=berlin)  # clocks change in the night to Sunday
    assert calendar.add_working_hours(friday, 2) == datetime(2026, 3, 30, 10, 0, tzinfo=berlin)
    assert calendar.add_working_days(friday, 1) == datetime(2026, 3, 30, 14, 0, tzinfo=berlin)


@given(moments, st.integers(0, 60))
def test_n_days_later_lie_exactly_n_full_days_of_work(moment: datetime, days: int) -> None:
    due = CALENDAR.add_working_days(moment, days)
    assert due.tzinfo is UTC
    assert due >= moment
    assert CALENDAR.working_time_between(moment, due) == days * FULL_DAY


@given(moments, quarters)
def test_n_hours_later_lie_exactly_n_hours_of_work(moment: datetime, hours: Decimal) -> None:
    due = CALENDAR.add_working_hours(moment, hours)
    assert due.tzinfo is UTC
    assert due >= moment
    assert CALENDAR.working_time_between(moment, due) == timedelta(hours=float(hours))


@given(moments, quarters, quarters)
def test_hours_may_be_added_in_two_helpings(moment: datetime, one: Decimal, two: Decimal) -> None:
    in_steps = CALENDAR.add_working_hours(CALENDAR.add_working_hours(moment, one), two)
    at_once = CALENDAR.add_working_hours(moment, one + two)
    assert CALENDAR.working_time_between(at_once, in_steps) == timedelta()
    if two:
        assert in_steps == at_once


@given(moments, moments, st.integers(0, 30), quarters)
def test_who_starts_later_is_never_due_earlier(a: datetime, b: datetime, days: int, hours: Decimal) -> None:
    first, last = sorted((a, b))
    assert CALENDAR.add_working_days(first, days) <= CALENDAR.add_working_days(last, days)
    assert CALENDAR.add_working_hours(first, hours) <= CALENDAR.add_working_hours(last, hours)
    assert CALENDAR.end_of_working_day(first) <= CALENDAR.end_of_working_day(last)


@given(moments, st.integers(0, 30))
def test_more_days_are_never_due_earlier(moment: datetime, days: int) -> None:
    assert CALENDAR.add_working_days(moment, days) <= CALENDAR.add_working_days(moment, days + 1)


@given(moments, moments, moments)
def test_working_time_adds_up_and_turns_around(a: datetime, b: datetime, c: datetime) -> None:
    between = CALENDAR.working_time_between
    assert between(a, b) + between(b, c) == between(a, c)
    assert between(a, b) == -between(b, a)
    assert abs(between(a, b)) <= abs(b - a)


@given(moments)
def test_the_end_of_the_working_day_is_its_own_end(moment: datetime) -> None:
    end = CALENDAR.end_of_working_day(moment)
    assert end >= moment
    assert CALENDAR.end_of_working_day(end) == end
    assert CALENDAR.is_working_day(end.astimezone(ZONE).date())
