"""HTML as mammoth makes it of a Word file, written as the Markdown of documents."""

from __future__ import annotations

import re
from collections.abc import Set
from typing import Any

from bs4 import Tag
from markdownify import BACKSLASH, MarkdownConverter

from portal.lib.markdown import NAMED, OUTSIDE

# Places inside a table until it is whole: a cell with its spans, its end, the end of a row.
_CELL, _SPANNED, _END, _ROW = "\ufdd2", "\ufdd3", "\ufdd4", "\ufdd5"
_WHOLE_CELL = re.compile(f"{_CELL}([0-9]+) ([0-9]+){_SPANNED}(.*?){_END}", re.S)
_PLACES = dict.fromkeys(map(ord, (_CELL, _SPANNED, _END, _ROW)))

_SPECIAL = re.compile(r"\\(?=[!-/:-@\[-`{-~])|[*`]|~~|\[|<(?=[A-Za-z/!?])|&(?=#?\w+;)|(?<!\w)_|_(?!\w)")
_BEGINS_BLOCK = re.compile(r"^(#{1,6}(?=\s|$)|>|[-+](?=\s)|-{3,}|={3,}|\||[0-9]{3,9}(?=[.)]\s))", re.M)
_ITEM = re.compile(r"^\s*(?:- |([0-9]+\. ))")
_RAISED = str.maketrans("0123456789+-n", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻ⁿ")
_LOWERED = str.maketrans("0123456789+-", "₀₁₂₃₄₅₆₇₈₉₊₋")
WIDEST, LONGEST = 60, 2000  # columns and rows of a table, whatever a cell says that it spans


class Writer(MarkdownConverter):
    """Markdown with plain tables, `-` for lists, and only links that lead to a clause or outside."""

    def __init__(self) -> None:
        super().__init__(bullets="-", heading_style="atx", newline_style=BACKSLASH, autolinks=False)

    def escape(self, text: str, parent_tags: Set[str]) -> str:
        """The text so that nothing in it is a mark by chance."""
        text = text.translate(_PLACES)
        last = max(text.rfind("]("), text.rfind("]["))  # no bracket behind it begins a link

        def shielded(found: re.Match[str]) -> str:
            return found[0] if found[0] == "[" and found.start() > last else f"\\{found[0]}"

        return _SPECIAL.sub(shielded, text)

    def convert_p(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """A paragraph; nothing at its beginning makes a heading or a list of it."""
        text = text.strip(" \t\r\n\u3000")
        if "td" in parent_tags or "th" in parent_tags:
            return f"\n{text}\n"
        shielded = _BEGINS_BLOCK.sub(lambda found: _shield(found[0]), text)
        return f"\n\n{shielded}\n\n" if shielded else ""

    def convert_a(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """A link; where it leads nowhere, its words."""
        target = str(el.get("href") or "")
        lasting = target.startswith("#") or (NAMED.fullmatch(target) and "#" in target)
        if not text.strip() or not (lasting or OUTSIDE.match(target)):
            return text
        shown = f"<{target}>" if re.search(r"[\s()]", target) else target
        return f"[{text.strip()}]({shown})"

    def convert_img(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """A picture by the name of its file."""
        described = re.sub(r"[\[\]\s]+", " ", str(el.get("alt") or "")).strip()
        return f"![{described}]({el['src']})" if el.get("src") else ""

    def convert_sup(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Raised digits, as Unicode has them."""
        raised = text.translate(_RAISED)
        return text if set(raised) & set(text) else raised

    def convert_sub(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """Lowered digits, as Unicode has them."""
        lowered = text.translate(_LOWERED)
        return text if set(lowered) & set(text) else lowered

    def convert_td(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """A cell, kept whole for its table."""
        return f"{_CELL}{_span(el, 'colspan')} {_span(el, 'rowspan')}{_SPANNED}{text.strip()}{_END}"

    convert_th = convert_td

    def convert_tr(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """A row, kept whole for its table."""
        return text + _ROW

    def convert_table(self, el: Tag, text: str, parent_tags: Set[str]) -> str:
        """A table whose first row is its header; a table in a table becomes lines of its cell."""
        rows = [
            [(int(wide), int(long), cell) for wide, long, cell in _WHOLE_CELL.findall(row)]
            for row in text.split(_ROW)
        ]
        rows = [row for row in rows if any(cell for _wide, _long, cell in row)]
        if "td" in parent_tags or "th" in parent_tags:
            return (
                "\n"
                + "\n".join(" ".join(filter(None, (cell for *_spans, cell in row))) for row in rows)
                + "\n"
            )
        alone = []  # a row of one cell over the whole width, or a frame about a text, is no table
        while rows and len(rows[0]) == 1 and (len(rows) == 1 or any(len(row) > 1 for row in rows)):
            alone.append(rows.pop(0)[0][2])
        written = [*(re.sub(r"\n+", "\n\n", cell) for cell in alone), _table(_grid(rows))]
        return "\n\n" + "\n\n".join(filter(None, written)) + "\n\n"


def _span(el: Tag, name: str) -> int:
    said = str(el.get(name) or "1")
    return max(int(said), 1) if said.isdecimal() and len(said) < 6 else 1


def _grid(rows: list[list[tuple[int, int, str]]]) -> list[list[str]]:
    """The cells in their columns: what spans rows is repeated, what spans columns stands in the first."""
    filled: list[list[str]] = []
    below: dict[int, tuple[int, str]] = {}  # column: for how many rows more, and its text
    for row in rows[:LONGEST]:
        line: list[str] = []
        cells = list(reversed(row))
        while (cells or len(line) in below) and len(line) < WIDEST:
            at = len(line)
            if at in below:
                more, text = below.pop(at)
                if more > 1:
                    below[at] = more - 1, text
                line.append(text)
                continue
            wide, long, text = cells.pop()
            for extra in range(min(wide, WIDEST - at)):
                line.append(text if extra == 0 else "")
                if long > 1:
                    below[at + extra] = long - 1, line[-1]
        filled.append(line)
    return filled


def _table(rows: list[list[str]]) -> str:
    width = max(map(len, rows), default=0)
    if not width:
        return ""
    lines = ["| " + " | ".join(map(_cell, [*row, *[""] * (width - len(row))])) + " |" for row in rows]
    return "\n".join([lines[0], "|" + "---|" * width, *lines[1:]])


def _cell(text: str) -> str:
    """A cell on one line; the items of a list are set apart."""
    lines = [line.rstrip("\\").strip() for line in text.split("\n")]
    lines = [line for line in lines if line]
    listed = any(_ITEM.match(line) for line in lines)
    return ("；" if listed else " ").join(
        _ITEM.sub(lambda found: found[1] or "", line).replace("|", r"\|") for line in lines
    )


def _shield(mark: str) -> str:
    """The mark so that it stands for itself; a number is shielded behind it, as a letter cannot be."""
    return f"{mark}\\" if mark.isdecimal() else f"\\{mark}"


def written(soup: Any) -> str:
    """The Markdown of what BeautifulSoup has read."""
    text = Writer().convert_soup(soup)
    return re.sub(r"\n{3,}", "\n\n", str(text)).strip()
