"""A Word file read into the Markdown of documents: title, clauses, lists, tables, pictures.

Typed numbers of headings go, since the portal counts. What the portal itself has written (`portal.lib.docx_out`)
comes back with its ids and parts.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from io import BytesIO
from itertools import count
from typing import Any

import filetype
import mammoth
from bs4 import BeautifulSoup, Tag
from bs4.element import NavigableString

from portal.lib import docx_headings
from portal.lib.docx_file import TITLE_LEVEL, Unreadable, holds, levels, opened, picture_names
from portal.lib.docx_markdown import written
from portal.lib.docx_names import (
    CODE_STYLE,
    DEEPEST,
    FACTS_STYLE,
    ITEM_STYLE,
    PART_STYLE,
    QUOTE_STYLE,
    ROW_STYLE,
    WORDS_STYLE,
    id_of,
)
from portal.lib.hashing import sha256
from portal.lib.i18n import _l
from portal.lib.pictures import SHOWN

__all__ = ["Imported", "Picture", "Unreadable", "read"]

_HEADINGS = ["h1", "h2", "h3", "h4"]
_OWN = f"""
p[style-name='{FACTS_STYLE}'] => !
p[style-name='{ROW_STYLE}'] => !
p[style-name='{CODE_STYLE}'] => pre:separator('\\n')
r[style-name='{WORDS_STYLE}'] => code
p[style-name='{PART_STYLE}'] => p.part:fresh
p[style-name='{QUOTE_STYLE}'] => blockquote > p:fresh
p[style-name^='toc '] => !
p[style-name='TOC Heading'] => !
p[style-name='目录'] => !
"""
_ITEMS = "".join(
    f"p[style-name='{ITEM_STYLE} {depth}'] => {'ul|ol > li > ' * depth}p:fresh\n"
    f"table[style-name='{ITEM_STYLE} Table {depth}'] => {'ul|ol > li > ' * depth}table:fresh\n"
    for depth in range(1, DEEPEST + 1)
)
_DEEPER = "".join(
    f"p[style-name='List {name} {depth}'] => {'ul|ol > li > ' * (depth - 1)}{kind} > li:fresh\n"
    for name, kind in (("Bullet", "ul"), ("Number", "ol"))
    for depth in (2, 3)
)
WARNINGS = {
    "revisions": _l("文档中有未处理的修订，已按全部接受导入。"),
    "formulas": _l("文档中有公式，公式没有导入，请补写。"),
    "pictures": _l("有的图片不是 PNG、JPEG、GIF 或 WebP，或存放在文档之外，没有导入。"),
    "numbered": _l("有的段落以编号开头但不像标题，编号原样保留。"),
    "headings": _l("没有找到标题，请为条款加上标题。"),
    "notes": _l("脚注和尾注已放在文末。"),
}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of the file, by the name that the text calls it by."""

    name: str
    type: str
    data: bytes


@dataclass(frozen=True, slots=True)
class Imported:
    """What was read; headings have ids where the portal had written them, `clauses.settle` gives the others.

    `warnings` are texts for people about what was left out or is doubtful.
    """

    title: str
    text: str
    images: Sequence[Picture]
    warnings: Sequence[Any]


@dataclass(slots=True)
class _Pictures:
    """The pictures met so far, each once."""

    names: Mapping[str, str]  # of those that the portal had written, by their hash
    found: dict[str, Picture] = field(default_factory=dict)
    lost: bool = False

    def take(self, image: Any) -> dict[str, str]:
        try:
            with image.open() as file:
                data = file.read()
        except Exception:  # outside the file, or not there at all
            self.lost = True
            return {}
        kind = filetype.guess(data)
        if kind is None or kind.mime not in SHOWN:
            self.lost = True
            return {}
        digest = sha256(data)
        if digest not in self.found:
            name = self.names.get(digest) or self._free(SHOWN[kind.mime])
            self.found[digest] = Picture(name, kind.mime, data)
        return {"src": self.found[digest].name}

    def _free(self, ending: str) -> str:
        """A name that no other picture has."""
        taken = {*self.names.values(), *(one.name for one in self.found.values())}
        return next(
            name for at in count(len(self.found) + 1) if (name := f"image-{at}.{ending}") not in taken
        )


def read(data: bytes) -> Imported:
    """The text of a Word file.

    Raises:
        Unreadable: it is no Word file, damaged, too large, protected by a password, or carries macros.
    """
    document = opened(data)
    try:
        pictures = _Pictures(picture_names(document))
        made = mammoth.convert_to_html(
            BytesIO(data),
            style_map=_OWN + _ITEMS + _DEEPER + _style_map(levels(document)),
            include_embedded_style_map=False,
            external_file_access=False,
            convert_image=mammoth.images.img_element(pictures.take),
            id_prefix="",
        )
        soup = BeautifulSoup(made.value, "html.parser")
        warnings = list(_settle(soup))
        title = _title(soup) or str(document.core_properties.title or "").strip()
        text = written(soup)
        if holds(document, "w:ins", "w:del"):
            warnings.append("revisions")
        if holds(document, "m:oMath"):
            warnings.append("formulas")
    except Unreadable:
        raise
    except Exception as wrong:  # a damaged or hostile file may raise nearly anything, also by its depth
        raise Unreadable("damaged") from wrong
    if pictures.lost:
        warnings.append("pictures")
    return Imported(title, text, list(pictures.found.values()), [WARNINGS[one] for one in warnings])


def _style_map(levels: Mapping[str, int]) -> str:
    def line(name: str, level: int) -> str:
        quoted = name.replace("\\", "\\\\").replace("'", "\\'")
        target = "p.title" if level == TITLE_LEVEL else f"h{level}"
        return f"p[style-name='{quoted}'] => {target}:fresh"

    return "\n".join(line(name, level) for name, level in levels.items() if name.isprintable())


def _settle(soup: BeautifulSoup) -> Iterator[str]:
    """Makes the HTML what documents are made of; what is doubtful."""
    for table in soup.find_all("table"):
        if not table.get_text(strip=True) and not table.find("img"):
            table.decompose()  # the frame of the facts, which the portal writes itself
    if soup.find(["h5", "h6"]):
        for deep in soup.find_all(["h5", "h6"]):
            deep.name = "h4"
    for inner in soup.select(
        ", ".join(f"{place} {h}" for place in ("table", "li", "blockquote") for h in _HEADINGS)
    ):
        inner.name = "p"
    for empty in soup.find_all(_HEADINGS):
        if not empty.get_text(strip=True):
            empty.unwrap()
    if not soup.find(_HEADINGS) and docx_headings.settle(soup):
        yield "numbered"
    if not soup.find(_HEADINGS):
        yield "headings"
    if soup.select('li[id^="footnote-"], li[id^="endnote-"]'):
        yield "notes"
    for back in soup.select('a[href^="#footnote-ref-"], a[href^="#endnote-ref-"]'):
        back.decompose()
    _links(soup)
    _levels(soup)


def _links(soup: BeautifulSoup) -> None:
    """Bookmarks of the portal's own give headings their ids and links their clauses; all others go."""
    for anchor in soup.find_all("a"):
        mark = id_of(str(anchor.get("id") or ""))
        heading = anchor.find_parent(_HEADINGS)
        if mark and isinstance(heading, Tag):
            heading["id"] = mark
        target = str(anchor.get("href") or "")
        if target.startswith("#"):
            named = id_of(target[1:])
            anchor["href"] = f"#{named.split(' ')[0].lstrip('#')}" if named else ""
        if not anchor.get("href"):
            anchor.unwrap()


def _levels(soup: BeautifulSoup) -> None:
    """No level is left out, whatever styles were used, and a first heading above all others is the title."""
    headings: list[Tag] = list(soup.find_all(_HEADINGS))
    tops = [one for one in headings if one.name == "h1"]
    if (
        len(headings) > 2
        and tops == headings[:1]
        and not soup.select("p.title")
        and not headings[0].get("id")
    ):
        tops[0].name, tops[0]["class"] = "p", "title"
        headings = headings[1:]
    above: list[int] = []
    for heading in headings:
        level = int(heading.name[1])
        above = [*(one for one in above if one < level), level]
        heading.name = f"h{len(above)}"
        docx_headings.strip_numbers(heading)
        if mark := heading.get("id"):
            heading.append(NavigableString(f" {{{mark}}}"))


def _title(soup: BeautifulSoup) -> str:
    """The title, taken out of the text: by its style, else the first line if it looks like one."""
    marked = next(iter(soup.select("p.title")), None)
    if marked is None:
        first = next(
            (one for one in soup.children if isinstance(one, Tag) and one.get_text(strip=True)), None
        )
        words = first.get_text(strip=True) if first is not None else ""
        alone = first is not None and first.name == "p" and soup.find(_HEADINGS)
        if (
            first is None
            or not alone
            or len(words) > docx_headings.LONGEST
            or re.search("[。；：:，]", words)
        ):
            return ""
        marked = first
    words = " ".join(marked.get_text().split())
    marked.decompose()
    return words
