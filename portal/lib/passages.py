"""The text of a clause taken apart into what can be compared: paragraphs, list items, rows of tables."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from portal.lib import markup

PassageKind = Literal["paragraph", "item", "numbered", "header", "row", "quote", "code", "part"]

BAR = " | "
_LISTS: dict[str, PassageKind] = {"bullet_list_open": "item", "ordered_list_open": "numbered"}


@dataclass(frozen=True, slots=True)
class Passage:
    """A paragraph, list item or row: its Markdown without the mark of its kind, and how deep in lists it stands.

    The cells of a row are set apart by “ | ”; a bar inside a cell is written `\\|`.
    """

    kind: PassageKind
    text: str
    depth: int = 0


def passages(text: str) -> Iterator[Passage]:
    """The passages of a text without headings; a break of lines inside one is no part of it."""
    lists: list[PassageKind] = []
    kind: PassageKind = "paragraph"
    quoted = 0
    row: list[str] | None = None
    for token in markup.tokens(text):
        match token.type:
            case "bullet_list_open" | "ordered_list_open":
                lists.append(_LISTS[token.type])
            case "bullet_list_close" | "ordered_list_close":
                lists.pop()
            case "list_item_open":
                kind = lists[-1]
            case "blockquote_open" | "blockquote_close":
                quoted += token.nesting
            case "thead_open":
                kind = "header"
            case "tbody_open":
                kind = "row"
            case "tr_open":
                row = []
            case "tr_close":
                yield Passage(kind, BAR.join(row or ()), len(lists))
                row = None
            case "table_close" | "list_item_close":
                kind = "paragraph"
            case "inline" if row is not None:
                row.append(token.content.replace("|", r"\|"))
            case "inline":
                yield Passage("quote" if quoted else kind, markup.one_line(token.content), len(lists))
                kind = "paragraph"
            case "fence":
                yield Passage("code", token.content.rstrip("\n"), len(lists))
            case "part":
                yield Passage("part", token.content, len(lists))


def cells(row: str) -> list[str]:
    """The cells of a row's text."""
    return row.split(BAR)
