"""Long work rests between its pieces, not after the last, and ends in time."""

from __future__ import annotations

import subprocess
import sys

import pytest

from portal.lib import unhurried


class Clock:
    """Time that passes only by work and rest."""

    def __init__(self) -> None:
        self.now, self.rests = 0.0, list[float]()

    def monotonic(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.rests.append(round(seconds, 3))
        self.now += seconds

    def work(self, *pieces: float, **rest: float) -> list[float]:
        """Pieces of so many seconds; those that are left come back."""
        left = list(pieces)

        def piece() -> bool:
            self.now += left.pop(0)
            return bool(left)

        unhurried.in_pieces(piece, within=20, **rest)
        return left


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    made = Clock()
    monkeypatch.setattr(unhurried, "time", made)
    return made


def test_rests_nineteen_times_as_long_as_a_longer_piece(clock: Clock) -> None:
    assert clock.work(0.1, 0.04, 0.2, 0.3) == []
    assert clock.rests == [1.9, 3.8], "not after a short one, nor after the last"


def test_rests_longer_where_it_is_told_to(clock: Clock) -> None:
    clock.work(0.1, 0.04, 0.02, rest=49)
    assert clock.rests == [4.9]


def test_never_rests_for_minutes(clock: Clock) -> None:
    clock.work(5.0, 0.01)
    assert clock.rests == [10.0]


def test_leaves_what_does_not_fit_to_the_next(clock: Clock) -> None:
    assert clock.work(*[0.5] * 9) == [0.5] * 7


AFTER = """
import os, pathlib
from portal.lib.unhurried import give_way
share = pathlib.Path("/proc/self/autogroup")
before = share.read_text() if share.exists() else ""
give_way()
give_way()
print(os.getpriority(os.PRIO_PROCESS, 0), bool(before), bool(before) and share.read_text() != before)
"""


@pytest.mark.parametrize("service", [True, False])
def test_only_what_leads_its_session_gives_way_with_it(service: bool) -> None:
    said = subprocess.check_output([sys.executable, "-c", AFTER], start_new_session=service, text=True)
    nice, shares, gave = said.split()
    assert nice == str(unhurried.NICE)
    assert gave == str(service and shares == "True")
