"""Records on paper: what stands on them, how they break over pages, and that they never differ by chance."""

import re
from dataclasses import replace
from io import BytesIO
from pathlib import Path

import pypdfium2
import pytest
from PIL import Image, ImageDraw
from pypdf import PdfReader

from portal.forms.catalogue import FORMS
from portal.forms.definition import definition
from portal.forms.flow import chart
from portal.forms.sheet import Cell, Line
from portal.lib.flowchart import Loop, Node, draw
from portal.pdf import page_data, words
from portal.pdf import render as render_module
from portal.pdf.fonts import FontsMissing, configuration, printable, require
from portal.pdf.layout import blocks, widths
from portal.pdf.pictures import prepare
from portal.pdf.printout import AttachmentLine, HistoryLine, Printout, Section, SignatureLine
from portal.pdf.render import html, render

RARE = "喆堃玥赟燚犇𠮷"


def line(label, text, kind="text"):
    """A field with a text."""
    return Line(label, label, kind, Cell(text))


def photos(label, *files):
    """A photo field."""
    return Line(
        label,
        label,
        "photo",
        Cell("", files=tuple({"id": at, "name": name, "size": 1} for at, name in files)),
    )


def table(label, headers, rows, numeric=()):
    """A table of line items; `numeric` are positions of number columns."""
    flags = tuple(at in numeric for at in range(len(headers)))
    cells = tuple(tuple(Cell(text, flags[at]) for at, text in enumerate(row)) for row in rows)
    return Line(label, label, "line_items", Cell(""), tuple(headers), flags, cells)


def photo(width=2400, height=1600, rotated=False):
    """A photo as a phone takes it."""
    made = Image.new("RGB", (width, height), "#8aa0b4")
    pen = ImageDraw.Draw(made)
    pen.rectangle((width // 4, height // 4, width // 2, height // 2), fill="#c9b27c")
    pen.ellipse((width // 2, height // 3, width - 200, height - 200), fill="#55606b")
    exif = made.getexif()
    if rotated:
        exif[0x0112] = 6
    written = BytesIO()
    made.save(written, "JPEG", exif=exif)
    return written.getvalue()


def drawn():
    """A signature drawn with a finger."""
    made = Image.new("RGBA", (600, 200))
    stroke = [(40, 140), (110, 40), (140, 150), (220, 60), (260, 140), (330, 50), (360, 150), (560, 90)]
    ImageDraw.Draw(made).line(stroke, fill="#10204a", width=9, joint="curve")
    written = BytesIO()
    made.save(written, "PNG")
    return written.getvalue()


def complaint(**changes):
    """A customer's complaint with four stages, as finished."""
    people = [
        ("客服主管受理", "王晓明", "客服主管"),
        ("原因分析", "李静怡", "生产技术人员"),
        ("客户确认", f"{RARE[:3]}", "客户"),
    ]
    signatures = [
        SignatureLine(
            step,
            ["本人已审核并同意", "本人已完成分析，内容属实", "本人认可处理结果"][at],
            who,
            role,
            f"2026-09-{18 + at} 14:0{at}",
            f"{at}f3a9c2e7b10d4856" * 4,
            on_behalf="欧阳文博" if at == 1 else "",
            opinion="请于三个工作日内回复客户，并附检验照片。" if at == 0 else "",
            drawn_file_id=7 if at == 2 else None,
            outside="在本公司设备上签署" if at == 2 else "",
        )
        for at, (step, who, role) in enumerate(people)
    ]
    items = [
        (
            f"壳体 3102-{at:05d}",
            "轴承孔 Φ62H7 超差",
            f"L202609{at:02d}",
            "三坐标",
            f"62.0{at:02d}",
            "80",
            f"{at}",
            "¥1,260.50",
        )
        for at in range(1, 13)
    ]
    headers = ("物料", "缺陷", "批号", "量具", "实测", "样本数", "不合格", "金额")
    sections = [
        Section(
            "投诉登记",
            [
                line("客户", "宁波海曙精密铸造有限公司"),
                line("联系人", "赟燚犇"),
                line("联系电话", "0574-8812 3456"),
                line("投诉日期", "2026-09-18", "date"),
                line("产品", "减速机壳体（铝合金 ADC12）"),
                line("是否停线", "是", "yes_no"),
                line("严重程度", "主要缺陷（B 类）", "choice"),
                line("期望答复", "", "date"),
                line(
                    "投诉内容",
                    "壳体轴承孔 Φ62H7 实测 62.038～62.051 mm，超出上差 +0.030 mm；端面平面度实测 0.09 mm。\n缺陷集中于 2# 模腔，外观未见裂纹、缩孔及冷隔。",
                    "long_text",
                ),
                table("涉及物料", headers, items, (4, 5, 6, 7)),
                photos("现场照片", (1, "不合格品 01.jpg"), (2, "轴承孔 02.jpg")),
            ],
        ),
        Section(
            "客服主管受理",
            [line("处理部门", "质量部"), line("答复期限", "2026-09-25", "date")],
            note="2026-09-18",
            signatures=signatures[:1],
        ),
        Section(
            "原因分析",
            [
                line("根本原因", "2# 模腔冷却水路堵塞，模温偏高。", "long_text"),
                line("纠正措施", "疏通水路，增加点检。", "long_text"),
            ],
            signatures=signatures[1:2],
        ),
        Section(
            "客户确认",
            [
                line("满意度", "5"),
                Line("s", "客户签名", "signature", Cell("", files=({"id": 7, "name": "签名", "size": 1},))),
            ],
            signatures=signatures[2:],
        ),
    ]
    nodes = [
        Node("提交", "陈思远", "09-18 10:21", "done"),
        Node("客服主管受理", "王晓明", "09-18 14:00", "done"),
        Node("原因分析", "李静怡", "09-19 14:01", "done"),
        Node("总经理审批", "总经理", "", "skipped", condition="当「索赔金额」超过「50,000」"),
        Node("客户确认", RARE[:3], "09-20 14:02", "done"),
        Node("完成", state="done"),
    ]
    loops = [Loop(1, -1, "退回"), Loop(2, -1, "退回"), Loop(4, 2, "「满意」为「否」")]
    given = Printout(
        company="华衡制造建设集团",
        code="CS-03",
        title="客户投诉处理记录",
        number="CS-03-2026-0042",
        state_text="已完成",
        unfinished=False,
        language="zh",
        facts=[
            ("提交人", "陈思远"),
            ("部门", "客户服务部"),
            ("提交时间", "2026-09-18 10:21"),
            ("完成时间", "2026-09-20 14:02"),
            ("版次", "第 1 版"),
            ("依据", "CS-P-03 第 5.2 条"),
            ("轮次", "1"),
            ("保存期限", "10 年"),
        ],
        sections=sections,
        signatures=signatures,
        attachments=[
            AttachmentLine("三坐标测量报告.pdf", "application/pdf", 1_258_291, "a3f1" * 16),
            AttachmentLine("供应商 8D 报告.docx", "Word", 364_544, "0c9d" * 16),
        ],
        history=[
            HistoryLine(
                f"2026-09-{18 + at // 6} {9 + at % 8:02d}:{at * 3:02d}",
                people[at % 3][1],
                f"第 {at + 1} 件事：签署、补充附件或更正",
            )
            for at in range(15)
        ],
        chart_svg=draw(nodes, loops, title="审批流程"),
        images={
            1: ("image/jpeg", photo()),
            2: ("image/jpeg", photo(rotated=True)),
            7: ("image/png", drawn()),
        },
        printed_at="2026-11-23 13:40",
    )
    return replace(given, **changes)


def small(*lines, **changes):
    """A record with one section and nothing else."""
    given = complaint(
        images={}, attachments=[], history=[], signatures=[], chart_svg="", sections=[Section("内容", lines)]
    )
    return replace(given, **changes)


def pages(pdf):
    """The text of each page, without white space: lines break where there is room."""
    return [
        re.sub(r"\s|\ufffe", "", page.get_textpage().get_text_range()) for page in pypdfium2.PdfDocument(pdf)
    ]


@pytest.fixture(scope="module")
def finished():
    """The finished complaint, printed once."""
    return render(complaint())


def squeezed(text):
    return re.sub(r"\s", "", text)


def test_every_answer_stands_in_the_print(finished):
    text = "".join(pages(finished))
    record = complaint()
    for section in record.sections:
        assert squeezed(section.title) in text
        for one in section.lines:
            assert squeezed(one.label) in text
            assert squeezed(one.cell.text) in text
            for row in one.rows:
                assert all(squeezed(cell.text) in text for cell in row)
    for _label, value in record.facts:
        assert squeezed(value) in text
    for one in record.signatures:
        assert all(
            squeezed(part) in text
            for part in (one.who, one.role, one.meaning, one.when, one.opinion, one.hash[:16])
        )
    assert all(squeezed(one.name) in text and one.sha256 in text for one in record.attachments)
    assert all(squeezed(one.text) in text for one in record.history)


@pytest.mark.proves("F22")
def test_same_input_gives_same_bytes(finished):
    assert render(complaint()) == finished


def test_file_says_what_it_is(finished):
    reader = PdfReader(BytesIO(finished))
    assert reader.metadata.title == "CS-03-2026-0042 客户投诉处理记录"
    assert reader.metadata.author == "华衡制造建设集团"
    assert reader.trailer["/Root"]["/Lang"] == "zh-CN"
    assert reader.trailer["/Root"]["/MarkInfo"]["/Marked"]
    assert not reader.attachments


def test_rare_names_and_signs_survive():
    text = "".join(pages(render(small(line("姓名", RARE), line("符号", "①Ⅱ℃√☑☐⌀±≥Φ")))))
    assert RARE in text
    assert "①Ⅱ℃√☑☐⌀±≥Φ" in text


def test_character_without_a_glyph_shows_its_code_point():
    pdf = render(small(line("心情", "好😀"), line("外文", "ก")))
    text = "".join(pages(pdf))
    assert "好[U+1F600]" in text
    assert "[U+0E01]" in text
    assert printable("普通 text\n") == "普通 text\n"
    assert printable("a\x07b") == "ab"


def test_long_table_repeats_its_header_on_every_page():
    headers = ("物料编码", "名称", "规格", "批号", "单位", "数量", "单价", "金额")
    rows = [
        (
            f"M-{at:05d}",
            "减速机壳体",
            "ADC12 铝合金压铸件",
            f"L2026{at:04d}",
            "件",
            f"{at}",
            "12.50",
            f"¥{at * 12.5:,.2f}",
        )
        for at in range(200)
    ]
    found = pages(render(small(table("明细", headers, rows, (5, 6, 7)))))
    assert len(found) >= 4
    for page in found[:-1]:
        assert "序号物料编码名称规格批号单位数量单价金额" in page
    text = "".join(found)
    assert all(f"M-{at:05d}" in text for at in range(200))


@pytest.mark.parametrize(
    ("language", "rows", "said"),
    [("en", 0, "0rows"), ("en", 1, "1row#"), ("en", 2, "2rows"), ("zh", 1, "共1行")],
)
def test_a_table_says_how_many_rows_it_has(language, rows, said):
    printout = small(table("T", ("A", "B"), [("x", "y")] * rows), language=language)
    assert f"T{said}" in "".join(pages(render(printout)))
    (line,) = page_data.sheet(printout)["sections"][0]["lines"]
    assert line["count"].replace(" ", "") == said.rstrip("#")


@pytest.mark.parametrize(("language", "first"), [("zh", "第1页共{}页"), ("en", "Page1of{}")])
def test_pages_are_numbered(language, first):
    found = pages(render(complaint(language=language)))
    assert len(found) >= 2
    assert first.format(len(found)) in found[0]
    assert first.replace("1", "2", 1).format(len(found)) in found[1]
    assert "CS-03-2026-0042" in found[1]


def test_unfinished_record_is_marked_on_every_page(finished):
    found = pages(render(complaint(unfinished=True, state_text="审批中")))
    assert all("未完成" in page for page in found)
    assert "未完成" not in "".join(pages(finished))


def test_record_given_up_is_marked_as_such():
    found = pages(render(complaint(unfinished=True, ended="已作废")))
    assert all("已作废" in page and "未完成" not in page for page in found)


def test_history_can_be_left_out():
    assert "第15件事" not in "".join(pages(render(complaint(with_history=False))))


@pytest.mark.proves("S25")
def test_typed_markup_stays_text():
    typed = "<img src=file:///etc/passwd><script>alert(1)</script>{{ 7 * 7 }}"
    record = small(line("意见", typed), line("<b>标签</b>", "&amp;"), title=typed, facts=[("<i>", typed)])
    assert "<img" not in html(record)
    text = "".join(pages(render(record)))
    assert squeezed(typed) in text
    assert "<b>标签</b>" in text
    assert "root:" not in text


def test_photos_are_scaled_down_and_upright(finished):
    sizes = {image.image.size for page in PdfReader(BytesIO(finished)).pages for image in page.images}
    assert (1200, 800) in sizes
    assert (800, 1200) in sizes
    assert len(finished) < 400_000


def test_unreadable_picture_is_said_not_fatal():
    record = small(
        photos("照片", (1, "坏.jpg"), (2, "缺.jpg")), images={1: ("image/jpeg", b"<svg onload=x>")}
    )
    assert "图片无法显示" in "".join(pages(render(record)))
    assert prepare(b"%PDF-1.7") is None


def test_very_long_answer_runs_over_pages():
    found = pages(
        render(small(line("说明", "\n".join(f"第{at}行说明文字" for at in range(200)), "long_text")))
    )
    assert len(found) >= 3
    assert "第199行说明文字" in "".join(found)


def test_short_answers_stand_in_pairs_and_long_ones_alone():
    lines = [line("甲", "1"), line("乙", "2"), line("丙", "3"), line("长", "字" * 60), line("丁", "4")]
    assert [len(row) for row in blocks(lines)[0].rows] == [2, 1, 1, 1]


def test_column_widths_follow_their_content():
    shares = widths(table("表", ("编号", "说明", "数"), [("A-1", "很长的说明文字" * 3, "1")] * 5))
    assert shares[1] > 2 * shares[0] > 0
    assert abs(sum(shares) - 95.4) < 0.1


def test_english_print_has_all_its_words():
    folder = Path(render_module.__file__).parent.parent / "templates" / "print"
    texts = "".join(file.read_text(encoding="utf-8") for file in folder.glob("*.html"))
    used = set(re.findall(r'say\("([^"]+)"\)', texts))
    assert used == set(words.ENGLISH)


def test_missing_fonts_are_named(tmp_path):
    with pytest.raises(FontsMissing, match="make setup"):
        require(object(), tmp_path)
    with pytest.raises(FontsMissing, match="libharfbuzz-subset0"):
        require(None)
    assert "/usr/share/fonts" not in configuration(tmp_path, tmp_path)


def test_longest_route_begins_on_the_first_page():
    route = chart(definition(FORMS["CS-51"]), None, "zh", width=680)
    assert "关闭审核" in pages(render(small(line("投诉人", "王建国"), chart_svg=route)))[0]
