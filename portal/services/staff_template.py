"""The empty spreadsheet for a staff import, with the departments and roles to choose from."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from portal.domain.roles import GRANTABLE
from portal.lib.i18n import _
from portal.queries import people
from portal.services.staff_list import COLUMNS, NEEDED

if TYPE_CHECKING:
    import xlsxwriter

WIDTHS = (18, 12, 14, 20, 28, 18, 36)


def make() -> bytes:
    """The spreadsheet's bytes."""
    import xlsxwriter  # 2 MB, seldom asked for

    out = io.BytesIO()
    with xlsxwriter.Workbook(
        out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    ) as book:
        head = book.add_format(
            {"bold": True, "bg_color": "#E8EEF9", "border": 1, "text_wrap": True, "valign": "top"}
        )
        plain = book.add_format({"num_format": "@"})
        sheet = book.add_worksheet(_("人员"))
        for at, ((key, title), width) in enumerate(zip(COLUMNS.items(), WIDTHS, strict=True)):
            sheet.set_column(at, at, width, plain)
            sheet.write_string(0, at, str(title), head)
            sheet.write_comment(0, at, _("必填") if key in NEEDED else _("可不填"))
        sheet.freeze_panes(1, 0)
        _words(
            book.add_worksheet(_("部门")),
            head,
            [(one.name, "、".join(one.aliases)) for one in people.departments()],
        )
        _words(book.add_worksheet(_("角色")), head, [(str(role.title), role.key) for role in GRANTABLE])
    return out.getvalue()


def _words(sheet: xlsxwriter.worksheet.Worksheet, head: object, rows: list[tuple[str, str]]) -> None:
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 60)
    sheet.write_string(0, 0, _("名称"), head)
    sheet.write_string(0, 1, _("也认这些写法"), head)
    for at, row in enumerate(rows, start=1):
        for column, text in enumerate(row):
            sheet.write_string(at, column, text)
