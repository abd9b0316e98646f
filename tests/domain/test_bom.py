"""Bills of materials as trees: totals, needs, differences."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

import pytest

from portal.domain import bom


def row(
    level: int, part_no: str, quantity: str = "1", item: int | None = None, **other: Any
) -> dict[str, Any]:
    found = {"id": item, "text": f"I{item}"} if item else None
    plain = {"name": part_no, "material": None, "unit": "个", "supplier": None}
    return {**plain, "level": level, "part_no": part_no, "quantity": quantity, "item": found, **other}


def test_totals_multiply_downwards() -> None:
    nodes = bom.tree([row(1, "A", "2"), row(2, "B", "3"), row(3, "C", "0.5"), row(1, "B", "4")])
    found = [(node.part_no, node.level, node.parents, node.total) for node in bom.every(nodes)]
    assert found == [
        ("A", 1, (), Decimal(2)),
        ("B", 2, ("A",), Decimal(6)),
        ("C", 3, ("A", "B"), Decimal("3.0")),
        ("B", 1, (), Decimal(4)),
    ]


def test_of_an_assembly_its_parts_are_needed_as_far_as_they_are_kept() -> None:
    rows = [
        row(1, "A", "2", item=1),
        row(2, "B", "3", item=2),
        row(1, "C", item=3),
        row(2, "D"),
        row(1, "B", item=2),
    ]
    needed = {item: total for item, (_row, total) in bom.needs(bom.tree(rows)).items()}
    assert needed == {2: Decimal(7), 3: Decimal(1)}


@pytest.mark.parametrize(
    ("old", "new", "changes"),
    [
        ([row(1, "A")], [row(1, "A")], []),
        ([row(1, "A", "1")], [row(1, "A", "1.000")], []),
        ([row(1, "A")], [row(1, "A"), row(1, "B")], [("added", "B", ())]),
        ([row(1, "A"), row(1, "B")], [row(1, "A")], [("removed", "B", ())]),
        ([row(1, "A")], [row(1, "A", "2", item=4)], [("changed", "A", ("item", "quantity"))]),
        ([row(1, "A"), row(2, "B")], [row(1, "A"), row(1, "B", "2")], [("moved", "B", ("quantity",))]),
        (
            [row(1, "X"), row(2, "A"), row(3, "B"), row(1, "Y")],
            [row(1, "X"), row(1, "Y"), row(2, "A"), row(3, "B")],
            [("moved", "A", ())],
        ),
    ],
)
def test_versions_are_compared(old: list[Any], new: list[Any], changes: list[Any]) -> None:
    found = bom.compare(bom.tree(old), bom.tree(new))
    assert [(one.kind, one.node.part_no, one.differs) for one in found] == changes
