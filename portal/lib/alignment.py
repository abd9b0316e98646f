"""Which parts of an old text answer to which of a new one, each kept in its order."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Callable, Hashable, Iterator, Sequence
from difflib import SequenceMatcher
from typing import TypeVar

T = TypeVar("T", bound=Hashable)
Pair = tuple[int | None, int | None]

KIN = 0.3  # parts that have less in common are taken as different
_LONG = 1000  # parts, of which those that come again and again are no sign of what answers to what
_MOST = 10_000  # pairs that are looked at among parts that were rewritten next to each other


def align(old: Sequence[T], new: Sequence[T], alike: Callable[[T, T], float]) -> Iterator[Pair]:
    """Positions of parts that answer to each other, and None for the other side of one that came or went.

    Equal parts are paired first; `alike` then says from 0 to 1 how much others have in common.
    """
    same = _alike_from_the_start(old, new)
    tail = _alike_from_the_start(old[same:][::-1], new[same:][::-1])
    ends = len(old) - tail, len(new) - tail
    yield from zip(range(same), range(same), strict=True)
    middle = old[same : ends[0]], new[same : ends[1]]
    matcher = SequenceMatcher(None, *middle, autojunk=max(map(len, middle)) > _LONG)
    for kind, start, end, begin, stop in matcher.get_opcodes():
        gone, come = range(same + start, same + end), range(same + begin, same + stop)
        if kind == "equal":
            yield from zip(gone, come, strict=True)
        else:
            yield from _rewritten(old, gone, new, come, alike)
    yield from zip(range(ends[0], len(old)), range(ends[1], len(new)), strict=True)


def _alike_from_the_start(old: Sequence[T], new: Sequence[T]) -> int:
    """How many parts are equal at the beginning."""
    return next(
        (at for at, (one, other) in enumerate(zip(old, new, strict=False)) if one != other),
        min(len(old), len(new)),
    )


def out_of_step(order: Sequence[int]) -> set[int]:
    """The fewest positions that must be taken out so that the others ascend."""
    tails: list[int] = []
    ends: list[int] = []
    former: list[int | None] = []
    for at, value in enumerate(order):
        place = bisect_left(tails, value)
        former.append(ends[place - 1] if place else None)
        tails[place : place + 1] = [value]
        ends[place : place + 1] = [at]
    kept = set()
    last = ends[-1] if ends else None
    while last is not None:
        kept.add(last)
        last = former[last]
    return set(range(len(order))) - kept


def _rewritten(
    old: Sequence[T], gone: range, new: Sequence[T], come: range, alike: Callable[[T, T], float]
) -> Iterator[Pair]:
    """The best pairs in order of a stretch without equal parts; the gone stand before the come between them."""
    if not gone or not come or len(gone) * len(come) > _MOST:
        yield from ((at, None) for at in gone)
        yield from ((None, at) for at in come)
        return
    best = [[0.0] * (len(come) + 1) for _ in range(len(gone) + 1)]
    kin = [[alike(old[one], new[other]) for other in come] for one in gone]
    for i in reversed(range(len(gone))):
        for j in reversed(range(len(come))):
            paired = kin[i][j] + best[i + 1][j + 1] if kin[i][j] >= KIN else 0.0
            best[i][j] = max(paired, best[i + 1][j], best[i][j + 1])
    i = j = 0
    while i < len(gone) and j < len(come):
        if kin[i][j] >= KIN and best[i][j] == kin[i][j] + best[i + 1][j + 1]:
            yield gone[i], come[j]
            i, j = i + 1, j + 1
        elif best[i][j] == best[i + 1][j]:
            yield gone[i], None
            i += 1
        else:
            yield None, come[j]
            j += 1
    yield from ((at, None) for at in gone[i:])
    yield from ((None, at) for at in come[j:])
