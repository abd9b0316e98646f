"""What python-docx has no words for: Chinese fonts, bookmarks, links, fields, lists that count."""

from __future__ import annotations

from itertools import count
from typing import Any

from docx.document import Document
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement, parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.text.paragraph import Paragraph
from docx.text.run import Run

SONG, HEI, LATIN = "宋体", "黑体", "Times New Roman"
_BULLETS = "●○■"
_DEEPEST = 9


def fonts(style: Any, *, chinese: str = SONG, latin: str = LATIN) -> None:
    """The fonts of a style, also for Chinese, which Word keeps apart, whatever the theme says."""
    style.font.name = latin
    faces = style.element.get_or_add_rPr().get_or_add_rFonts()
    for name in [one for one in faces.attrib if one.endswith("Theme")]:
        del faces.attrib[name]
    faces.set(qn("w:eastAsia"), chinese)


def field(paragraph: Paragraph, code: str) -> None:
    """A field that Word counts, such as PAGE."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("shown", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "shown" else "")
        if kind == "shown":
            continue
        mark = OxmlElement("w:fldChar" if kind else "w:instrText")
        if kind:
            mark.set(qn("w:fldCharType"), kind)
        else:
            mark.text = code
        run._r.append(mark)


def bookmark(paragraph: Paragraph, name: str, number: int) -> None:
    """A bookmark over the whole paragraph."""
    start, end = OxmlElement("w:bookmarkStart"), OxmlElement("w:bookmarkEnd")
    for mark in (start, end):
        mark.set(qn("w:id"), str(number))
    start.set(qn("w:name"), name)
    first = 1 if paragraph._p.pPr is not None else 0
    paragraph._p.insert(first, start)
    paragraph._p.append(end)


def hyperlink(paragraph: Paragraph, *, anchor: str = "", address: str = "") -> Any:
    """A link to a bookmark or to an address; runs are moved into what is returned."""
    made = OxmlElement("w:hyperlink")
    if anchor:
        made.set(qn("w:anchor"), anchor)
    else:
        made.set(qn("r:id"), paragraph.part.relate_to(address, RELATIONSHIP_TYPE.HYPERLINK, is_external=True))
    paragraph._p.append(made)
    return made


def described(run: Run, alt: str, name: str) -> None:
    """What the picture of a run shows, for those who cannot see it, and the name that it is stored by."""
    for shown in run._r.xpath(".//wp:docPr"):
        shown.set("descr", alt)
        if name:
            shown.set("name", name)


def repeated_header(row: Any) -> None:
    """The row stands at the top of every page that its table reaches."""
    row._tr.get_or_add_trPr().append(OxmlElement("w:tblHeader"))


class Lists:
    """Numberings for the lists of a document; every list begins at its own number."""

    def __init__(self, document: Document) -> None:
        self._root = document.part.numbering_part.element
        taken = [int(one) for one in self._root.xpath("./w:abstractNum/@w:abstractNumId")]
        self._abstract = {False: max(taken, default=0) + 1, True: max(taken, default=0) + 2}
        self._numbers = count(max(map(int, self._root.xpath("./w:num/@w:numId")), default=0) + 1)
        for ordered, number in self._abstract.items():
            self._root.insert(0, _abstract(number, ordered))

    def begin(self, *, ordered: bool, start: int = 1) -> int:
        """A new list; its number is that of `item`."""
        number = next(self._numbers)
        levels = "".join(
            f'<w:lvlOverride w:ilvl="{at}"><w:startOverride w:val="{start if at == 0 else 1}"/></w:lvlOverride>'
            for at in range(_DEEPEST)
        )
        self._root.append(
            parse_xml(
                f'<w:num {nsdecls("w")} w:numId="{number}"><w:abstractNumId w:val="{self._abstract[ordered]}"/>'
                f"{levels if ordered else ''}</w:num>"
            )
        )
        return number

    @staticmethod
    def item(paragraph: Paragraph, number: int, depth: int) -> None:
        """Makes a paragraph an item of a list, so deep in others, from 0."""
        properties = paragraph._p.get_or_add_pPr().get_or_add_numPr()
        properties.get_or_add_ilvl().val = min(depth, _DEEPEST - 1)
        properties.get_or_add_numId().val = number


def _abstract(number: int, ordered: bool) -> Any:
    levels = "".join(
        f'<w:lvl w:ilvl="{at}"><w:start w:val="1"/>'
        f'<w:numFmt w:val="{"decimal" if ordered else "bullet"}"/>'
        f'<w:lvlText w:val="{f"%{at + 1}." if ordered else _BULLETS[at % 3]}"/><w:lvlJc w:val="left"/>'
        f'<w:pPr><w:ind w:left="{420 * (at + 1)}" w:hanging="420"/></w:pPr></w:lvl>'
        for at in range(_DEEPEST)
    )
    return parse_xml(
        f'<w:abstractNum {nsdecls("w")} w:abstractNumId="{number}">'
        f'<w:multiLevelType w:val="hybridMultilevel"/>{levels}</w:abstractNum>'
    )
