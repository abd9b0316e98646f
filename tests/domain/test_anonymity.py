"""Answers told in groups: nobody is told in a group of fewer than five."""

from __future__ import annotations

from collections import Counter
from random import Random
from typing import Any

import pytest

from portal.domain.anonymity import LEAST, OTHER, blurred


def ballots(*groups: tuple[int, int, str | None]) -> list[dict[str, Any]]:
    """So many ballots of a department and a span of years."""
    found = []
    for department, many, years in groups:
        for _one in range(many):
            ballot: dict[str, Any] = {"department": {"id": department, "text": f"D{department}"}}
            found.append({**ballot, **({"years_in_company": years} if years else {}), "pay_score": "15"})
    return found


def groups(told: list[dict[str, Any]]) -> Counter[tuple[Any, Any]]:
    """How many ballots are told of each department and span of years."""
    return Counter((one["department"]["text"], one.get("years_in_company")) for one in told)


def test_a_department_large_enough_is_told() -> None:
    assert groups(blurred(ballots((1, 5, None), (2, 6, None)))) == {("D1", None): 5, ("D2", None): 6}


def test_small_departments_are_one() -> None:
    told = blurred(ballots((1, 5, None), (2, 3, None), (3, 2, None)))
    assert groups(told) == {("D1", None): 5, (OTHER["text"], None): 5}
    assert {one["department"]["id"] for one in told} == {1, None}


def test_a_lone_small_department_does_not_stand_out_as_other() -> None:
    assert groups(blurred(ballots((1, 9, None), (2, 5, None), (3, 2, None)))) == {
        ("D1", None): 9,
        (OTHER["text"], None): 7,
    }


def test_years_that_few_have_in_common_are_left_out() -> None:
    told = blurred(ballots((1, 5, "1_to_3"), (1, 3, "under_1"), (1, 2, "over_10")))
    assert groups(told) == {("D1", "1_to_3"): 5, ("D1", None): 5}


def test_those_without_years_are_no_small_group_either() -> None:
    told = blurred(ballots((1, 5, "1_to_3"), (1, 6, "3_to_5"), (1, 2, None)))
    assert groups(told) == {("D1", "3_to_5"): 6, ("D1", None): 7}
    told = blurred(ballots((1, 5, "1_to_3"), (1, 4, "over_10")))
    assert groups(told) == {("D1", None): 9}


def test_nothing_else_of_a_ballot_changes() -> None:
    given = ballots((1, 5, "1_to_3"), (2, 2, "under_1"))
    told = blurred(given)
    assert [one["pay_score"] for one in told] == ["15"] * 7
    assert given[0]["department"]["text"] == "D1", "the ballots in the box stay as they are"


@pytest.mark.parametrize("seed", range(200))
def test_no_group_is_ever_small(seed: int) -> None:
    rng = Random(seed)
    spans = (None, "under_1", "1_to_3", "over_10")
    given = [
        ballot
        for _one in range(rng.randint(LEAST, 60))
        for ballot in ballots((rng.choice((1, 1, 1, 2, 2, 3, 4)), 1, rng.choice(spans)))
    ]
    told = blurred(given)
    assert len(told) == len(given)
    assert min(groups(told).values()) >= LEAST
    assert min(Counter(one["department"]["text"] for one in told).values()) >= LEAST
