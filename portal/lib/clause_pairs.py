"""Which clause of an old text is which of a new one, and which have another place."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from portal.lib import markup
from portal.lib.alignment import out_of_step
from portal.lib.clauses import Clause, clauses


@dataclass(slots=True)
class ClausePairs:
    """The clauses of two texts; `pairs` gives the old place of each new one that has one.

    The first of both, without number, is what stands before the first heading.
    """

    olds: Sequence[Clause]
    news: Sequence[Clause]
    pairs: dict[int, int] = field(default_factory=dict)
    moved: set[int] = field(default_factory=set)

    @classmethod
    def of(cls, old: str, new: str) -> ClausePairs:
        """Clauses with the same id are the same wherever they stand; of the others, those with the same title."""
        made = cls(_whole(old), _whole(new), {0: 0})
        made._pair([clause.id for clause in made.olds], [clause.id for clause in made.news])
        titles = [[clause.title or " " for clause in each] for each in (made.olds, made.news)]
        made._pair(*titles)
        made.moved = set(made._moved())
        return made

    def together(self) -> Iterator[tuple[Clause | None, Clause | None, bool]]:
        """Old and new clause and whether it has moved, in the new order; what is gone stands where it stood."""
        gone = self._gone()
        for at, clause in enumerate(self.news):
            yield (self.olds[self.pairs[at]] if at in self.pairs else None), clause, at in self.moved
            for lost in gone.get(self.pairs.get(at, -1), ()):
                yield self.olds[lost], None, False

    def _pair(self, old_keys: Sequence[str], new_keys: Sequence[str]) -> None:
        left: dict[str, list[int]] = {}
        taken = set(self.pairs.values())
        for at, key in enumerate(old_keys):
            if key and at not in taken:
                left.setdefault(key, []).append(at)
        for at, key in enumerate(new_keys):
            if at not in self.pairs and left.get(key):
                self.pairs[at] = left[key].pop(0)

    def _moved(self) -> Iterator[int]:
        """New places of clauses under another one than before, or out of order among those beside them."""
        above_old, above_new = _parents(self.olds), _parents(self.news)
        beside: dict[int | None, list[int]] = {}
        for at in sorted(self.pairs):
            was, is_ = above_old[self.pairs[at]], above_new[at]
            counterpart = None if is_ is None else self.pairs.get(is_)
            if was == counterpart and (was is None) == (is_ is None):
                beside.setdefault(is_, []).append(at)
            elif counterpart is not None or is_ is None or was is None or was in self.pairs.values():
                yield at  # not where the one above was only replaced
        for group in beside.values():
            for stray in out_of_step([self.pairs[at] for at in group]):
                yield group[stray]

    def _gone(self) -> dict[int, list[int]]:
        """Old places of removed clauses, by the last before them that stays."""
        stay = set(self.pairs.values())
        gone: dict[int, list[int]] = {}
        last = 0
        for at in range(len(self.olds)):
            if at in stay:
                last = at
            else:
                gone.setdefault(last, []).append(at)
        return gone


def _whole(text: str) -> list[Clause]:
    return [Clause("", "", "", 0, markup.preamble(text)), *clauses(text)]


def _parents(found: Sequence[Clause]) -> list[int | None]:
    """For each clause the place of the one above it."""
    above: list[int | None] = []
    open: list[int] = []
    for at, clause in enumerate(found):
        while open and found[open[-1]].level >= clause.level:
            open.pop()
        above.append(open[-1] if open else None)
        if at:  # the first is what stands before all headings
            open.append(at)
    return above
