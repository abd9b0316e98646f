"""The documents that come with the portal: Markdown files with facts at their head (see `documents/README.md`)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.lib.clauses import Clause, clauses, front_matter

FOLDER = Path(__file__).resolve().parents[2] / "documents"


@dataclass(frozen=True)
class Shipped:
    """One revision of a document as it lies in the folder; `edition` is 1, 2 ... in its order."""

    code: str
    edition: int
    title: str
    title_en: str
    kind: str
    department: str
    summary_en: str
    readers: Sequence[str]
    review_months: int
    text: str
    change: str = ""
    size: str = "major"

    @cached_property
    def clauses(self) -> list[Clause]:
        """Its clauses."""
        return clauses(self.text)


def shipped(folder: Path = FOLDER) -> list[Shipped]:
    """Every revision in the folder, by number and edition.

    Raises:
        ValueError: a file cannot be read; the text names it.
    """
    found = [_read(path) for path in folder.glob("*/*.md")]
    return sorted(found, key=lambda one: (one.code, one.edition))


def _read(path: Path) -> Shipped:
    edition = path.stem.rpartition(".")[2]
    try:
        facts, text = front_matter(path.read_text("utf-8"))
        return Shipped(edition=int(edition) if edition.isdigit() else 1, text=text.strip(), **_facts(facts))
    except (ValueError, TypeError) as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
