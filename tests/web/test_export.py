"""Spreadsheets: harmless cells, types, names of files, fifty thousand rows."""

import csv
import io
import re
from datetime import UTC, date, datetime
from decimal import Decimal

import openpyxl
import pytest
from flask import Flask
from hypothesis import given
from hypothesis import strategies as st

from portal.forms.columns import Column
from portal.lib.text import clean
from portal.web import export
from tests.web.conftest import Desk

HEADERS = ["文字", "数", "日期", "时间"]
MORNING = datetime(2026, 5, 12, 9, 30, tzinfo=UTC).replace(tzinfo=None)  # a sheet knows no zones
ROW = ["普通", Decimal("12.50"), date(2026, 5, 12), MORNING]


@pytest.mark.proves("S29")
@pytest.mark.parametrize("start", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "＝1", "＋1"])
def test_formulas_become_text(start: str) -> None:
    text = b"".join(export.as_csv(["a"], [[start]])).decode("utf-8-sig")
    (cell,) = list(csv.reader(io.StringIO(text)))[1]
    assert cell.startswith("'")
    assert cell.replace("'", "") == start
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(export.as_xlsx(["a"], [[start]])))).active
    assert sheet["A2"].value.startswith("'")
    assert sheet["A2"].data_type == "s"


def test_types_are_kept() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(export.as_xlsx(HEADERS, [ROW])))).active
    midnight = MORNING.replace(hour=0, minute=0)
    assert [cell.value for cell in sheet[2]] == ["普通", 12.5, midnight, MORNING]
    assert sheet.freeze_panes == "A2"
    text = b"".join(export.as_csv(HEADERS, [ROW])).decode("utf-8-sig")
    assert text == "文字,数,日期,时间\r\n普通,12.50,2026-05-12,2026-05-12 09:30\r\n"


def test_csv_has_the_mark_that_spreadsheets_look_for() -> None:
    assert b"".join(export.as_csv(["a"], [])) == b"\xef\xbb\xbfa\r\n"


def test_overlong_text_is_cut_not_lost() -> None:
    sheet = openpyxl.load_workbook(io.BytesIO(b"".join(export.as_xlsx(["a"], [["长" * 40_000]])))).active
    assert len(sheet["A2"].value) == export.LONGEST


def test_rows_are_written_bit_by_bit() -> None:
    read = []

    def rows() -> object:
        for number in range(3000):
            read.append(number)
            yield [number]

    parts = export.as_csv(["a"], rows())
    next(parts), next(parts)
    assert len(read) < 1000


def test_file_has_a_plain_and_a_chinese_name() -> None:
    app = Flask("export")
    with app.test_request_context():
        answer = export.answer("PU-04-采购订货单", "csv", ["a"], [])
    assert "filename=PU-04.csv" in answer.headers["Content-Disposition"]
    assert "filename*=UTF-8''PU-04-%E9%87%87" in answer.headers["Content-Disposition"]


def test_register_gives_what_was_answered(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    orders = "/purchasing/purchase-orders/exports"
    text = desk.post("buyer", orders, [("format", "csv")]).data.decode("utf-8-sig")
    (plain,) = [row for row in csv.DictReader(io.StringIO(text)) if row["编号"] == number]
    book = openpyxl.load_workbook(io.BytesIO(desk.post("buyer", orders, []).data)).active
    headers, *rows = book.iter_rows()
    (typed,) = [row for row in rows if row[0].value == number]
    cells = {header.value: cell for header, cell in zip(headers, typed, strict=True)}
    shown = desk.record(number).cells
    assert plain["订单金额"] == shown["total_amount"].lstrip("¥").replace(",", "")
    assert re.fullmatch(r"\d+\.\d\d", plain["订单金额"])
    assert (cells["订单金额"].value, cells["订单金额"].number_format) == (float(plain["订单金额"]), "0.00")
    assert cells["要求交货日期"].is_date
    assert f"{cells['要求交货日期'].value:%Y-%m-%d}" == shown["delivery_date"] == plain["要求交货日期"]


def test_money_is_exact_and_whole_numbers_are_whole() -> None:
    money, count = Column("a", "", "money"), Column("a", "", "integer")
    assert [str(money.cell(raw, "zh")) for raw in ("9421.4", "9", "0.125", "-3.10")] == [
        "9421.40",
        "9.00",
        "0.125",
        "-3.10",
    ]
    assert repr(count.cell(1, "zh")) == "1"


hostile = st.text(st.characters(codec="utf-8", exclude_categories=("Cs",)), max_size=40).map(clean)
starts = st.sampled_from(
    ["", "=", "+", "-", "@", "\t", "\r", "＝", "＋", "－", "＠", " =", '"', ",", "\n=", "a;=", "a\t@", "1\n+"]
)


@pytest.mark.proves("S29")
@given(st.lists(st.tuples(starts, hostile), min_size=1, max_size=6))
def test_any_cell_reads_back_as_text_and_as_it_was(cells: list[tuple[str, str]]) -> None:
    typed = [start + text for start, text in cells]
    text = b"".join(export.as_csv(["头"] * len(typed), [typed])).decode("utf-8-sig")
    read = list(csv.reader(io.StringIO(text, newline="")))[1]
    book = openpyxl.load_workbook(io.BytesIO(b"".join(export.as_xlsx(["头"] * len(typed), [typed])))).active
    for place, (was, plain) in enumerate(zip(typed, read, strict=True)):
        assert plain.replace("'", "") == was.replace("'", "")
        assert not re.match(r"[=+\-@\t\r＝＋－＠]", plain)
        assert not re.search(r"[;\t\r\n][=+\-@＝＋－＠]", plain), "nor where semicolons or tabs part cells"
        cell = book.cell(2, place + 1)
        assert cell.data_type in ("s", "n")  # nothing is a formula; an empty cell counts as a number
        assert cell.value is None or cell.data_type == "s"
