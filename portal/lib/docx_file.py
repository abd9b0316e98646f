"""A Word file from outside: looked at before anything reads it, and what its styles make of a paragraph."""

from __future__ import annotations

import re
import zipfile
from io import BytesIO
from typing import Any

import docx
from docx.document import Document

from portal.lib.hashing import sha256
from portal.lib.i18n import _l
from portal.lib.text import plain_name
from portal.lib.zip_parts import is_honest

MEGABYTE = 1 << 20
MOST = 30 * MEGABYTE  # of the file
MOST_UNPACKED = 120 * MEGABYTE
MOST_XML = 8 * MEGABYTE  # of one part that is parsed; read into objects it takes fifty times that
MOST_ELEMENTS = 150_000  # of all parts; each takes the reader a tenth of a millisecond
MOST_PARTS = 3000
BODY = "word/document.xml"

_OLD_OFFICE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_PASSWORD = "EncryptedPackage".encode("utf-16-le")
_DECLARATION = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.I)
_HEADING = re.compile(r"(?:heading|标题)\s*([1-9])(?!\d)", re.I)
_TITLES = {"title", "标题", "文档标题", "文件标题"}
_PICTURE = re.compile(r"\.(?:png|jpe?g|gif|webp)$", re.I)
TITLE_LEVEL = 0


class Unreadable(ValueError):
    """The file cannot be taken in; the text says why, to people."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason
        self.text: Any = REASONS[reason]

    def __str__(self) -> str:
        return str(self.text)


REASONS = {
    "not_docx": _l("这不是 Word 文档（.docx）。旧格式（.doc）请先在 Word 或 WPS 中另存为 .docx。"),
    "password": _l("这个 Word 文档有密码保护，请取消密码后再上传。"),
    "macros": _l("这个 Word 文档带有宏，不能导入。请另存为不带宏的 .docx。"),
    "too_large": _l("这个 Word 文档太大，不能导入。"),
    "damaged": _l("这个 Word 文档已损坏，无法读取。"),
}


def opened(data: bytes) -> Document:
    """The document of a file that may be read.

    Raises:
        Unreadable: it is no Word file, damaged, too large, protected by a password, or carries macros.
    """
    if len(data) > MOST:
        raise Unreadable("too_large")
    if data.startswith(_OLD_OFFICE):
        raise Unreadable("password" if _PASSWORD in data else "not_docx")
    if not zipfile.is_zipfile(BytesIO(data)):
        raise Unreadable("not_docx")
    try:
        with zipfile.ZipFile(BytesIO(data)) as packed:
            _look(packed)
        return docx.Document(BytesIO(data))
    except Unreadable:
        raise
    except Exception as wrong:  # a damaged file may raise nearly anything
        raise Unreadable("damaged") from wrong


def levels(document: Document) -> dict[str, int]:
    """The paragraph styles that make a heading, by their name in the file: its level from 1, the title's 0."""
    found = {}
    for style in document.styles.element.style_lst:
        level = _level(document, style) if style.type is not None and style.name_val else None
        if level is not None:
            found[str(style.name_val)] = level
    return found


def holds(document: Document, *tags: str) -> bool:
    """Whether any of these elements stands in the text."""
    return bool(document.element.body.xpath(" | ".join(f".//{tag}" for tag in tags)))


def picture_names(document: Document) -> dict[str, str]:
    """The stored names of pictures that the portal had written, by the hash of their bytes."""
    found: dict[str, str] = {}
    for shown in document.element.body.xpath(".//wp:docPr[contains(@name, '.')]"):
        name = str(shown.get("name"))
        for key in shown.getparent().xpath(".//a:blip/@r:embed"):
            held = document.part.rels.get(key)
            if held is None or held.is_external or plain_name(name) != name or not _PICTURE.search(name):
                continue
            if name not in found.values():
                found.setdefault(sha256(held.target_part.blob), name)
    return found


def _look(packed: zipfile.ZipFile) -> None:
    parts = {part.filename: part for part in packed.infolist()}
    if BODY not in parts or "[Content_Types].xml" not in parts:
        raise Unreadable("not_docx")
    if len(parts) > MOST_PARTS or sum(part.file_size for part in parts.values()) > MOST_UNPACKED:
        raise Unreadable("too_large")
    if any(part.flag_bits & 1 for part in parts.values()):
        raise Unreadable("password")
    if len(parts) < len(packed.infolist()):
        raise Unreadable("damaged")
    elements = attributes = 0
    for name, part in parts.items():
        if name.lower().endswith("vbaproject.bin"):
            raise Unreadable("macros")
        if not is_honest(packed, part):
            raise Unreadable("damaged")
        with packed.open(part) as file:
            text = file.read(MOST_XML + 1)
        if not (name.lower().endswith((".xml", ".rels")) or _is_xml(text)):  # relationships say what is read
            continue
        if len(text) > MOST_XML:
            raise Unreadable("too_large")
        text = text.replace(b"\0", b"")  # UTF-16 has one beside each Latin letter
        if name == "[Content_Types].xml" and b"macroenabled" in text.lower():
            raise Unreadable("macros")
        if _DECLARATION.search(text):
            raise Unreadable("damaged")  # Word writes no entities; those who do mean harm
        elements += text.count(b"<") - text.count(b"</")
        attributes += text.count(b"=")
        if elements > MOST_ELEMENTS or attributes > 2 * MOST_ELEMENTS:
            raise Unreadable("too_large")


def _is_xml(data: bytes) -> bool:
    """Whether a part may be read as XML: its first sign is an angle bracket, in whatever encoding."""
    rest = data.lstrip(b"\xef\xbb\xfe\xff\xbf\0 \t\r\n")
    return not rest or rest.startswith(b"<")


def _level(document: Document, style: Any) -> int | None:
    """By the style's own name or outline level, else by those of the style that it is based on."""
    seen = set()
    while style is not None and style.styleId not in seen:
        seen.add(style.styleId)
        name = str(style.name_val or "").strip()
        if name.lower() in _TITLES:
            return TITLE_LEVEL
        if heading := _HEADING.match(name):
            return min(int(heading[1]), 4)
        outline = style.xpath("./w:pPr/w:outlineLvl/@w:val")
        if outline and outline[0].isdigit():
            return min(int(outline[0]) + 1, 4) if int(outline[0]) < 9 else None
        style = style.base_style
    return None
