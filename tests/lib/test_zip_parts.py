"""Archives from outside: one that says less than it holds is found out before anybody unpacks it."""

from __future__ import annotations

import io
import struct
import tracemalloc
import zipfile
import zlib
from contextlib import nullcontext

import docx
import pytest
from python_calamine import CalamineWorkbook

from portal.lib.docx_file import Unreadable, opened
from portal.lib.workbook_file import MOST_COLUMNS, MOST_ROWS, TooLarge, repacked
from portal.lib.zip_parts import is_honest
from portal.services import spreadsheets

NAMES = "urn:oasis:names:tc:opendocument:xmlns:"
MANIFEST = b'<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
BOMB = b"<a>" + b"A" * 3_000_000 + b"</a>"


def archive(**parts: bytes) -> bytes:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name.replace("__", "/"), data)
    return held.getvalue()


def lying(data: bytes, name: str, says: int) -> bytes:
    """The archive, whose own list and the head of the part say that it unpacks to so little."""
    part = zipfile.ZipFile(io.BytesIO(data)).getinfo(name)
    changed, crc = bytearray(data), zlib.crc32(BOMB[:says])
    at = changed.index(name.encode(), changed.index(b"PK\x01\x02")) - 46
    for head in (part.header_offset + 14, at + 16):
        struct.pack_into("<L", changed, head, crc)
        struct.pack_into("<L", changed, head + 8, says)
    return bytes(changed)


@pytest.mark.proves("S38")
@pytest.mark.parametrize("way", [zipfile.ZIP_DEFLATED, zipfile.ZIP_STORED])
@pytest.mark.parametrize("says", [0, 1, 100, len(BOMB) - 1])
def test_a_part_that_holds_more_than_it_says(way: int, says: int) -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", way) as packed:
        packed.writestr("a.xml", BOMB)
        packed.writestr("empty.xml", b"")
    with zipfile.ZipFile(held) as honest:
        assert all(is_honest(honest, part) for part in honest.infolist())
    with zipfile.ZipFile(io.BytesIO(lying(held.getvalue(), "a.xml", says))) as packed:
        assert not is_honest(packed, packed.getinfo("a.xml"))


@pytest.mark.proves("S38")
def test_neither_excel_nor_word_files_may_hold_such_a_part() -> None:
    book = archive(xl__workbook=b"<x/>", xl__sharedStrings=BOMB)
    assert repacked(book)
    with pytest.raises(TooLarge):
        repacked(lying(book, "xl/sharedStrings", 100))
    held = io.BytesIO()
    docx.Document().save(held)
    with zipfile.ZipFile(held, "a", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("word/other.bin", BOMB)
    assert opened(held.getvalue())
    with pytest.raises(Unreadable) as refused:
        opened(lying(held.getvalue(), "word/other.bin", 100))
    assert refused.value.reason == "damaged"


@pytest.mark.filterwarnings("ignore:Duplicate name")
@pytest.mark.proves("S38")
def test_two_parts_of_one_name_are_read_as_none() -> None:
    held = io.BytesIO(archive(xl__workbook=b"<x/>"))
    with zipfile.ZipFile(held, "a") as packed:
        packed.writestr("xl/workbook", b"<y/>")
    with pytest.raises(TooLarge):
        repacked(held.getvalue())


@pytest.mark.proves("S38")
@pytest.mark.parametrize(
    "far",
    [
        '<row r="1"><c r="xfd1048576"/></row>', '<row r="1"><c r = "XFD1048576"/></row>', "<row><c r\n=\n'XFD1048576'/></row>",
        '<row r="1048576"><c/></row>', '<row r="1" spans=">" ><c s=">" r="XFD1"/></row>', "<row>" + "<c/>" * (MOST_COLUMNS + 1) + "</row>",
        "<row/>" * (MOST_ROWS + 1), '<x:row r="9"><x:c r="XFD1048576"/></x:row>', '<row><c r="&#88;FD1048576"/></row>',
        '<row><c r="A1"r="XFD9"/></row>', "<row><c r=XFD1048576 /></row>", '<row><c r="A1" r="XFD9"/></row>', '<row><c r="A99999999"/></row>',
        '<row r="5000"/><row/>', "<row><c r='BH1'/><c/></row>",
    ],
)  # fmt: skip
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_a_cell_far_out_is_found_however_it_is_written(far: str, encoding: str) -> None:
    sheet = f"<worksheet><sheetData>{far}</sheetData></worksheet>".encode(encoding)
    with pytest.raises(TooLarge):
        repacked(archive(**{"xl__worksheets__sheet1.xml": sheet}))
    with zipfile.ZipFile(io.BytesIO(repacked(archive(**{"xl__picture.png": sheet})))) as kept:
        assert kept.namelist() == []


def test_a_sheet_of_all_that_may_be_is_read() -> None:
    row = "<row r='{0}' spans='1:60'>" + "<c/>" * MOST_COLUMNS + "</row>"
    full = "".join(row.format(number) for number in range(1, MOST_ROWS + 1)).encode()
    assert repacked(archive(**{"sheet.xml": b"<sheetData>" + full + b"</sheetData>"}))


@pytest.mark.proves("S38")
def test_a_tag_of_a_million_attributes_takes_no_memory() -> None:
    tag = b"<c" + b' a=""' * 1_000_000
    for sheet, good in ((tag + b"/>", True), (tag, False)):
        tracemalloc.start()
        with nullcontext() if good else pytest.raises(TooLarge):
            repacked(archive(**{"sheet.xml": sheet}))
        assert tracemalloc.get_traced_memory()[1] < 10 * len(sheet)
        tracemalloc.stop()


@pytest.mark.proves("S38")
def test_no_other_kind_of_table_is_read_under_the_name_of_an_excel_file() -> None:
    cell = '<table:table-cell office:value-type="string" table:number-columns-repeated="9"><text:p>x</text:p></table:table-cell>'
    content = f"""<office:document-content xmlns:office="{NAMES}office:1.0" xmlns:table="{NAMES}table:1.0"
 xmlns:text="{NAMES}text:1.0"><office:body><office:spreadsheet><table:table table:name="S"><table:table-row
 table:number-rows-repeated="9">{cell}</table:table-row></table:table></office:spreadsheet></office:body>
</office:document-content>"""
    kind = b"application/vnd.oasis.opendocument.spreadsheet"
    book = archive(**{"mimetype": kind, "META-INF__manifest.xml": MANIFEST, "content.xml": content.encode()})
    assert len(CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()) == 9
    with pytest.raises(spreadsheets.Unreadable):
        spreadsheets.read("a.xlsx", book)


@pytest.mark.proves("S38")
def test_a_damaged_file_is_refused_and_no_error() -> None:
    held = io.BytesIO()
    with zipfile.ZipFile(held, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/workbook.xml", bytes(range(256)) * 9)
    book = held.getvalue()
    for place in range(len(book)):
        with pytest.raises(spreadsheets.Unreadable):
            spreadsheets.read("a.xlsx", book[:place] + bytes([book[place] ^ 0x5A]) + book[place + 1 :])
    for way in (zipfile.ZIP_LZMA, zipfile.ZIP_BZIP2):
        held = io.BytesIO()
        with zipfile.ZipFile(held, "w", way) as packed:
            packed.writestr("xl/workbook.xml", b"<x/>")
        with pytest.raises(TooLarge):
            repacked(held.getvalue())
