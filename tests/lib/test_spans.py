"""What is left between stretches of days."""

from datetime import date, timedelta
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from portal.lib.spans import uncovered

START = date(2026, 2, 20)
OFFSETS = st.integers(-5, 25)


def day(offset: int) -> date:
    """So many days after the start."""
    return START + timedelta(days=offset)


def days(first: date, last: date) -> set[date]:
    """All days of a stretch."""
    return {first + timedelta(days=n) for n in range((last - first).days + 1)}


@given(st.lists(st.tuples(OFFSETS, st.integers(0, 8)), max_size=8), OFFSETS, OFFSETS)
def test_what_is_left_is_exactly_what_nothing_covers(
    spans: list[tuple[int, int]], first: int, last: int
) -> None:
    covered = [(day(start), day(start + long)) for start, long in spans]
    left = uncovered(day(first), day(last), covered)
    wanted = days(day(first), day(last)) - {one for span in covered for one in days(*span)}
    assert [one for span in left for one in sorted(days(*span))] == sorted(wanted)
    assert all(after[0] - before[1] > timedelta(days=1) for before, after in pairwise(left))
