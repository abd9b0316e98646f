"""Samples drawn by a seed: the same whoever draws them, in whatever order the numbers come."""

import hashlib

from hypothesis import given
from hypothesis import strategies as st

from portal.lib.sampling import draw, rank

NUMBERS = [f"PU-04-2026-{n:04d}" for n in range(1, 201)]
WRITTEN = ["PU-04-2026-0177", "PU-04-2026-0096", "PU-04-2026-0016"]


def test_a_sample_written_down_once_is_drawn_again() -> None:
    assert rank("7", "PU-04-2026-0001") == hashlib.sha256(b"7\nPU-04-2026-0001").hexdigest()
    by_hand = sorted(NUMBERS, key=lambda number: hashlib.sha256(f"种子\n{number}".encode()).hexdigest())
    assert draw(NUMBERS, "种子", 5) == (200, by_hand[:5])
    assert draw(NUMBERS, "2026-audit", 3)[1] == WRITTEN


@given(st.permutations(NUMBERS[:40]), st.text(max_size=8), st.integers(1, 60))
def test_the_order_is_of_no_account(shuffled: list[str], seed: str, size: int) -> None:
    many, drawn = draw(shuffled, seed, size)
    assert (many, drawn) == draw(sorted(shuffled), seed, size)
    assert len(drawn) == len(set(drawn)) == min(size, 40)
    assert draw(shuffled, seed, size + 1)[1][: len(drawn)] == drawn


def test_another_seed_draws_others() -> None:
    drawn = {tuple(draw(NUMBERS, str(seed), 10)[1]) for seed in range(50)}
    assert len(drawn) == 50
    assert len({number for one in drawn for number in one}) > 150  # of 200, in 500 draws


def test_nothing_gives_nothing() -> None:
    assert draw([], "1", 5) == (0, [])
