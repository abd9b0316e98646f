"""Bills of materials as trees: what is wrong with one, what a product takes in all, what two versions differ in."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from portal.lib.i18n import _l

DEEPEST = 10
COMPARED = ("name", "item", "material", "quantity", "unit", "supplier")
"""What of a part two versions are compared in."""

Row = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Node:
    """A part at its place in the product; `total` is how many of it one product takes here."""

    row: Row
    parents: tuple[str, ...]  # part numbers from the product downwards
    total: Decimal
    children: list[Node] = field(default_factory=list)

    @property
    def part_no(self) -> str:
        """The part's number."""
        return str(self.row["part_no"])

    @property
    def level(self) -> int:
        """How deep it stands: 1 is a part of the product itself."""
        return len(self.parents) + 1

    @property
    def parent(self) -> str:
        """The part that it is a part of; nothing for the product itself."""
        return self.parents[-1] if self.parents else ""


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a row, beside which of its columns."""

    row: int
    column: str
    text: Any


@dataclass(frozen=True, slots=True)
class Change:
    """A difference between two versions: added, removed, moved or changed; `differs` are the columns that differ."""

    kind: str
    old: Node | None
    new: Node | None
    differs: tuple[str, ...] = ()

    @property
    def node(self) -> Node:
        """The part as it is now, or as it was."""
        found = self.new or self.old
        assert found is not None
        return found


def tree(rows: Iterable[Row]) -> list[Node]:
    """The parts of the product itself, each with its own parts below it. The rows are good, see `faults`."""
    roots: list[Node] = []
    path: list[Node] = []
    for row in rows:
        del path[int(row["level"]) - 1 :]
        above = path[-1] if path else None
        parents = (*above.parents, above.part_no) if above else ()
        total = Decimal(row["quantity"]) * (above.total if above else 1)
        node = Node(row, parents, total)
        (above.children if above else roots).append(node)
        path.append(node)
    return roots


def every(nodes: Iterable[Node]) -> Iterator[Node]:
    """All nodes, in the order of the rows."""
    for node in nodes:
        yield node
        yield from every(node.children)


def faults(rows: Sequence[Row], product_no: str = "") -> Iterator[Fault]:
    """What is wrong with the structure, row by row; rows without level or part number are left to their own checks."""
    above: list[str] = []  # part numbers on the way down to the row at hand
    seen: dict[tuple[int, ...], set[str]] = defaultdict(set)
    place: list[int] = []  # the rows on that way
    names: dict[str, Any] = {}
    for index, row in enumerate(rows):
        level, part_no = row["level"], row["part_no"]
        if not level or not part_no:
            return  # what follows cannot be told without it
        if level > DEEPEST:
            yield Fault(index, "level", _l("最多 %(most)d 层", most=DEEPEST))
            return
        if level > len(above) + 1:
            text = (
                _l("第一行须为 1 层")
                if not index
                else _l("层级不能跳过：上一行是第 %(level)d 层", level=len(above))
            )
            yield Fault(index, "level", text)
            return
        del above[level - 1 :], place[level - 1 :]
        if part_no in (*above, product_no):
            yield Fault(index, "part_no", _l("“%(part)s”不能包含自己", part=part_no))
        elif part_no in seen[tuple(place)]:
            yield Fault(index, "part_no", _l("同一上级下“%(part)s”只填一行，请合并用量", part=part_no))
        elif row["name"] and names.setdefault(part_no, row["name"]) != row["name"]:
            text = _l("料号“%(part)s”前面的名称是“%(name)s”", part=part_no, name=names[part_no])
            yield Fault(index, "name", text)
        seen[tuple(place)].add(part_no)
        above.append(part_no)
        place.append(index)


def needs(nodes: Iterable[Node]) -> dict[int, tuple[Row, Decimal]]:
    """What one product takes of each stock item: of an assembly its parts, as far as they are kept in stock."""
    found: dict[int, tuple[Row, Decimal]] = {}
    for node in nodes:
        below = needs(node.children)
        if not below and (item := _id(node.row["item"])):
            below = {item: (node.row, node.total)}
        for id, (row, total) in below.items():
            first, before = found.get(id, (row, Decimal(0)))
            found[id] = (first, before + total)
    return found


def compare(old: Sequence[Node], new: Sequence[Node]) -> list[Change]:
    """What has changed from one version to the other; a part below another one than before has moved."""
    before, after = _by_place(old), _by_place(new)
    changes: list[Change] = []
    gone: list[Node] = []
    come: list[Node] = []
    for place in dict.fromkeys((*after, *before)):
        were, are = before.get(place, []), after.get(place, [])
        for one, other in zip(were, are, strict=False):
            if differs := _differs(one, other):
                changes.append(Change("changed", one, other, differs))
        gone += were[len(are) :]
        come += are[len(were) :]
    for node in come:
        former = next((one for one in gone if one.part_no == node.part_no), None)
        if former is None:
            changes.append(Change("added", None, node))
        else:
            gone.remove(former)
            changes.append(Change("moved", former, node, _differs(former, node)))
    return [*changes, *(Change("removed", node, None) for node in gone)]


def _by_place(nodes: Iterable[Node]) -> dict[tuple[str, str], list[Node]]:
    found: dict[tuple[str, str], list[Node]] = defaultdict(list)
    for node in every(nodes):
        found[node.parent, node.part_no].append(node)
    return found


def _differs(old: Node, new: Node) -> tuple[str, ...]:
    return tuple(name for name in COMPARED if _plain(name, old.row) != _plain(name, new.row))


def _plain(name: str, row: Row) -> Any:
    value = row.get(name)
    if name in ("item", "supplier"):
        return _id(value)
    if name == "quantity":
        return Decimal(value or 0)
    return value or ""


def _id(ref: Any) -> int | None:
    """The id that a reference names, stored or typed."""
    if not ref:
        return None
    found: int | None = ref["id"] if isinstance(ref, Mapping) else ref.id
    return found
