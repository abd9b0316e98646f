"""A document as a Word file: title block, numbered clauses, lists, tables, pictures, links, header and footer."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from docx.enum.text import WD_ALIGN_PARAGRAPH
from docx.shared import Mm, Pt, RGBColor

from portal.lib import markup
from portal.lib.clauses import clauses
from portal.lib.docx_blocks import Body
from portal.lib.docx_names import (
    CODE_STYLE,
    DEEPEST,
    FACTS_STYLE,
    ITEM_STYLE,
    PART_STYLE,
    ROW_STYLE,
    WORDS_STYLE,
    bookmark,
)
from portal.lib.docx_xml import HEI, fonts
from portal.lib.docx_xml import bookmark as marked
from portal.lib.docx_xml import field as counted
from portal.lib.text import clean

_SIZES = {"Title": 20, "Heading 1": 15, "Heading 2": 13, "Heading 3": 12, "Heading 4": 11}
_TABLES = ("Normal Table", "Table Grid")


@dataclass(frozen=True, slots=True)
class Cover:
    """What stands above and around the text: `facts` are the rows of the title block, in words."""

    code: str
    title: str
    version: str
    facts: Sequence[tuple[str, str]] = field(default=())
    notice: str = ""  # at the foot of every page


def write(
    text: str,
    cover: Cover,
    *,
    parts: Callable[[str, str], Sequence[Sequence[str]]],
    image: Callable[[str], bytes | None],
    link: Callable[[str], str] = lambda _target: "",
) -> bytes:
    """The document as .docx.

    `parts` gives what the portal fills in as rows of a table, the first its header; `image` the bytes of a stored
    picture; `link` the full address of `PU-P-01#arrival`, which stays as it is where the answer is empty.
    """
    text = clean(text, multiline=True)  # XML has no place for what nobody can see
    document = docx.Document()
    _prepare(document, cover)
    found = clauses(text)
    marks = {one.id: bookmark(one.id, record=one.record, added=one.added) for one in found if one.id}
    body = Body(document, marks, parts, image, link)
    _title_block(document, cover)
    body.add(markup.preamble(text))
    for number, clause in enumerate(found):
        heading = document.add_heading(level=clause.level)
        heading.add_run(f"{clause.number} ")
        body.line(heading, markup.inline(clause.title))
        if name := marks.get(clause.id):
            marked(heading, name, number)
        body.add(clause.text)
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def _prepare(document: Document, cover: Cover) -> None:
    """Fonts, page, header and footer."""
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE and style.name not in _TABLES:
            style.delete()  # the template brings a hundred, which every reader would have to go through
    normal = document.styles["Normal"]
    fonts(normal)
    normal.font.size = Pt(10.5)
    normal.paragraph_format.space_after = Pt(6)
    for name, size in _SIZES.items():
        style = document.styles[name]
        fonts(style, chinese=HEI, latin="Arial")
        style.font.size = Pt(size)
        style.font.color.rgb = RGBColor(0, 0, 0)
    for name in (FACTS_STYLE, CODE_STYLE, PART_STYLE, ROW_STYLE):
        document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH).base_style = normal
        document.styles[name].paragraph_format.space_after = Pt(0)
    for depth in range(1, DEEPEST + 1):
        inner = document.styles.add_style(f"{ITEM_STYLE} {depth}", WD_STYLE_TYPE.PARAGRAPH)
        inner.base_style, inner.paragraph_format.left_indent = normal, Mm(7.4 * depth)
        table = document.styles.add_style(f"{ITEM_STYLE} Table {depth}", WD_STYLE_TYPE.TABLE)
        table.base_style = document.styles["Table Grid"]
    fonts(document.styles.add_style(WORDS_STYLE, WD_STYLE_TYPE.CHARACTER), latin="Consolas")
    document.styles[
        PART_STYLE
    ].font.hidden = True  # it says what the table below it is, should the file come back
    fonts(document.styles[CODE_STYLE], latin="Consolas")
    page = document.sections[0]
    page.page_width, page.page_height = Mm(210), Mm(297)
    page.left_margin = page.right_margin = Mm(25)
    page.header.paragraphs[0].text = f"{cover.code}  {cover.title}\t\t{cover.version}"
    foot = page.footer.paragraphs[0]
    foot.add_run(f"{cover.notice}\t\t")
    counted(foot, "PAGE")
    foot.add_run(" / ")
    counted(foot, "NUMPAGES")
    facts = document.core_properties
    facts.title, facts.subject, facts.author, facts.comments = cover.title, cover.code, "", ""
    facts.version = cover.version


def _title_block(document: Document, cover: Cover) -> None:
    document.add_paragraph(cover.title, style="Title").alignment = WD_ALIGN_PARAGRAPH.CENTER
    if not cover.facts:
        return
    table = document.add_table(rows=0, cols=2, style="Table Grid")
    for label, value in cover.facts:
        for cell, said in zip(table.add_row().cells, (label, value), strict=True):
            cell.paragraphs[0].style = FACTS_STYLE
            cell.paragraphs[0].add_run(said)
    document.add_paragraph(style=FACTS_STYLE)
