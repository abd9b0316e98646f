"""Stretches of days, and what is left between them."""

from collections.abc import Iterable
from datetime import date, timedelta

Span = tuple[date, date]  # first and last day, both included


def uncovered(first: date, last: date, covered: Iterable[Span]) -> list[Span]:
    """Return the stretches from `first` to `last` that none of the others covers, oldest first."""
    found, begin = [], first
    for start, end in sorted(covered):
        if start > begin and begin <= last:
            found.append((begin, min(start - timedelta(days=1), last)))
        begin = max(begin, end + timedelta(days=1))
    if begin <= last:
        found.append((begin, last))
    return found
