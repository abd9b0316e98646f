"""A route tried on a record that is over: what each step would come to, and how that differs from what was signed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

REACHED, LEFT_OUT = "reached", "left_out"
UNNAMED, UNHELD, OWN_WORK, UNREADABLE = "unnamed", "unheld", "own_work", "unreadable"
STUCK = frozenset({UNNAMED, UNHELD, OWN_WORK, UNREADABLE})
"""Why a step would have found nobody: the record names nobody, nobody holds the role, only those whose work it judges do,
or the record's answers do not fit the route any more."""


Signed = tuple[tuple[int, ...], ...]
"""Signatures: each by its person, and the one whom that person stood in for."""


@dataclass(frozen=True, slots=True)
class Desk:
    """Whose desk a turn would have reached, by ids of people; `outside` is the role of an outside party that signs there."""

    people: frozenset[int] = frozenset()
    outside: str = ""
    state: str = REACHED


@dataclass(frozen=True, slots=True)
class Turn:
    """A step of the tried route: the desks that it would have reached, none where its condition does not hold."""

    key: str
    title: Any
    desks: tuple[Desk, ...] = ()
    signed: Signed = ()  # of the step of this key
    lapsed: bool = False  # whether the record had left it by itself

    @property
    def state(self) -> str:
        """What it comes to: left out, reached, or why nobody would have been found for one of its desks."""
        if not self.desks:
            return LEFT_OUT
        return next((desk.state for desk in self.desks if desk.state in STUCK), REACHED)

    @property
    def stuck(self) -> bool:
        """Whether the record would have stopped here."""
        return self.state in STUCK

    @property
    def added(self) -> bool:
        """Whether the record would have come by here, and nobody signed then."""
        return bool(self.desks) and not self.signed and not self.lapsed

    @property
    def dropped(self) -> bool:
        """Whether somebody signed then, and the step would be left out now."""
        return not self.desks and bool(self.signed)

    @property
    def other_hands(self) -> bool:
        """Whether somebody signed then to whom it would not have come now."""
        able = {id for desk in self.desks for id in desk.people}
        inside = not any(desk.outside for desk in self.desks)
        reached = bool(self.desks) and inside and not self.stuck
        return reached and any(able.isdisjoint(one) for one in self.signed)


@dataclass(frozen=True, slots=True)
class Trial:
    """A record on the tried route; `gone` are steps that were signed and that the route has no more: title and who signed."""

    record: Any
    turns: tuple[Turn, ...]
    gone: tuple[tuple[Mapping[str, str], Signed], ...] = ()

    @property
    def stuck(self) -> bool:
        """Whether it would have stopped somewhere."""
        return any(turn.stuck for turn in self.turns)

    @property
    def other_way(self) -> bool:
        """Whether it would have gone by other steps than it did."""
        return bool(self.gone) or any(turn.added or turn.dropped for turn in self.turns)

    @property
    def other_hands(self) -> bool:
        """Whether a step that it went by would have come to others."""
        return any(turn.other_hands for turn in self.turns)


@dataclass(frozen=True, slots=True)
class Summary:
    """What a trial of several records comes to."""

    records: int = 0
    stuck: int = 0
    other_way: int = 0
    other_hands: int = 0
    where: Mapping[str, int] = field(default_factory=dict)  # records that stop, by key of the step


def summary(trials: Iterable[Trial]) -> Summary:
    """How many records would have stopped and where, gone another way, come to others."""
    found = list(trials)
    where: dict[str, int] = {}
    for one in found:
        for turn in one.turns:
            if turn.stuck:
                where[turn.key] = where.get(turn.key, 0) + 1
    return Summary(
        len(found),
        sum(one.stuck for one in found),
        sum(one.other_way for one in found),
        sum(one.other_hands for one in found),
        where,
    )
