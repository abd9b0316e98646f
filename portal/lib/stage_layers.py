"""Layers of a graph without rings: each thing stands after all that leads to it, with few lines that cross."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import combinations, pairwise

Edge = tuple[str, str]
_SWEEPS = 12


@dataclass(slots=True)
class Layers:
    """Rows of names from left to right. A line over several rows bends at names of its own; `chains` hold its way."""

    rows: list[list[str]]
    chains: list[tuple[str, ...]] = field(default_factory=list)
    before: dict[str, list[str]] = field(default_factory=dict)
    behind: dict[str, list[str]] = field(default_factory=dict)


def arrange(keys: Sequence[str], edges: Sequence[Edge], skipped: Collection[str] = ()) -> Layers:
    """The layers of these names; a line that longer ones imply is left out, unless they pass one that is skipped."""
    lines = _reduced(_sound(keys, edges), skipped)
    depth = _depths(keys, lines)
    layers = Layers(
        [[key for key in keys if depth[key] == at] for at in range(max(depth.values(), default=-1) + 1)]
    )
    for one, two in lines:
        bends = tuple(f"{one}>{two}@{at}" for at in range(depth[one] + 1, depth[two]))
        for at, bend in enumerate(bends, depth[one] + 1):
            layers.rows[at].append(bend)
        layers.chains.append((one, *bends, two))
    layers.before = {name: [] for row in layers.rows for name in row}
    layers.behind = {name: [] for name in layers.before}
    for chain in layers.chains:
        for one, two in pairwise(chain):
            layers.before[two].append(one)
            layers.behind[one].append(two)
    _untangle(layers)
    return layers


def _sound(keys: Sequence[str], edges: Sequence[Edge]) -> list[Edge]:
    """The edges between known names, each once, without those that would close a ring."""
    kept: list[Edge] = []
    for one, two in dict.fromkeys(edges):
        if one in keys and two in keys and one != two and not _leads(two, one, kept):
            kept.append((one, two))
    return kept


def _leads(start: str, end: str, edges: Sequence[Edge], skipped: Collection[str] = ()) -> bool:
    """Whether a way over edges leads from one to another, past none that is skipped."""
    seen, ahead = {start}, [start]
    while ahead:
        here = ahead.pop()
        if here == end:
            return True
        if here in skipped and here != start:
            continue
        further = {two for one, two in edges if one == here} - seen
        seen |= further
        ahead += further
    return False


def _reduced(edges: Sequence[Edge], skipped: Collection[str]) -> list[Edge]:
    return [edge for edge in edges if not _leads(*edge, [one for one in edges if one != edge], skipped)]


def _depths(keys: Sequence[str], edges: Sequence[Edge]) -> dict[str, int]:
    """How many others stand at most before each."""
    depth = dict.fromkeys(keys, 0)
    for _round in keys:
        for one, two in edges:
            depth[two] = max(depth[two], depth[one] + 1)
    return depth


def _untangle(layers: Layers) -> None:
    """Orders each row by the middle of what its names hang on, to and fro; the best order met is kept."""
    best, fewest = [list(row) for row in layers.rows], crossings(layers)
    for sweep in range(_SWEEPS):
        if not fewest:
            break
        sides = layers.before if sweep % 2 == 0 else layers.behind
        for row in layers.rows if sweep % 2 == 0 else reversed(layers.rows):
            places = {name: at for other in layers.rows for at, name in enumerate(other)}
            row.sort(key=lambda name: _middle(sides[name], places, places[name]))
        if (now := crossings(layers)) < fewest:
            best, fewest = [list(row) for row in layers.rows], now
    layers.rows = best


def _middle(names: Sequence[str], places: Mapping[str, int], otherwise: int) -> float:
    return sum(places[name] for name in names) / len(names) if names else float(otherwise)


def crossings(layers: Layers) -> int:
    """How many pairs of lines cross."""
    count = 0
    for row, following in pairwise(layers.rows):
        places = {name: at for other in (row, following) for at, name in enumerate(other)}
        lines = [(places[one], places[two]) for one in row for two in layers.behind[one]]
        count += sum((a[0] - b[0]) * (a[1] - b[1]) < 0 for a, b in combinations(lines, 2))
    return count
