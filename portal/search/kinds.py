"""The kinds of things in the index, each with ids of its own."""

from __future__ import annotations

KINDS = (
    "record",
    "customer",
    "project",
    "person",
    "document",
    "clause",
    "stock_item",
    "product",
    "supplier",
    "machine",
)
"""A kind's place gives its ids, so new ones go to the end. A record has its own id."""

ROOM = 2**40  # ids of one kind


def first(kind: str) -> int:
    """Where the ids of a kind begin."""
    return KINDS.index(kind) * ROOM


def id_of(kind: str, row: int) -> int:
    """The id in the index of a row of this kind."""
    return first(kind) + row


def kind_of(id: int) -> str:
    """The kind of what has this id in the index."""
    return KINDS[id // ROOM]
