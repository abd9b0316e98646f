"""Bills of materials from spreadsheets: the template, and what an uploaded file says, checked line by line."""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from werkzeug.datastructures import MultiDict

from portal.domain.refusal import Refusal
from portal.forms.catalogue import FORMS
from portal.lib.i18n import _, _l, both
from portal.lib.text import fold
from portal.queries import boms
from portal.queries.actors import Actor
from portal.services import spreadsheets

TABLE = "components"
WIDTHS = {"level": 8, "part_no": 18, "name": 26, "item": 24, "material": 18, "supplier": 26}
EXAMPLE = (
    ("1", "P100-11", "机壳组件", "", "", "1", "套", ""),
    ("2", "P100-1101", "上壳", "", "ABS", "1", "个", ""),
    ("2", "P100-1103", "自攻螺丝 M3×10", "", "碳钢镀锌", "8", "个", ""),
    ("1", "P100-13", "主控板", "", "FR-4", "1", "块", ""),
)


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a line of the file, in which of its columns."""

    line: int
    column: str
    text: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """What a file says: its rows as the form stores them, or what is wrong with it."""

    rows: list[dict[str, Any]]
    problems: list[Problem]


def template() -> bytes:
    """The empty spreadsheet: a heading in both languages for each column, and an example on a sheet of its own."""
    import xlsxwriter  # 2 MB, seldom asked for

    out = io.BytesIO()
    options = {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with xlsxwriter.Workbook(out, options) as book:
        head = book.add_format({"bold": True, "bg_color": "#E8EEF9", "border": 1, "text_wrap": True})
        plain = book.add_format({"num_format": "@"})
        sheet, example = book.add_worksheet("BOM"), book.add_worksheet(_("示例"))
        for at, column in enumerate(_columns()):
            for one in (sheet, example):
                one.set_column(at, at, WIDTHS.get(column.short_name, 10), plain)
                one.write_string(0, at, _heading(column), head)
            sheet.write_comment(0, at, _("必填") if column.required else _("可不填"))
            for line, row in enumerate(EXAMPLE, 1):
                example.write_string(line, at, row[at])
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def read(name: str, data: bytes, by: Actor) -> Sheet:
    """The rows of a file, all of them good, or everything that is wrong with them.

    Raises:
        Refusal: it is no readable spreadsheet, or lacks a column that is needed.
    """
    table = spreadsheets.read(name, data)
    begin = next((at for at, row in enumerate(table) if any(row)), None)
    if begin is None:
        raise Refusal(_l("文件里没有内容。"))
    places = _places(table[begin])
    lines = [(at, row) for at, row in enumerate(table[begin + 1 :], begin + 2) if any(row)]
    if not lines:
        raise Refusal(_l("文件里没有零部件。"))
    most = FORMS[boms.FORM]()[TABLE].most
    if len(lines) > most:
        raise Refusal(_l("最多 %(most)d 行。"), most=most)
    typed = MultiDict(
        (f"{TABLE}-{index}-{column}", row[place])
        for index, (_line, row) in enumerate(lines)
        for column, place in places.items()
        if place < len(row) and row[place]
    )
    form: Any = FORMS[boms.FORM](typed, person=by)
    form.validate()
    problems = list(_problems(form[TABLE], [line for line, _row in lines]))
    return Sheet([] if problems else form[TABLE].dump(), problems)


def _problems(table: Any, lines: list[int]) -> Iterator[Problem]:
    for line, row in zip(lines, table.rows, strict=True):
        for column in row:
            yield from (Problem(line, str(column.label.text), text) for text in column.errors)
    if table.errors:
        yield Problem(lines[-1], "", str(table.errors[0]))


def _columns() -> list[Any]:
    return list(FORMS[boms.FORM]()[TABLE].row())


def _heading(column: Any) -> str:
    words = both(column.label.text)
    return f"{words['zh']} {words['en']}"


def _places(heads: list[str]) -> dict[str, int]:
    """In which column of the file each column stands, by its heading in either language or in both.

    Raises:
        Refusal: one that is needed is missing, or one stands there twice.
    """
    known = {}
    for column in _columns():
        words = both(column.label.text)
        for text in (words["zh"], words["en"], _heading(column), column.short_name):
            known[fold(text)] = column
    found: dict[str, int] = {}
    for at, head in enumerate(heads):
        column = known.get(fold(head))
        if column is not None and found.setdefault(column.short_name, at) != at:
            raise Refusal(_l("列“%(column)s”出现了两次，请删去一列。"), column=str(column.label.text))
    lacking = [
        str(one.label.text) for one in _columns() if one.required and one.short_name not in (*found, *FILLED)
    ]
    if lacking:
        raise Refusal(_l("缺少列：%(columns)s。请使用模板。"), columns="、".join(lacking))
    return found


FILLED = ("name", "unit")  # what a stock item tells
