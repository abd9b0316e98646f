"""What the verifier reads on the pages of a print, and the files within: as the portal made it, and as it never would."""

from __future__ import annotations

import json
import pickle
import re
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import Any

import pypdfium2
import pytest
import sqlalchemy as sa
from flask import Flask
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfReader

from portal.demo.stories import STORIES
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import KINDS, REFERENCES, load_one, show
from portal.forms.sheet import Cell, Line
from portal.lib import certificates
from portal.lib.exif import caption
from portal.lib.hashing import canonical_json, sha256
from portal.lib.i18n import speaking
from portal.lib.pictures import SHOWN
from portal.models import AuditCheckpoint, Record
from portal.pdf.layout import size_words
from portal.pdf.page_data import sheet
from portal.pdf.printout import CarriedFile, Printout, Section
from portal.pdf.render import render
from portal.pdf.words import ENGLISH
from portal.queries import record_page
from portal.services import printing
from tests.forms.test_every_form import squeezed
from tests.pdf.test_render import complaint, drawn, photo, small, table
from tests.pdf.test_seal import AUTHORITY, SIGNER, by
from tests.test_verify_record import call, failing, raw, run
from tests.verifier import verifier
from tests.walk import Walker, multi, pairs, problems

Data = dict[str, Any]
RARE = "𠮷喆堃玥☑⌀℃①😀🧑\u200d🔧"
MARKED = "cafe\u0301 q\u0301 a\u0323\u0308 Ω\u2126 马\u2ee2 目\u2f6c ﬁ —―·・‐-"
RIGHT_TO_LEFT = "عربي 12"
BOTH_WAYS = "مرحبا 12 שלום (x) عربي"  # other readers turn such a line in ways of their own
LONG = "W" * 900 + "长" * 900
FILES = {
    "检验报告.pdf": b"%PDF-1.4\n%%EOF\n",
    "notes.txt": "数量以此为准\n".encode(),
    "NOTES.TXT": b"another of that name\n",
    "photo.jpg": photo(400, 300),
    "sign.png": drawn(),
    "con.csv": b"a,b\n1,2\n",
}
TYPES = ("application/pdf", "text/plain", "text/plain", "image/jpeg", "image/png", "text/csv")
NOW = datetime(2026, 11, 23, tzinfo=UTC)
MADE: dict[str, Printout] = {}


@pytest.fixture
def printout(app: Flask) -> Printout:
    """The print of a finished record, with rare characters in its answers and files of several kinds."""
    if not MADE:
        number = finished(Walker(app))
        with app.app_context():
            record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
            for language in ("zh", "en"):
                with speaking(language):
                    MADE[language] = printing.gather(record_page.read(record), language, now=record.closed_at)
    return MADE["zh"]


def finished(walker: Walker) -> str:
    """The number of a new record, signed to its end."""
    form, login = FORMS["IC-08"], walker.opener(FORMS["IC-08"])
    browser = walker.browser(login)
    sent = [browser.post("/files", data={"file": (BytesIO(data), name)}) for name, data in FILES.items()]
    ids = [re.search(r'value="(\d+)"', answer.text) for answer in sent]
    with walker.app.app_context():
        told = pairs(form(answers=STORIES["IC-08"].opening(walker._world(login))))
        db.session.commit()
    rare = {"title": RARE, "period": RIGHT_TO_LEFT, "highlights": f"{LONG}\n{MARKED}"}
    answers = [(name, rare.get(name, value)) for name, value in told if name != "layout_file"]
    answers = [(name, MARKED if name.endswith("-text") else value) for name, value in answers]
    attached = [("layout_file", one[1]) for one in ids if one]
    data = multi([("_op", "submit"), *answers, *attached])
    answer = browser.post(walker.address(form) + "new", data=data)
    assert answer.status_code == 303, problems(answer)
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    while walker.sign(number):
        pass
    assert walker.state(number) == "finished"
    return number


@pytest.fixture
def trust(tmp_path: Path) -> str:
    """What the organisation hands out."""
    (tmp_path / "ca.pem").write_bytes(certificates.dump_public([AUTHORITY.certificate]))
    return str(tmp_path / "ca.pem")


def sealed(printout: Printout, change: Callable[[Data], None] | None = None, **parts: Any) -> bytes:
    """The print under a good seal; its data, or its pages, another."""
    data = json.loads(printout.data)
    if change:
        change(data)
    return by(SIGNER, render(replace(printout, data=canonical_json(data), **parts)))


def answers_of(printout: Printout) -> list[str]:
    """Every answer of a print as text, and the names of the files."""
    lines = [line for section in printout.sections for line in section.lines]
    cells = [cell for line in lines for cell in (line.cell, *(one for row in line.rows for one in row))]
    return [text for cell in cells for text in (cell.text, *(str(one["name"]) for one in cell.files)) if text]


# What is within is found


def test_a_sealed_print_says_what_it_carries(printout: Printout, trust: str, tmp_path: Path) -> None:
    pdf = sealed(printout)
    status, found = run(tmp_path, pdf, "--trust", trust, "--extract", "out")
    assert (status, failing(found)) == (0, set())
    assert {"text", "head", "attachments"} <= found["checks"].keys()
    out = {file.name: file.read_bytes() for file in (tmp_path / "out").iterdir()}
    assert out.pop("record.json") == printout.data
    assert sorted(out.values()) == sorted(FILES.values())
    assert {"检验报告.pdf", "_con.csv"} <= set(out)
    assert len({name.casefold() for name in out}) == len(FILES)
    told = call(tmp_path, "file.pdf", "--trust", trust)
    assert "页面文字与记录数据一致" in told.stdout
    assert "随附文件与哈希一致" in told.stdout


def test_the_english_print_as_well(printout: Printout, trust: str, tmp_path: Path) -> None:
    status, found = run(tmp_path, sealed(MADE["en"]), "--trust", trust)
    assert (status, failing(found)) == (0, set())


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_answer_is_found_by_other_readers_too(printout: Printout, language: str) -> None:
    pdf = render(MADE[language])
    read = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    seen = squeezed(verifier.plain(read))
    wanted = answers_of(MADE[language])
    assert any(RIGHT_TO_LEFT in one for one in wanted)
    assert any("𠮷" in one for one in wanted)
    for part in (part for one in wanted for part in one.split("\n") if part != LONG):
        assert squeezed(verifier.plain(part)) in seen, part
    assert min(seen.count("W"), seen.count("长")) >= 900, (
        "over the end of a page, where its foot stands between"
    )


@pytest.mark.parametrize(
    "text",
    [
        RARE,
        MARKED,
        RIGHT_TO_LEFT,
        BOTH_WAYS,
        LONG,
        "a\u200bb\u200dc\u00add\u202ee",
        "e\u0301" * 300,
        "[U+1F600]",
    ],
)
def test_any_text_is_read_back(text: str) -> None:
    """Line by line, as typed; a text without a sign of its own for each letter carries what it says."""
    given = small(Line("a", "甲", "text", Cell(text)), table("表", ("一", "二"), [(text, "1"), ("2", text)]))
    pages = verifier.page_texts(verifier.PdfFileReader(BytesIO(render(given))))
    assert verifier.says(pages, sheet(given))


def test_rows_longer_than_a_page_and_tables_over_many(tmp_path: Path) -> None:
    long = "\n".join(f"第 {at} 行的说明" for at in range(150))
    rows = [(f"{at}", "说明" * (at % 40), "12.50") for at in range(150)]
    given = complaint(sections=[Section("内容", [
        Line("a", "长", "long_text", Cell(long)), table("表", ("一", "二"), [("A", "1"), (long * 2, long), ("B", "2")]),
        table("多", ("编号", "说明", "金额"), rows, (2,)),
    ])])  # fmt: skip
    pdf = render(given)
    assert len(pypdfium2.PdfDocument(pdf)) > 8
    pages = verifier.page_texts(verifier.PdfFileReader(BytesIO(pdf)))
    assert verifier.says(pages, sheet(given))


@pytest.mark.parametrize(
    "parts",
    [
        {"unfinished": True},
        {"unfinished": True, "ended": "已作废"},
        {"images": {}},
        {"with_history": False},
        {"signatures": []},
        {"language": "en"},
    ],
)
def test_prints_of_every_kind_are_read(parts: Data) -> None:
    """Running heads, page numbers and watermarks are no part of what is said."""
    given = complaint(
        drawing_svg="<svg xmlns='http://www.w3.org/2000/svg'><text>字</text></svg>",
        drawing_title="图",
        **parts,
    )
    assert verifier.says(verifier.page_texts(verifier.PdfFileReader(BytesIO(render(given)))), sheet(given))


# What is within is another


def hashed_anew(record: Data) -> None:
    """All hashes and the chain as they would be if the answers had been these."""
    for one in record["versions"]:
        one["sha256"] = sha256(
            canonical_json([record["number"], one["version"], one["form_version"], one["answers"]])
        )
    record["content_sha256"] = record["versions"][-1]["sha256"]
    contents, stages, new = {one["version"]: one["sha256"] for one in record["versions"]}, [], {}
    for one in record["signatures"]:
        one["content_sha256"] = sha256(canonical_json([contents[one["version"]], stages]))
        old, covered = one["sha256"], {name: one[name] for name in verifier.COVERED}
        one["sha256"] = new[old] = sha256(canonical_json({**covered, "record": record["number"]}))
        if one["answers"] or one["files"]:
            stages = [*stages, [one["step"], one["answers"], one["files"]]]
    last = verifier.GENESIS
    for one in record["events"]:
        if "signature" in one["facts"]:
            one["facts"]["signature"] = new[one["facts"]["signature"]]
        fact = {name: one[name] for name in ("seq", "at", "kind", "person", "address", "facts")}
        link = canonical_json({**fact, "stream": record["stream"], "record": record["record"]})
        one["hash"] = last = sha256(last.encode() + b"\n" + link)
    record["head"]["hash"] = last


def answer(record: Data) -> None:
    changed = {**record["answers"], "period": "2026 年"}
    record["answers"] = record["versions"][-1]["answers"] = changed
    hashed_anew(record)


def answer_in_a_table(record: Data) -> None:
    record["answers"]["items"][0]["text"] += "。"
    record["versions"][-1]["answers"] = record["answers"]
    hashed_anew(record)


def opinion(record: Data) -> None:
    record["signatures"][0]["opinion"] = "不同意"
    hashed_anew(record)


def answer_and_sheet(record: Data) -> None:
    answer(record)
    line = next(one for one in record["sheet"]["sections"][0]["lines"] if one["name"] == "period")
    line["text"] = ["2026 年"]


def sheet_alone(record: Data) -> None:
    record["sheet"]["sections"][0]["lines"][0]["text"] = ["别的"]


def sheet_without_a_line(record: Data) -> None:
    del record["sheet"]["sections"][0]["lines"][1]


def history_line(record: Data) -> None:
    record["sheet"]["history"]["rows"][-1][2] = ["别的"]


def no_sheet(record: Data) -> None:
    del record["sheet"]


@pytest.mark.parametrize(
    ("change", "checks"),
    [
        (answer, {"text", "head"}), (answer_in_a_table, {"text", "head"}), (opinion, {"text", "head"}),
        (answer_and_sheet, {"text", "head"}), (sheet_alone, {"text"}), (sheet_without_a_line, {"text"}),
        (history_line, {"text"}), (no_sheet, {"text", "head"}),
    ],
)  # fmt: skip
def test_data_that_the_pages_do_not_say(
    printout: Printout, trust: str, tmp_path: Path, change: Callable[[Data], None], checks: set[str]
) -> None:
    """Even where its own hashes all come out again."""
    status, found = run(tmp_path, sealed(printout, change), "--trust", trust)
    assert (status, failing(found)) == (1, checks)


@pytest.mark.parametrize(("rows", "said"), [(1, ("1 row", "1 rows")), (2, ("2 rows",))])
def test_one_row_may_be_called_so_or_as_earlier_prints_did(rows: int, said: tuple[str, ...]) -> None:
    field = {"name": "a", "label": {"zh": "甲", "en": "A"}, "type": "line_items", "columns": []}
    made = verifier.line(field, [{}] * rows, "en")
    for count in ("1 row", "1 rows", "2 rows", "2 row"):
        given = {**made, "count": count}
        assert verifier.alike(made, given) == (count in said)


def section(printout: Printout, name: str, text: str) -> list[Section]:
    """The sections with one answer printed as another."""
    first, *others = printout.sections
    lines = [replace(one, cell=Cell(text)) if one.name == name else one for one in first.lines]
    return [replace(first, lines=lines), *others]


def test_pages_that_say_something_else(printout: Printout, trust: str, tmp_path: Path) -> None:
    said = next(one.cell.text for one in printout.sections[0].lines if one.name == "issue_no")
    for text in (f"{said}0", f"不{said}", said[:-1], f"{said}\n{said}"):
        status, found = run(
            tmp_path, sealed(printout, sections=section(printout, "issue_no", text)), "--trust", trust
        )
        assert (status, failing(found)) == (1, {"text"}), text
    for parts in (
        {"sections": [*printout.sections, Section("另", [])]},
        {"sections": []},
        {"number": "IC-08-2026-9999"},
    ):
        assert "text" in failing(run(tmp_path, sealed(printout, **parts), "--trust", trust)[1])


def test_the_head_is_where_the_history_ends(printout: Printout, trust: str, tmp_path: Path) -> None:
    (label, value), *_others = printout.head
    other = value[:-1] + ("0" if value[-1] != "0" else "1")
    assert failing(run(tmp_path, sealed(printout, head=[(label, other)]), "--trust", trust)[1]) == {
        "text",
        "head",
    }

    def elsewhere(record: Data) -> None:
        record["head"]["hash"] = "0" * 64

    assert failing(run(tmp_path, sealed(printout, elsewhere), "--trust", trust)[1]) == {"head"}

    def cut_short(record: Data) -> None:
        """The last event is left out, of the data and of the head in it."""
        del record["events"][-1]
        last = record["events"][-1]
        record["head"] |= {"seq": last["seq"], "hash": last["hash"]}

    assert {"head", "text"} <= failing(run(tmp_path, sealed(printout, cut_short), "--trust", trust)[1])


def test_the_head_names_the_last_checkpoint_of_that_time(app: Flask, trust: str, tmp_path: Path) -> None:
    """And the same record and moment give the same bytes, whatever is signed later."""
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.state == "finished")).first()
        at = record.closed_at
        plain = printing.gather(record_page.read(record), "zh", now=at)
        db.session.add(AuditCheckpoint(number=1, size=3, root="ab" * 32, at=at, note=""))
        db.session.add(
            AuditCheckpoint(number=2, size=9, root="cd" * 32, at=at + timedelta(seconds=1), note="")
        )
        db.session.commit()
        given, again = (printing.gather(record_page.read(record), "zh", now=at) for _twice in range(2))
    assert plain.head == given.head[:1]
    assert given.head[1] == ("最近检查点", f"第 1 号，共 3 项 · {'ab' * 32}")
    assert json.loads(given.data)["head"]["checkpoint"] == {"number": 1, "size": 3, "root": "ab" * 32}
    assert render(given) == render(again)
    assert run(tmp_path, sealed(given), "--trust", trust)[0] == 0

    def another(record: Data) -> None:
        record["head"]["checkpoint"]["size"] = 4

    assert failing(run(tmp_path, sealed(given, another), "--trust", trust)[1]) == {"head"}


def test_a_watermark_is_no_hiding_place(printout: Printout, trust: str, tmp_path: Path) -> None:
    """Lines like the watermark count for nothing, so a finished record has none."""
    said = next(one.cell.text for one in printout.sections[0].lines if one.name == "issue_no")

    def hiding(record: Data) -> None:
        record["sheet"]["watermark"] = "不"

    pdf = sealed(printout, hiding, sections=section(printout, "issue_no", f"{said}\n不"))
    assert failing(run(tmp_path, pdf, "--trust", trust)[1]) == {"text"}


# What the verifier says once more


FIELD = {"name": "a", "label": {"zh": "甲", "en": "A"}}
CHOICES = [{"value": "x", "zh": "一", "en": "one"}, {"value": "y", "zh": "二", "en": "two"}]
REF = {"id": 1, "text": "名称 A-1"}


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize(
    ("kind", "raws"),
    [
        ("text", ["甲", "", "12.50"]), ("long_text", ["a\nb"]), ("phone", ["0574-1"]), ("email", ["a@b.cn"]),
        ("date", ["2026-05-11"]), ("time", ["08:05"]), ("place", ["A-01"]),
        ("datetime", ["2026-05-11T16:30:00+00:00", "1988-07-01T00:00:00+00:00", "2026-05-11T16:30:59.5+08:00"]),
        ("integer", [0, -3, 9999, 10000, -1234567]), ("score", ["4.50"]),
        ("decimal", ["0", "0.00", "100", "1000.10", "-12345.6789", "0.0000001", "1E+3", "12345678901234567890.5"]),
        ("money", ["0", "1234.5", "-0.005", "2.675", "99999999999999999999.999"]), ("percent", ["12.50", "100"]),
        ("choice", ["x", "gone"]), ("multi_choice", [["x", "y"], [], ["gone"]]), ("checklist_item", ["y", "own"]),
        ("yes_no", [True, False]), ("person", [REF]), ("department", [REF]), ("record_link", [{"id": None, "text": "纸"}]),
    ],
)  # fmt: skip
def test_it_says_answers_as_the_portal_does(kind: str, raws: list[Any], language: str) -> None:
    field = {**FIELD, "type": kind, "choices": CHOICES}
    for one in [None, *raws]:
        said = verifier.shown(field, one, language)
        assert said == show(field, load_one(field, one), language) or (said is None and language == "en")


def test_it_knows_the_kinds_of_the_portal() -> None:
    assert set(verifier.REFERENCES) == REFERENCES
    assert set(verifier.PICTURES) == set(SHOWN)
    assert set(verifier.UNSHOWN) == {"图片无法显示", ENGLISH["图片无法显示"]}
    tried = {
        mark.args[1][at][0]
        for mark in test_it_says_answers_as_the_portal_does.pytestmark[:1]
        for at in range(len(mark.args[1]))
    }
    assert set(KINDS) - tried - REFERENCES == {"attachment", "photo", "signature"}, (
        "which are shown by their names"
    )
    for size in (0, 1023, 1024, 1 << 20, 1_258_291, 123 << 20):
        assert verifier.size(size) == size_words(size)
    file = {"taken_at": "2026-05-11T16:30:00+00:00", "place": "29.86833,121.54400"}
    assert verifier.caption(file) == [caption(file)]
    assert verifier.caption({}) == []


# Pages that mean harm


STRUCTURE = "<< /K [<< /S /P /Pg 3 0 R /K 0 >>] >>"


def page(content: bytes, cmap: bytes = b"", structure: str = STRUCTURE, kids: str = "3 0 R") -> bytes:
    """A file of one page by hand."""
    streams = (f"<< /Length {len(one)} >> stream\n{one.decode()}\nendstream" for one in (content, cmap))
    return raw(
        "<< /Type /Catalog /Pages 2 0 R /StructTreeRoot 4 0 R >>", f"<< /Type /Pages /Kids [{kids}] /Count 1 >>",
        "<< /Type /Page /Contents 5 0 R /Resources << /Font << /F << /ToUnicode 6 0 R >> >> >> >>", structure, *streams,
    )  # fmt: skip


CMAP = b"2 beginbfchar <0001> <4E00> <0002> <D842DFB7> endbfchar 2 beginbfrange <0010> <0012> <0041> <0020> <0021> [<0058> <0059>] endbfrange"


@pytest.mark.parametrize(
    ("drawing", "read"),
    [
        (b"<00010002> Tj", "一𠮷"),
        (b"[<0010> -20 <0011> 5 <00 12>] TJ", "ABC"),
        (rb"(\000\020\0\021) Tj (\000\040) Tj", "ABX"),
        (b"(\0!) Tj (\0\x10) Tj", "YA"),
        (b"/Artifact BMC <0010> Tj EMC <0011> Tj", "B"),
        (b"/Span <</ActualText <feff6587>>> BDC <0010> Tj EMC <0011> Tj", "文B"),
        (b"/Span <</ActualText (a\\(b\\)\\\\)>> BDC <0010> Tj EMC", "a(b)\\"),
        (b"3 Tr <0010> Tj 0 Tr <0011> Tj q 3 Tr Q <0012> Tj", "BC"),
        (b"% <0010> Tj\n<0011> Tj", "B"),
        (b"<0999> Tj", "\ufffd"),
    ],
)
def test_what_a_page_draws_is_read(drawing: bytes, read: str) -> None:
    pdf = page(b"/P <</MCID 0>> BDC BT /F 9 Tf " + drawing + b" ET EMC <0010> Tj", CMAP)
    assert verifier.page_texts(verifier.PdfFileReader(BytesIO(pdf))) == [[read]]


ITSELF = "<< /K [4 0 R 4 0 R] >>"
ENDLESS = b"/F 9 Tf (" + b"(" * 100_000


@pytest.mark.parametrize(
    "pdf",
    [
        page(b"", structure=ITSELF), page(ENDLESS), page(b"q " * 200_000), page(b"[" * 200_000 + b" Tj"),
        page(b"/P BDC Tf Tj EMC EMC Q"), page(b"/F 9 Tf", b"beginbfrange " * 50_000),
        page(b"/F 9 Tf", b"beginbfrange " + b"<0000> <ffff> <0041> " * 5_000),
        page(b"/P <</MCID 99999999999999999999>> BDC EMC"), page(b"", structure="null"),
        page(b"", kids="2 0 R 2 0 R"),
    ],
    ids=["itself", "endless", "deep", "nested", "nonsense", "begins", "ranges", "number", "no structure", "pages of itself"],
)  # fmt: skip
@pytest.mark.timeout(60)
def test_pages_that_make_no_sense_say_nothing(printout: Printout, pdf: bytes) -> None:
    record = json.loads(printout.data)
    try:
        checks = verifier.check_pages(verifier.PdfFileReader(BytesIO(pdf)), record)
    except verifier.Unreadable:
        return
    assert checks == {"text": False, "head": False}


# Files


def test_files_that_are_not_the_record_s(printout: Printout, trust: str, tmp_path: Path) -> None:
    first, second, *others = printout.files
    swapped = [replace(first, data=second.data), replace(second, data=first.data), *others]
    more = [*printout.files, CarriedFile("more.txt", "text/plain", b"more")]
    for within in (
        swapped,
        [first, *others],
        more,
        [replace(first, data=first.data + b" "), second, *others],
        [],
    ):
        status, found = run(tmp_path, sealed(printout, files=within), "--trust", trust)
        assert (status, failing(found)) == (1, {"attachments"})


@pytest.mark.parametrize(
    "name",
    [
        "../../evil.txt",
        "/etc/evil",
        "..",
        "C:\\evil.txt",
        "a/b.txt",
        "NUL",
        "com1.txt",
        "x" * 300 + ".txt",
        "a\x1b[2Jb",
        "a\nb",
        ".hidden",
        "end. ",
        "record.JSON",
        "a\u202etxt.exe",
    ],
)
def test_hostile_names_stay_in_the_folder(printout: Printout, tmp_path: Path, name: str) -> None:
    """Even where somebody seals them who has the key."""

    def called(record: Data) -> None:
        record["attachments"][0]["file"] = name

    first, *others = printout.files
    pdf = sealed(printout, called, files=[replace(first, name=name), *others])
    (tmp_path / "here").mkdir()
    before = set(tmp_path.parent.rglob("*"))
    _status, _found = run(tmp_path, pdf, "--extract", "here/out")
    out = tmp_path / "here" / "out"
    written = set(tmp_path.parent.rglob("*")) - before - {out, tmp_path / "file.pdf"}
    assert all(one.parent == out for one in written)
    assert len(written) == len(FILES) + 1
    for one in written:
        assert re.fullmatch(r"[^\x00-\x1f\\/:\u202e]{1,200}", one.name)
        assert not one.name.startswith(".")


def test_nothing_is_written_over(printout: Printout, tmp_path: Path) -> None:
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "notes.txt").write_text("mine")
    status, found = run(tmp_path, sealed(printout), "--extract", "out")
    assert (status, found["verdict"]) == (2, "unreadable")
    assert "notes.txt" in found["zh"]
    assert [one.read_text() for one in (tmp_path / "out").iterdir()] == ["mine"]


def test_files_too_large_together_stay_outside(
    app: Flask, printout: Printout, monkeypatch: pytest.MonkeyPatch, trust: str, tmp_path: Path
) -> None:
    monkeypatch.setattr(printing, "CARRIED", 1000)
    number = finished(Walker(app))
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        given = printing.gather(record_page.read(record), "zh", now=record.closed_at)
    assert given.files == []
    pdf = sealed(given)
    assert list(PdfReader(BytesIO(pdf)).attachments) == ["record.json"]
    text = "".join(page.get_textpage().get_text_range() for page in pypdfium2.PdfDocument(pdf))
    assert "文件未装入本PDF" in re.sub(r"\s", "", text)
    assert run(tmp_path, pdf, "--trust", trust)[0] == 0


def test_files_within_say_what_they_are(printout: Printout) -> None:
    reader = PdfReader(BytesIO(render(printout)))
    specs = {str(one.get_object()["/UF"]): one.get_object() for one in reader.trailer["/Root"]["/AF"]}
    assert len(specs) == len(FILES) + 1
    assert {name: one["/AFRelationship"] for name, one in specs.items()} == {
        name: "/Data" if name == "record.json" else "/Supplement" for name in specs
    }
    kinds = {name: one["/EF"]["/F"].get_object()["/Subtype"] for name, one in specs.items()}
    assert kinds["检验报告.pdf"] == "/application/pdf"
    assert kinds["photo.jpg"] == "/image/jpeg"
    names = [
        bytes(one.original_bytes)
        for one in reader.trailer["/Root"]["/Names"]["/EmbeddedFiles"]["/Names"][::2]
    ]
    assert names == sorted(names)


@pytest.mark.parametrize(
    "profile", [ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1], ids=["archive", "access"]
)
def test_it_is_still_an_archive_file_that_everybody_can_read(profile: ValidationProfile) -> None:
    """Of a record whose bytes are always the same: this validator minds a packed stream that happens to end in \\r."""
    within = [
        CarriedFile(name, types, data) for (name, data), types in zip(FILES.items(), TYPES, strict=True)
    ]
    lines = [Line("a", "甲", "text", Cell(text)) for text in (RARE, MARKED, BOTH_WAYS, LONG)]
    given = complaint(data=b'{"a":1}', made_at=NOW, files=within, sections=[Section("内容", lines)])
    report = validate_pdf_bytes(by(SIGNER, render(given)), profile=profile)
    assert [(one.rule_id, one.message) for one in report.failures] == []


def test_a_printing_process_gets_no_more_than_it_can_hold(printout: Printout) -> None:
    """Files that are pictures too are handed over once."""
    assert len(pickle.dumps(printout)) < len(printout.data) + sum(map(len, FILES.values())) + 50_000


def test_a_page_tells_of_no_other_passkey_than_the_signature_does() -> None:
    signed, said = {"authority": {"passkey": "ab" * 32}}, "通行密钥确认 " + "ab" * 8
    assert verifier.passkeys_hold(signed, ["孙德明 E060", said])
    assert verifier.passkeys_hold(signed, ["孙德明 E060"]), "earlier prints do not tell"
    assert not verifier.passkeys_hold(signed, ["confirmed by passkey " + "cd" * 8])
    assert not verifier.passkeys_hold({"authority": {}}, [said])
