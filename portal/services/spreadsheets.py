"""Uploaded spreadsheets read as rows of text, with limits on what is unpacked."""

from __future__ import annotations

import csv
import io
import zipfile
from typing import Any

from portal.domain.refusal import Refusal
from portal.lib import workbook_file
from portal.lib.i18n import _l
from portal.lib.text import clean

MOST_BYTES = 2_000_000


class Unreadable(Refusal):
    """The file is no spreadsheet that can be read."""

    text = _l("文件无法读取。请使用模板，保存为 XLSX 或 CSV。")


def read(name: str, data: bytes) -> list[list[str]]:
    """The rows of the first sheet of an XLSX file, or of a CSV file in UTF-8 or GB 18030.

    Raises:
        Refusal: it cannot be read, or is too large.
    """
    if len(data) > MOST_BYTES:
        raise Refusal(_l("文件超过 2 MB。"))
    return _workbook(data) if name.lower().endswith(".xlsx") else rows(_decoded(data))


def rows(text: str) -> list[list[str]]:
    """The rows of a CSV text, their cells cleaned."""
    try:
        return [[clean(cell) for cell in row] for row in csv.reader(io.StringIO(text, newline=""))]
    except csv.Error:
        raise Unreadable from None


def _workbook(data: bytes) -> list[list[str]]:
    from python_calamine import CalamineError, CalamineWorkbook  # 2 MB, seldom asked for

    try:
        sheet = CalamineWorkbook.from_filelike(io.BytesIO(workbook_file.repacked(data))).get_sheet_by_index(0)
        return [[_cell(value) for value in row] for row in sheet.to_python()]
    except (CalamineError, zipfile.BadZipFile, NotImplementedError, RuntimeError, ValueError, OSError):
        raise Unreadable from None


def _decoded(data: bytes) -> str:
    for encoding in ("utf-8-sig", "gb18030"):
        try:
            return data.decode(encoding)
        except UnicodeDecodeError:
            continue
    raise Unreadable


def _cell(value: Any) -> str:
    """A cell as text; a number such as a telephone's without the point that spreadsheets add."""
    if isinstance(value, float) and value.is_integer():
        return str(int(value))
    return clean(str(value))
