"""What marks a copy of a sealed print: plain values, free of the database and of WeasyPrint."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class CopySheet:
    """A copy to be made.

    `body` is the sealed original; `address` leads to the page that tells what the copy is worth, by its `code`; `mark`
    stands across each page, `lines` at its foot.
    """

    body: bytes
    language: str
    code: str
    address: str
    mark: str
    lines: tuple[str, ...]
