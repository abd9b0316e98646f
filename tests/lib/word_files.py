"""Word files for the tests: made by python-docx, or spoilt on purpose."""

from __future__ import annotations

import zipfile
from collections.abc import Callable, Sequence
from io import BytesIO

import docx
from docx.document import Document
from docx.enum.style import WD_STYLE_TYPE
from PIL import Image


def picture(colour: str = "red", kind: str = "PNG", size: tuple[int, int] = (60, 40)) -> bytes:
    """A picture of one colour."""
    made = BytesIO()
    Image.new("RGB", size, colour).save(made, kind)
    return made.getvalue()


def blank() -> Document:
    """An empty document without the hundred styles of tables that python-docx brings."""
    document = docx.Document()
    for style in list(document.styles):
        if style.type == WD_STYLE_TYPE.TABLE:
            style.delete()
    return document


def saved(document: Document) -> bytes:
    """The bytes of a document."""
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def word(*blocks: str | tuple[str, str] | Sequence[Sequence[str]]) -> bytes:
    """A file of paragraphs: a text, (text, style), or the rows of a table."""
    document = blank()
    for block in blocks:
        if isinstance(block, str):
            document.add_paragraph(block)
        elif isinstance(block, tuple):
            document.add_paragraph(block[0], style=block[1])
        else:
            table = document.add_table(rows=0, cols=len(block[0]))
            for row in block:
                for cell, text in zip(table.add_row().cells, row, strict=True):
                    cell.text = text
    return saved(document)


def changed(data: bytes, name: str, change: Callable[[bytes], bytes | None]) -> bytes:
    """The file with one part changed, or taken away by None; a part that is not there is made of nothing."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        names = [*old.namelist(), *([] if name in old.namelist() else [name])]
        for one in names:
            content: bytes | None = old.read(one) if one in old.namelist() else b""
            if one == name:
                content = change(content or b"")
            if content is not None:
                new.writestr(one, content)
    return made.getvalue()
