"""Rows as CSV; no cell is ever run as a formula."""

from __future__ import annotations

import csv
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from decimal import Decimal
from io import StringIO
from typing import Any

from portal.lib.text import neutralise_cell

Rows = Iterable[list[Any]]
# Where a spreadsheet parts cells by semicolons or tabs, a new one begins behind each of these, whatever is quoted.
_LATER = re.compile(r"([;\t\r\n])(?=[=+\-@＝＋－＠])")


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
    return neutralise_cell(_LATER.sub(r"\1'", value)) if isinstance(value, str) else str(value)


def _taken(buffer: StringIO) -> bytes:
    data = buffer.getvalue().encode()
    buffer.seek(0)
    buffer.truncate()
    return data
