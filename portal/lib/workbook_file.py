"""An Excel file from outside: looked at before anything reads it, and handed on as no more than what was looked at.

Whoever reads it makes a table as long and as wide as its outermost cell says, and ends the whole process where there is
no room for that. They would read other kinds of files too, by whatever parts they find.
"""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO

from portal.lib.zip_parts import is_honest

MOST_UNPACKED = 30_000_000
MOST_ROWS, MOST_COLUMNS = 5_000, 60
KEPT = (".xml", ".rels")  # what makes a table; without their other parts XLSB and OpenDocument are no tables
_BEGUN = re.compile(rb"<(?:[\w.-]+:)?(?:row|c)(?=[\s/>])")
# Goes back over nothing: remembering each of a million attributes to come back to would take gigabytes.
_TAG = re.compile(
    rb"""<(?:[\w.-]+:)?(row|c)(?=[\s/>])((?>\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*+)\s*/?>"""
)
_PLACE = re.compile(rb"""\sr\s*=\s*["']([A-Za-z]{0,3})([0-9]{0,7})["']""")
_ANY_PLACE = re.compile(rb"""\sr\s*=""")


class TooLarge(ValueError):
    """It unpacks to too much or not as it says, or a cell lies too far out, or its place cannot be read for certain."""


def repacked(data: bytes) -> bytes:
    """The parts of the file in an archive of our own: who finds their way through that of the file otherwise sees none.

    Raises:
        TooLarge: see there.
        BadZipFile: it is no archive.
        NotImplementedError, RuntimeError: a part is packed in a way that nobody knows, or with a password.
    """
    held = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as given, zipfile.ZipFile(held, "w") as kept:
        parts = given.infolist()
        if sum(part.file_size for part in parts) > MOST_UNPACKED:
            raise TooLarge
        if len({part.filename for part in parts}) < len(parts):
            raise TooLarge
        for part in parts:
            if not is_honest(given, part):
                raise TooLarge
            if part.filename.lower().endswith(KEPT):
                text = given.read(part)
                _look(text.replace(b"\0", b""))  # UTF-16 has one beside each Latin letter
                kept.writestr(part.filename, text)
    return held.getvalue()


def _look(sheet: bytes) -> None:
    """Follows the rows and cells of a sheet, those too that do not say where they are."""
    tags = _TAG.findall(sheet)
    if len(tags) < sum(1 for _begun in _BEGUN.finditer(sheet)):
        raise TooLarge
    for row, column in _places(tags):
        if row > MOST_ROWS or column > MOST_COLUMNS:
            raise TooLarge


def _places(tags: list[tuple[bytes, bytes]]) -> Iterator[tuple[int, int]]:
    row = column = 0
    for name, attributes in tags:
        said = _PLACE.findall(attributes)
        if len(said) != len(_ANY_PLACE.findall(attributes)):
            raise TooLarge
        row, column = (row + 1, 0) if name == b"row" else (row, column + 1)
        for letters, digits in said:
            row, column = int(digits or 0) or row, _column(letters) or column
            yield row, column
        yield row, column


def _column(letters: bytes) -> int:
    number = 0
    for letter in letters.upper():
        number = number * 26 + letter - 64
    return number
