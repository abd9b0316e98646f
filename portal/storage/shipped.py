"""The documents that come with the portal: Markdown files with facts at their head (see `documents/README.md`)."""

from __future__ import annotations

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from portal.lib.clauses import Clause, clauses, front_matter

FACTS = (
    *("code", "title", "title_en", "kind", "department", "summary_en"),
    *("readers", "review_months", "change", "size"),
)
_NO_NAME = re.compile(r"[/\\:\x00-\x1f\x7f]")  # what the name of a file cannot have
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


def path_of(department: str, code: str, title: str) -> str:
    """Where a document lies below the folder."""
    return f"{department}/{code}-{_NO_NAME.sub('-', title)}.md"


def written(one: Shipped) -> str:
    """The document as a file of the folder; what is empty is left out."""
    facts = {name: getattr(one, name) for name in FACTS if getattr(one, name) or name == "readers"}
    if not one.change:
        facts.pop("size")
    # A string of JSON is one of TOML too, and a list of strings likewise.
    lines = [f"{name} = {json.dumps(value, ensure_ascii=False)}" for name, value in facts.items()]
    return "\n".join(("+++", *lines, "+++", "", one.text.strip(), ""))


def _read(path: Path) -> Shipped:
    edition = path.stem.rpartition(".")[2]
    try:
        facts, text = front_matter(path.read_text("utf-8"))
        return Shipped(edition=int(edition) if edition.isdigit() else 1, text=text.strip(), **_facts(facts))
    except (ValueError, TypeError) as wrong:
        raise ValueError(f"{path.name}: {wrong}") from wrong


def _facts(facts: dict[str, Any]) -> dict[str, Any]:
    return {name: value.strip() if isinstance(value, str) else value for name, value in facts.items()}
