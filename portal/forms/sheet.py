"""A filled sheet ready to be shown: the same lines for the page and the print.

Made from the definition that the record is pinned to, never from today's class, so an old record
reads as it was signed.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from portal.forms.kinds import FILES, NUMBERS, REFERENCES, ROWS, load_one, show

PAGED = ("customer", "project")  # kinds of things with a page of their own


@dataclass(frozen=True, slots=True)
class Cell:
    """One answer as shown: text, or files; of a reference to a record, a customer or a project also what its page goes by."""

    text: str
    numeric: bool = False
    files: tuple[Mapping[str, Any], ...] = ()
    linked: str = ""  # number of the record named
    kind: str = ""  # customer or project, where such a one is named
    code: str = ""  # its code


@dataclass(frozen=True, slots=True)
class Line:
    """One field of the sheet: a label and a cell, or a table."""

    name: str
    label: str
    kind: str
    cell: Cell
    headers: tuple[str, ...] = ()
    numeric: tuple[bool, ...] = ()
    rows: tuple[tuple[Cell, ...], ...] = field(default=())

    @property
    def wide(self) -> bool:
        """Whether it takes the whole width of the sheet."""
        return self.kind in ("long_text", "photo", "attachment", "signature", *ROWS)


def lines(defined: list[dict[str, Any]], raw: Mapping[str, Any], language: str) -> list[Line]:
    """The sheet's lines in a language; fields that did not apply are left out."""
    return [line(one, raw.get(one["name"]), language) for one in defined if _shown(one, raw)]


def line(defined: Mapping[str, Any], raw: Any, language: str) -> Line:
    """One field's line."""
    name, label, kind = defined["name"], defined["label"][language], defined["type"]
    if kind not in ROWS:
        return Line(name, label, kind, cell(defined, raw, language))
    columns = defined["columns"]
    rows = tuple(
        tuple(cell(column, row.get(column["name"]), language) for column in columns) for row in raw or ()
    )
    return Line(
        name,
        label,
        kind,
        Cell(""),
        tuple(column["label"][language] for column in columns),
        tuple(column["type"] in NUMBERS for column in columns),
        rows,
    )


def cell(defined: Mapping[str, Any], raw: Any, language: str) -> Cell:
    """One answer as shown."""
    kind = defined["type"]
    if raw is None:
        return Cell("", kind in NUMBERS)
    if kind in FILES:
        return Cell("", files=tuple(raw))
    if kind == "signature":
        return Cell("", files=(raw,))
    text = show(defined, load_one(defined, raw), language)
    linked = raw["text"].split(" ")[0] if kind == "record_link" and raw["id"] else ""
    code = raw["text"].rsplit(" ", 1)[-1] if kind in PAGED and raw["id"] else ""
    return Cell(text, kind in NUMBERS, linked=linked, kind=kind if code else "", code=code)


def cells(defined: list[dict[str, Any]], raw: Mapping[str, Any], wanted: tuple[str, ...]) -> dict[str, Any]:
    """Register cells of the wanted columns: text in both languages where they differ.

    Of a number also its stored value (`name=`), for spreadsheets, and a key to sort by (`name#`), which is not exact.
    """
    found: dict[str, Any] = {}
    for one in defined:
        if one["name"] in wanted and raw.get(one["name"]) is not None:
            value = load_one(one, raw[one["name"]])
            shown = {language: show(one, value, language) for language in ("zh", "en")}
            found[one["name"]] = shown["zh"] if shown["zh"] == shown["en"] else shown
            if one["type"] in NUMBERS:
                found[f"{one['name']}="] = raw[one["name"]]
                found[f"{one['name']}#"] = float(value)
    return found


def _shown(defined: Mapping[str, Any], raw: Mapping[str, Any]) -> bool:
    return raw.get(defined["name"]) is not None or (
        "when" not in defined and defined["type"] not in REFERENCES
    )
