"""Answers without names are told in groups so large that none of them points at somebody."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Mapping
from typing import Any

LEAST = 5  # ballots that must have a department, or a department and a span of years, in common
OTHER = {"id": None, "text": "其他"}
DEPARTMENT, YEARS = "department", "years_in_company"
Ballot = dict[str, Any]


def blurred(ballots: Iterable[Mapping[str, Any]]) -> list[Ballot]:
    """The ballots with small departments as one, and without years in the company where few have them in common.

    Whoever looks at the result finds for each department, and for each department with or without a span of years,
    either nobody or at least so many ballots; all as one where there are not even that many.
    """
    found = [dict(one) for one in ballots]
    merged = _too_few(Counter(_department(one) for one in found), least=LEAST)
    for one in found:
        if _department(one) in merged:
            one[DEPARTMENT] = dict(OTHER)
    for department in {_department(one) for one in found}:
        _blur_years([one for one in found if _department(one) == department])
    return found


def _blur_years(group: list[Ballot]) -> None:
    """Leaves spans of years out of a department's ballots; those without one are a group like the others."""
    silent = sum(1 for one in group if one.get(YEARS) is None)
    hidden = _too_few(Counter(str(one[YEARS]) for one in group if one.get(YEARS)), least=LEAST, with_=silent)
    for one in group:
        if one.get(YEARS) in hidden:
            del one[YEARS]


def _too_few(sizes: Counter[str], *, least: int, with_: int = 0) -> set[str]:
    """Which groups become one, smallest first: those too small, and as many more as make that one large enough."""
    smallest: Callable[[str], tuple[int, str]] = lambda key: (sizes[key], key)  # noqa: E731
    hidden = {key for key, many in sizes.items() if many < least}
    for key in sorted(sizes.keys() - hidden, key=smallest):
        together = with_ + sum(sizes[one] for one in hidden)
        if together == 0 or together >= least:
            break
        hidden.add(key)
    return hidden


def _department(ballot: Mapping[str, Any]) -> str:
    return str(ballot[DEPARTMENT]["id"])
