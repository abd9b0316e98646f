"""Spreadsheets: XLSX and CSV written row by row; no cell is ever run as a formula."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date, datetime
from decimal import Decimal
from tempfile import TemporaryFile

from flask import Response, stream_with_context

from portal.lib.csv_rows import Rows, as_csv
from portal.lib.text import neutralise_cell
from portal.web import reading
from portal.web.headers import name_file

MOST = 50_000
LONGEST = 32_767  # characters that a cell of a spreadsheet holds
TYPES = {
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "csv": "text/csv; charset=utf-8",
}


def answer(name: str, format: str, headers: list[str], rows: Rows, *, exact: bool = False) -> Response:
    """The download; rows are read while it is sent, after the request's write is over, `exact` ones not from a replica."""
    write: Callable[[list[str], Rows], Iterator[bytes]] = as_csv if format == "csv" else as_xlsx
    rows = rows if exact else reading.rows(rows)
    response = Response(stream_with_context(write(headers, rows)), content_type=TYPES[format])
    name_file(response, f"{name}.{format}")
    return response


def as_xlsx(headers: list[str], rows: Rows) -> Iterator[bytes]:
    """An Excel file; its rows go to the disk one by one, so that fifty thousand need no memory."""
    from xlsxwriter import Workbook  # 2 MB, for those who take a list away

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
