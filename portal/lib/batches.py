"""Long lists, a part at a time."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import islice
from typing import TypeVar

AT_ONCE = 500  # values that one statement names; databases bear some ten thousand
One = TypeVar("One")


def in_batches(every: Iterable[One], size: int = AT_ONCE) -> Iterator[list[One]]:
    """So many of them at a time, in their order."""
    left = iter(every)
    while batch := list(islice(left, size)):
        yield batch
