"""What differs between two revisions of a document, clause by clause; facts that a page or a print draws."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Literal

from portal.lib import markup
from portal.lib.alignment import align
from portal.lib.bindings import (
    BindingChange,
    Fact,
    FieldChange,
    FormChange,
    StepChange,
    StructureChange,
    compare_structures,
)
from portal.lib.clause_pairs import ClausePairs
from portal.lib.clauses import Clause
from portal.lib.passages import BAR, Passage, PassageKind, cells, passages
from portal.lib.wording import Piece, Pieces, compare_wording, likeness, merged, readable

__all__ = [
    "BindingChange",
    "Block",
    "Change",
    "Fact",
    "FieldChange",
    "FormChange",
    "StepChange",
    "StructureChange",
    "compare",
    "compare_structures",
    "summary",
]

ROWS = ("header", "row")
Kind = Literal["added", "removed", "changed", "moved", "same"]


@dataclass(frozen=True, slots=True)
class Block:
    """One passage of a clause: its kind, how deep in lists it stands, and what stays, goes and comes in it.

    `cells` holds the same for each cell of a row whose number of cells is the same, or that is new or gone.
    """

    kind: PassageKind
    state: Literal["added", "removed", "changed", "same"]
    depth: int
    pieces: Pieces
    cells: tuple[Pieces, ...] = ()

    @property
    def shown(self) -> Pieces:
        """The pieces for people: without the marks of Markdown."""
        return self.pieces if self.kind in ("code", "part") else readable(self.pieces)

    @property
    def shown_cells(self) -> tuple[Pieces, ...]:
        """The cells for people."""
        return tuple(map(readable, self.cells))


@dataclass(frozen=True, slots=True)
class Change:
    """One clause in both revisions; a number is empty where the clause is not.

    `moved` says that its place among the others, or the clause above it, is another; a new number alone is not that.
    `record` and `added` are the marks before and after, `id_before` is the id where it was another one.
    """

    id: str
    kind: Kind
    number_before: str
    number_after: str
    level: int
    title: str
    heading: Pieces
    blocks: tuple[Block, ...]
    moved: bool = False
    record: tuple[bool, bool] = (False, False)
    added: tuple[bool, bool] = (False, False)
    id_before: str = ""

    @property
    def renumbered(self) -> bool:
        """Whether it stands in both under different numbers."""
        return bool(self.number_before and self.number_after and self.number_before != self.number_after)


def compare(old: str, new: str) -> list[Change]:
    """Every clause of both texts in the order of the new one; a removed one stands behind the one it stood behind.

    What stands before the first heading is a change without number and title, if there is anything.
    """
    found = [_change(*each) for each in ClausePairs.of(old, new).together()]
    return [one for one in found if one.number_before or one.number_after or one.blocks]


def summary(changes: Sequence[Change]) -> dict[Kind, int]:
    """How many clauses were added, removed, changed, moved or left the same."""
    counts: dict[Kind, int] = {"added": 0, "removed": 0, "changed": 0, "moved": 0, "same": 0}
    for change in changes:
        counts[change.kind] += 1
    return counts


def _change(old: Clause | None, new: Clause | None, moved: bool) -> Change:
    one = new or old
    assert one is not None
    blank = replace(one, number="", title="", text="", record=False, added=False)
    was, is_ = old or blank, new or blank
    change = Change(
        id=one.id,
        kind="same",
        number_before=was.number,
        number_after=is_.number,
        level=one.level,
        title=markup.words(markup.inline(one.title)),
        heading=compare_wording(was.title, is_.title),
        blocks=tuple(_blocks(was.text, is_.text)),
        moved=moved,
        record=(was.record, is_.record),
        added=(was.added, is_.added),
        id_before=was.id if was.id != one.id else "",
    )
    return replace(change, kind=_kind(old, new, change))


def _kind(old: Clause | None, new: Clause | None, change: Change) -> Kind:
    if old is None:
        return "added"
    if new is None:
        return "removed"
    marks = (old.id, old.record, old.added) != (new.id, new.record, new.added)
    if marks or old.title != new.title or any(block.state != "same" for block in change.blocks):
        return "changed"
    return "moved" if change.moved else "same"


def _blocks(old: str, new: str) -> Iterator[Block]:
    was, is_ = list(passages(old)), list(passages(new))
    for gone, come in align(was, is_, _alike):
        yield _block(None if gone is None else was[gone], None if come is None else is_[come])


def _alike(old: Passage, new: Passage) -> float:
    """A paragraph made a list item answers to it a little less; what the portal fills in is another or the same."""
    if "part" in (old.kind, new.kind):
        return 0.0
    return likeness(old.text, new.text) * (1.0 if old.kind == new.kind else 0.8)


def _block(old: Passage | None, new: Passage | None) -> Block:
    one = new or old
    assert one is not None
    was, is_ = old.text if old else "", new.text if new else ""
    rows = tuple(_cells(old, new)) if one.kind in ROWS else ()
    if old is None or new is None:
        return Block(
            one.kind, "removed" if new is None else "added", one.depth, compare_wording(was, is_), rows
        )
    pieces = _row(rows) if rows else compare_wording(was, is_)
    return Block(one.kind, "same" if old == new else "changed", one.depth, pieces, rows)


def _cells(old: Passage | None, new: Passage | None) -> Iterator[Pieces]:
    """Each cell of a row; none where the old and the new one cannot be laid upon each other."""
    was = cells(old.text) if old and old.kind in ROWS else []
    is_ = cells(new.text) if new and new.kind in ROWS else []
    if old is None or new is None:
        was, is_ = was or [""] * len(is_), is_ or [""] * len(was)
    if len(was) == len(is_):
        yield from (compare_wording(*each) for each in zip(was, is_, strict=True))


def _row(found: Sequence[Pieces]) -> Pieces:
    bar: Piece = ("=", BAR)
    return merged(piece for at, cell in enumerate(found) for piece in (*((bar,) if at else ()), *cell))
