"""How a sheet is laid out on paper: which lines stand side by side, how wide a table's columns are."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

from portal.pdf.printout import Cell, Line

_TABLES = ("line_items", "checklist")
_SHORT = 26  # widest answer, in Chinese characters, that half a row holds well
_BREAKABLE = 400


@dataclass(slots=True)
class Block:
    """Lines printed together: `fields` in rows of one or two, or one `table`, or one set of `photos`."""

    kind: str
    rows: list[list[Line]]

    @property
    def line(self) -> Line:
        """The only line of a table or a set of photos."""
        return self.rows[0][0]


def blocks(lines: Sequence[Line]) -> list[Block]:
    """A section's lines as they are printed one below the other."""
    found: list[Block] = []
    for line in lines:
        kind = kind_of(line)
        if kind != "fields" or not found or found[-1].kind != "fields":
            found.append(Block(kind, [[line]]))
        elif takes_row(line) or len(found[-1].rows[-1]) == 2 or takes_row(found[-1].rows[-1][0]):
            found[-1].rows.append([line])
        else:
            found[-1].rows[-1].append(line)
    return found


def kind_of(line: Line) -> str:
    """What a line is printed as: a table, photos or one of the fields."""
    if line.kind in _TABLES:
        return "table"
    return "photos" if line.kind == "photo" and line.cell.files else "fields"


def takes_row(line: Line) -> bool:
    """Whether a line needs the whole width."""
    return (
        line.wide or len(line.cell.files) > 1 or measure(line.cell.text) > _SHORT or measure(line.label) > 14
    )


def breakable(line: Line) -> bool:
    """Whether an answer is so long that it may run over to the next page."""
    return measure(line.cell.text) > _BREAKABLE


def widths(line: Line) -> list[float]:
    """Shares of a table's width, in percent, by what its columns hold."""
    wanted = []
    for at, header in enumerate(line.headers):
        cells = sorted(_longest(row[at]) for row in line.rows if at < len(row))
        usual = cells[int(len(cells) * 0.9)] if cells else 0
        wanted.append(min(max(usual**0.9, min(measure(header), 5), 3) + 1.2, 22))
    whole = sum(wanted) or 1
    return [round(95.4 * one / whole, 2) for one in wanted]


def size_words(size: int) -> str:
    """A file's size for people."""
    if size < 1024:
        return f"{size} B"
    return f"{size / 1024:,.0f} KB" if size < 1024**2 else f"{size / 1024**2:,.1f} MB"


def measure(text: str) -> float:
    """Width of a text in Chinese characters."""
    return sum(1 if unicodedata.east_asian_width(one) in "WF" else 0.56 for one in text)


def _longest(cell: Cell) -> float:
    return max((measure(part) for part in cell.text.splitlines()), default=0)
