"""What is printed of labels: plain values, free of the database and of WeasyPrint."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

LAYOUTS = {"sheet": 24, "single": 1}  # labels on a page: A4 with three times eight, or one of 60 by 40 mm
MARKS = ("qr", "code128", "both")


@dataclass(frozen=True, slots=True)
class Label:
    """A label: what it is stuck on in words, its code, and a line more."""

    name: str
    code: str
    note: str = ""


@dataclass(frozen=True, slots=True)
class LabelSheet:
    """Labels ready for print, in one of the `LAYOUTS`, marked by one of the `MARKS`."""

    title: str
    language: str
    layout: str
    mark: str
    labels: Sequence[Label]
    images: Mapping[int, tuple[str, bytes]] = field(default_factory=dict)

    @property
    def per_page(self) -> int:
        """Labels on a page."""
        return LAYOUTS[self.layout]
