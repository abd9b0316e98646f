"""Spreadsheets: XLSX and CSV written row by row; no cell is ever run as a formula."""

from __future__ import annotations

import csv
from collections.abc import Callable, Iterable, Iterator
from datetime import date, datetime
from decimal import Decimal
from io import StringIO
from tempfile import TemporaryFile
from typing import Any

from flask import Response, stream_with_context
from xlsxwriter import Workbook

from portal.lib.text import neutralise_cell
from portal.web.headers import name_file

MOST = 50_000
LONGEST = 32_767  # characters that a cell of a spreadsheet holds
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}
Rows = Iterable[list[Any]]


def answer(name: str, format: str, headers: list[str], rows: Rows) -> Response:
    """The download; rows are read while it is sent, after the request's write is over."""
    write: Callable[[list[str], Rows], Iterator[bytes]] = as_csv if format == "csv" else as_xlsx
    response = Response(stream_with_context(write(headers, rows)), content_type=TYPES[format])
    name_file(response, f"{name}.{format}")
    return response


def as_csv(headers: list[str], rows: Rows) -> Iterator[bytes]:
    """CSV in UTF-8 with its mark, as spreadsheets on Chinese systems expect it."""
    buffer = StringIO()
    writer = csv.writer(buffer)
    yield b"\xef\xbb\xbf"
    for number, row in enumerate(_with(headers, rows), start=1):
        writer.writerow([_plain(value) for value in row])
        if number % 500 == 0:
            yield _taken(buffer)
    yield _taken(buffer)


def as_xlsx(headers: list[str], rows: Rows) -> Iterator[bytes]:
    """An Excel file; its rows go to the disk one by one, so that fifty thousand need no memory."""
    with TemporaryFile() as file:
        book = Workbook(
            file,
            {
                "constant_memory": True,
                "strings_to_formulas": False,
                "strings_to_urls": False,
                "strings_to_numbers": False,
            },
        )
        sheet = book.add_worksheet()
        bold = book.add_format({"bold": True, "bottom": 1})
        day = book.add_format({"num_format": "yyyy-mm-dd"})
        minute = book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
        cent = book.add_format({"num_format": "0.00"})
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(headers) - 1, 0), 18)
        for at, header in enumerate(headers):
            sheet.write_string(0, at, neutralise_cell(header), bold)
        for line, row in enumerate(rows, start=1):
            for at, value in enumerate(row):
                if isinstance(value, datetime):
                    sheet.write_datetime(line, at, value, minute)
                elif isinstance(value, date):
                    sheet.write_datetime(line, at, value, day)
                elif isinstance(value, Decimal) and value.as_tuple().exponent == -2:
                    sheet.write_number(line, at, value, cent)
                elif isinstance(value, (int, float, Decimal)):
                    sheet.write_number(line, at, value)
                elif value:
                    sheet.write_string(line, at, neutralise_cell(str(value))[:LONGEST])
        book.close()
        file.seek(0)
        while chunk := file.read(64 * 1024):
            yield chunk


def _with(headers: list[str], rows: Rows) -> Iterator[list[Any]]:
    yield list(headers)
    yield from rows


def _plain(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return f"{value:%Y-%m-%d %H:%M}"
    if isinstance(value, Decimal):
        return f"{value:f}"
    return neutralise_cell(value) if isinstance(value, str) else str(value)


def _taken(buffer: StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
