"""Paragraphs, lists, tables and pictures of a document, written into a Word file."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import suppress
from io import BytesIO
from typing import Any

from docx.document import Document
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.image.exceptions import UnrecognizedImageError
from docx.shared import Mm, RGBColor
from docx.text.paragraph import Paragraph
from docx.text.run import Run
from markdown_it.token import Token
from mdit_py_cjk_friendly import is_cjk

from portal.lib import markup, pictures
from portal.lib.docx_names import (
    CODE_STYLE,
    DEEPEST,
    ITEM_STYLE,
    PART_STYLE,
    QUOTE_STYLE,
    ROW_STYLE,
    WORDS_STYLE,
)
from portal.lib.docx_xml import Lists, described, hyperlink, repeated_header
from portal.lib.markdown import NAMED, OUTSIDE

WIDEST = Mm(150)
LONGEST = 2000  # pixels of a picture that Word does not know and is written anew
_LINK = RGBColor(0x0B, 0x57, 0xA4)
_ALIGNED = {"text-align:center": WD_ALIGN_PARAGRAPH.CENTER, "text-align:right": WD_ALIGN_PARAGRAPH.RIGHT}
_SWITCHES = {"strong": "bold", "em": "italic", "s": "strike"}


class Body:
    """Writes the texts of clauses one behind the other; `marks` are the bookmarks of their ids."""

    def __init__(
        self,
        document: Document,
        marks: Mapping[str, str],
        parts: Callable[[str, str], Sequence[Sequence[str]]],
        image: Callable[[str], bytes | None],
        link: Callable[[str], str],
    ) -> None:
        self.document, self.marks, self.parts, self.image, self.link = document, marks, parts, image, link
        self.lists = Lists(document)

    def add(self, text: str) -> None:
        """A text without headings."""
        tokens = iter(markup.tokens(text))
        lists: list[int] = []
        item = False  # the next paragraph is the first of an item
        quoted = 0
        for token in tokens:
            match token.type:
                case "bullet_list_open" | "ordered_list_open":
                    ordered = token.type.startswith("ordered")
                    lists.append(self.lists.begin(ordered=ordered, start=int(token.attrGet("start") or 1)))
                case "bullet_list_close" | "ordered_list_close":
                    lists.pop()
                case "list_item_open" | "list_item_close":
                    item = token.nesting == 1
                case "blockquote_open" | "blockquote_close":
                    quoted += token.nesting
                case "inline":
                    paragraph = self.document.add_paragraph(style=QUOTE_STYLE if quoted else None)
                    if lists and item:
                        paragraph.style = "List Paragraph"
                        self.lists.item(paragraph, lists[-1], len(lists) - 1)
                    elif lists and not quoted:
                        paragraph.style = f"{ITEM_STYLE} {min(len(lists), DEEPEST)}"
                    item = False
                    self.line(paragraph, token)
                case "fence":
                    for line in token.content.rstrip("\n").split("\n"):
                        self.document.add_paragraph(line, style=CODE_STYLE)
                case "part":
                    self._part(token)
                case "table_open":
                    self._table(tokens, min(len(lists), DEEPEST))

    def line(self, paragraph: Paragraph, token: Token) -> None:
        """The words, links and pictures of one line."""
        switched: list[str] = []
        links: list[Any] = []  # what runs are moved into; None where a link leads nowhere
        before = ""
        children = token.children or []
        for at, child in enumerate(children):
            kind, _mark, end = child.type.rpartition("_")
            if kind in _SWITCHES:
                switched = [*switched, kind] if end == "open" else switched[:-1]
            elif kind == "link":
                links = [*links, self._linked(paragraph, child)] if end == "open" else links[:-1]
            elif child.type == "image":
                self._picture(paragraph, child)
            elif said := _said(child, before, children[at + 1].content if at + 1 < len(children) else ""):
                run = paragraph.add_run(said, style=WORDS_STYLE if child.type == "code_inline" else None)
                for one in switched:
                    setattr(run.font, _SWITCHES[one], True)
                if links and links[-1] is not None:
                    _move(run, links[-1])
                before = said

    def _linked(self, paragraph: Paragraph, token: Token) -> Any:
        target = markup.target(token)
        if target.startswith("#"):
            name = self.marks.get(target[1:])
            return hyperlink(paragraph, anchor=name) if name else None
        if OUTSIDE.match(target):
            return hyperlink(paragraph, address=target)
        return hyperlink(paragraph, address=self.link(target) or target) if NAMED.fullmatch(target) else None

    def _picture(self, paragraph: Paragraph, token: Token) -> None:
        alt, name = markup.words(token), markup.target(token)
        data = self.image(name)
        if data is not None:
            with suppress(pictures.Unreadable):
                run = paragraph.add_run()
                shape, as_it_is = _placed(run, data)
                if shape.width > WIDEST:
                    shape.height, shape.width = round(shape.height * WIDEST / shape.width), WIDEST
                described(run, alt, name if as_it_is else "")
                return
        paragraph.add_run(alt)

    def _part(self, token: Token) -> None:
        self.document.add_paragraph(token.content, style=PART_STYLE)
        rows = [list(map(str, row)) for row in self.parts(token.meta["kind"], token.meta["name"])]
        width = max(map(len, rows), default=0)
        if width == 0:
            return
        table = self.document.add_table(rows=0, cols=width, style="Table Grid")
        for at, row in enumerate(rows):
            for cell, said in zip(table.add_row().cells, [*row, *[""] * (width - len(row))], strict=True):
                cell.paragraphs[0].style = ROW_STYLE
                cell.paragraphs[0].add_run(said).bold = at == 0
        repeated_header(table.rows[0])
        self.document.add_paragraph(style=ROW_STYLE)

    def _table(self, tokens: Iterator[Token], depth: int) -> None:
        rows: list[list[tuple[Token, Token]]] = []
        opened = None
        for token in tokens:
            if token.type == "table_close":
                break
            if token.type == "tr_open":
                rows.append([])
            elif token.type in ("th_open", "td_open"):
                opened = token
            elif token.type == "inline" and opened is not None:
                rows[-1].append((opened, token))
        style = f"{ITEM_STYLE} Table {depth}" if depth else "Table Grid"
        table = self.document.add_table(rows=len(rows), cols=len(rows[0]), style=style)
        for row, cells in zip(table.rows, rows, strict=True):
            for cell, (opening, line) in zip(row.cells, cells, strict=True):
                paragraph = cell.paragraphs[0]
                paragraph.alignment = _ALIGNED.get(str(opening.attrGet("style") or ""))
                self.line(paragraph, line)
        repeated_header(table.rows[0])
        self.document.add_paragraph()


def _said(token: Token, before: str, after: str) -> str:
    if token.type == "hardbreak":
        return "\n"
    if token.type == "softbreak":
        return "" if is_cjk(before[-1:]) and is_cjk(after[:1]) else " "
    return token.content


def _move(run: Run, link: Any) -> None:
    run.font.color.rgb = _LINK
    run.font.underline = True
    link.append(run._r)


def _placed(run: Run, data: bytes) -> tuple[Any, bool]:
    """The picture as it is if Word knows its format, which the second tells, else written anew."""
    try:
        return run.add_picture(BytesIO(data)), True
    except UnrecognizedImageError:
        made = BytesIO()
        pictures.read(data, LONGEST).save(made, "PNG")
        return run.add_picture(BytesIO(made.getvalue())), False
