"""Which parts answer to each other."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from portal.lib.alignment import align, out_of_step


def alike(old: str, new: str) -> float:
    """Texts that begin with the same letter have something in common."""
    return 0.6 if old[:1] == new[:1] else 0.0


def test_equal_parts_first_then_those_that_are_alike() -> None:
    found = list(align(["a1", "b1", "c1", "d1"], ["a1", "x", "c2", "b2", "d1"], alike))
    assert found == [(0, 0), (1, None), (None, 1), (2, 2), (None, 3), (3, 4)]


words = st.lists(st.text("abc", min_size=1, max_size=2), max_size=12)


@given(words, words)
def test_every_part_has_its_place_once_and_in_order(old: list[str], new: list[str]) -> None:
    found = list(align(old, new, alike))
    assert [one for one, _other in found if one is not None] == list(range(len(old)))
    assert [other for _one, other in found if other is not None] == list(range(len(new)))


def test_too_many_to_be_compared_go_and_come_as_they_are() -> None:
    found = list(align(["a"] * 200, ["ab"] * 200, alike))
    assert found[0] == (0, None)
    assert found[-1] == (None, 199)


@pytest.mark.parametrize(
    ("order", "out"),
    [([], set()), ([0, 1, 2], set()), ([2, 0, 1], {0}), ([0, 3, 1, 2], {1}), ([1, 2, 0], {2}), ([1, 0], {0})],
)
def test_the_fewest_are_out_of_step(order: list[int], out: set[int]) -> None:
    assert out_of_step(order) == out


@given(st.permutations(range(8)))
def test_what_is_left_ascends(order: list[int]) -> None:
    out = out_of_step(order)
    kept = [one for at, one in enumerate(order) if at not in out]
    assert kept == sorted(kept)
