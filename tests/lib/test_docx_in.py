"""Word files read into the Markdown of documents."""

from __future__ import annotations

import re
import struct
import zipfile
from contextlib import suppress
from io import BytesIO

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.lib import clauses, docx_file
from portal.lib.docx_file import REASONS
from portal.lib.docx_in import WARNINGS, Unreadable, read
from portal.lib.markdown import plain
from tests.lib.word_files import blank, changed, picture, saved, word

BODY = "word/document.xml"


def test_styles_make_headings_and_typed_numbers_go() -> None:
    found = read(
        word(
            ("采购控制程序", "Title"),
            ("1 目的", "Heading 1"),
            "规范采购。",
            ("2　职责", "Heading 1"),
            ("2.1 采购部", "Heading 2"),
            ("2.1.1、询价", "Heading 3"),
            ("第三章 附则", "Heading 1"),
            ("（一）解释", "Heading 2"),
            ("24小时内通知", "Heading 2"),
            ("一般要求", "Heading 2"),
        )
    )
    assert found.title == "采购控制程序"
    assert found.text.split("\n\n") == [
        *(
            "# 目的",
            "规范采购。",
            "# 职责",
            "## 采购部",
            "### 询价",
            "# 附则",
            "## 解释",
            "## 24小时内通知",
            "## 一般要求",
        )
    ]
    assert found.warnings == []
    assert not clauses.marks(clauses.settle(found.text))


@pytest.mark.parametrize("name", ["标题 2", "标题2", "公司二级标题", "大纲"])
def test_styles_by_other_names(name: str) -> None:
    document = blank()
    style = document.styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
    if name == "公司二级标题":
        style.base_style = document.styles["Heading 2"]
    if name == "大纲":
        outline = OxmlElement("w:outlineLvl")
        outline.set(qn("w:val"), "1")
        style.element.get_or_add_pPr().append(outline)
    document.add_heading("范围", 1)
    document.add_heading("其他", 1)
    document.add_paragraph("供方", style=style)
    assert read(saved(document)).text.endswith("## 供方")


def test_a_title_in_the_chinese_style_or_the_first_line() -> None:
    document = blank()
    document.add_paragraph(
        "仓库管理制度", style=document.styles.add_style("文档标题", WD_STYLE_TYPE.PARAGRAPH)
    )
    document.add_heading("目的", 1)
    assert read(saved(document)).title == "仓库管理制度"
    found = read(word("仓库管理制度", ("目的", "Heading 1"), ("范围", "Heading 1")))
    assert (found.title, found.text) == ("仓库管理制度", "# 目的\n\n# 范围")
    assert read(word("本制度自发布之日起施行，由仓库解释。", ("目的", "Heading 1"))).title == ""


def test_a_single_heading_above_all_others_is_the_title() -> None:
    found = read(
        word(("制度", "Heading 1"), ("目的", "Heading 2"), ("范围", "Heading 2"), ("供方", "Heading 3"))
    )
    assert (found.title, found.text) == ("制度", "# 目的\n\n# 范围\n\n## 供方")


def test_levels_left_out_are_closed() -> None:
    text = read(word(("甲", "Heading 1"), ("乙", "Heading 4"), ("丙", "Heading 3"), ("丁", "Heading 1"))).text
    assert text == "# 甲\n\n## 乙\n\n## 丙\n\n# 丁"
    assert not clauses.marks(text)


DECIMAL = [
    *("采购控制程序", "编号：PU-P-01", "1 目的", "规范采购。", "2 范围", "适用于：", "1、原材料", "2、备件"),
    *(
        "3 程序",
        "3.1 申请",
        "3.1.1 使用部门应当在每月25日前提交下月采购申请，由部门负责人审核。",
        "3.1.2 紧急采购",
        "可以先电话申请。",
    ),
    *("3.2 下单", "1. 核对库存", "2. 询价", "3. 下单", "4 记录", "24小时内归档。"),
]
CHAPTERS = [
    *(
        "仓库管理制度",
        "第一章 总则",
        "第一条 为了加强仓库管理，制定本制度。",
        "第二条 适用范围",
        "各仓库。",
        "第二章　入库",
    ),
    *("第三条 检验", "一、核对数量", "二、检查外观", "第十二章 错号"),
]
CHINESE = [
    *(
        "一、目的",
        "规范。",
        "二、职责",
        "（一）采购部",
        "1. 询价",
        "2. 下单",
        "（二）仓库",
        "收货。",
        "十、错号",
    )
]


@pytest.mark.parametrize(
    ("lines", "title", "text"),
    [
        (
            DECIMAL,
            "采购控制程序",
            "编号：PU-P-01\n\n# 目的\n\n规范采购。\n\n# 范围\n\n适用于：\n\n1. 原材料\n2. 备件\n\n# 程序\n\n## 申请\n\n"
            "3.1.1 使用部门应当在每月25日前提交下月采购申请，由部门负责人审核。\n\n### 紧急采购\n\n可以先电话申请。\n\n"
            "## 下单\n\n1. 核对库存\n2. 询价\n3. 下单\n\n# 记录\n\n24小时内归档。",
        ),
        (
            CHAPTERS,
            "仓库管理制度",
            "# 总则\n\n第一条 为了加强仓库管理，制定本制度。\n\n## 适用范围\n\n各仓库。\n\n# 入库\n\n## 检验\n\n"
            "1. 核对数量\n2. 检查外观\n\n第十二章 错号",
        ),
        (
            CHINESE,
            "",
            "# 目的\n\n规范。\n\n# 职责\n\n## 采购部\n\n1. 询价\n2. 下单\n\n## 仓库\n\n收货。\n\n十、错号",
        ),
        (
            ["1.目的", "规范。", "2.范围", "全厂。", "2.1范围之外", "无。"],
            "",
            "# 目的\n\n规范。\n\n# 范围\n\n全厂。\n\n## 范围之外\n\n无。",
        ),
        (
            ["3.5吨叉车由专人驾驶。", "10 台", "2026 年度计划"],
            "",
            "3.5吨叉车由专人驾驶。\n\n10 台\n\n2026 年度计划",
        ),
    ],
)
def test_numbered_paragraphs_become_headings_and_lists(lines: list[str], title: str, text: str) -> None:
    found = read(word(*lines))
    assert (found.title, found.text) == (title, text)
    assert not clauses.marks(clauses.settle(text))


def test_what_keeps_its_typed_number_is_told() -> None:
    assert read(word(*DECIMAL)).warnings == [WARNINGS["numbered"]]
    assert read(word("一段话。")).warnings == [WARNINGS["headings"]]


def test_bold_numbers_over_several_runs() -> None:
    document = blank()
    for number, words in (("1", "目的"), ("2", "范围")):
        heading = document.add_heading(level=1)
        heading.add_run(number).bold = True
        heading.add_run(". ").italic = True
        heading.add_run(words).bold = True
    assert read(saved(document)).text == "# 目的\n\n# 范围"


def test_lists() -> None:
    found = read(
        word(
            ("目的", "Heading 1"),
            ("一", "List Bullet"),
            ("二", "List Bullet"),
            "中间。",
            ("1", "List Number"),
            ("2", "List Number"),
        )
    )
    assert found.text == "# 目的\n\n- 一\n- 二\n\n中间。\n\n1. 1\n2. 2"


def test_words_that_look_like_marks() -> None:
    lines = [
        "* 星号 * 和_下划线_",
        "# 不是标题",
        "> 不是引用",
        "`反引号` ~~波浪~~ [方](括)",
        "<b>粗</b> &amp; C:\\*",
        "2026. 年",
    ]
    found = read(word(("目的", "Heading 1"), *lines))
    assert plain(found.text).split("\n") == ["目的", *lines]
    (only,) = clauses.clauses(found.text)
    assert only.title == "目的"
    assert plain(read(word(("目的 {#x}", "Heading 1"))).text) == "目的 ｛#x｝"


def test_bold_links_breaks_and_raised_digits() -> None:
    document = blank()
    line = document.add_paragraph()
    line.add_run("重要：").bold = True
    line.add_run("面积 20 m")
    line.add_run("2").font.superscript = True
    line.add_run("，CO")
    line.add_run("2").font.subscript = True
    line.add_run("换行").add_break()
    line.add_run("末")
    assert read(saved(document)).text == "**重要：**面积 20 m²，CO₂换行\\\n末"


def test_links_that_lead_nowhere_leave_their_words() -> None:
    document = blank()
    for target in ("javascript:alert(1)", "file:///etc/passwd", "https://a.example/x", "a.docx"):
        part = document.part.relate_to(
            target, docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
        )
        link = OxmlElement("w:hyperlink")
        link.set(qn("r:id"), part)
        paragraph = document.add_paragraph()
        link.append(paragraph.add_run("词")._r)
        paragraph._p.append(link)
    assert read(saved(document)).text == "词\n\n词\n\n[词](https://a.example/x)\n\n词"


def test_tables_with_merged_cells() -> None:
    document = blank()
    document.add_heading("职责", 1)
    table = document.add_table(rows=5, cols=3)
    for at, texts in enumerate(
        (
            ["职责表", "", ""],
            ["部门", "做什么", "期限"],
            ["采购部", "询价", "1天"],
            ["", "下单", "2天"],
            ["合计", "", "3天"],
        )
    ):
        for cell, text in zip(table.rows[at].cells, texts, strict=True):
            cell.text = text
    table.cell(0, 0).merge(table.cell(0, 2))
    table.cell(2, 0).merge(table.cell(3, 0))
    table.cell(4, 0).merge(table.cell(4, 1))
    table.cell(2, 1).text = "询价|比价\n下单前"
    assert read(saved(document)).text == (
        "# 职责\n\n职责表\n\n| 部门 | 做什么 | 期限 |\n|---|---|---|\n| 采购部 | 询价\\|比价 下单前 | 1天 |\n"
        "| 采购部 | 下单 | 2天 |\n| 合计 |  | 3天 |"
    )


def test_lists_and_tables_in_cells_stay_on_their_line() -> None:
    document = blank()
    document.add_heading("职责", 1)
    table = document.add_table(rows=2, cols=2)
    table.cell(0, 0).text, table.cell(0, 1).text = "部门", "做什么"
    table.cell(1, 0).text = "采购部"
    for text in ("询价", "下单"):
        table.cell(1, 1).add_paragraph(text, style="List Number")
    inner = table.cell(1, 0).add_table(1, 2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "甲", "乙"
    assert read(saved(document)).text.endswith(
        "| 部门 | 做什么 |\n|---|---|\n| 采购部 甲 乙 | 1. 询价；2. 下单 |"
    )


def test_a_frame_about_a_text_is_no_table() -> None:
    assert read(word("前", [["框中的话"]], "后")).text == "前\n\n框中的话\n\n后"


def test_cells_cannot_span_without_end() -> None:
    data = word([["a", "b"], ["c", "d"]])
    wide = changed(
        data, BODY, lambda xml: xml.replace(b"<w:tcPr>", b'<w:tcPr><w:gridSpan w:val="99999"/>', 1)
    )
    assert "| a |" in read(wide).text
    assert len(read(wide).text) < 2000


def test_pictures() -> None:
    document = blank()
    document.add_picture(BytesIO(picture()))
    document.add_picture(BytesIO(picture()))
    document.add_picture(BytesIO(picture("blue", "JPEG")))
    for shown in document.element.body.xpath(".//wp:docPr"):
        shown.set("descr", "货架\n[正面]")
    found = read(saved(document))
    assert [(one.name, one.type) for one in found.images] == [
        ("image-1.png", "image/png"),
        ("image-2.jpg", "image/jpeg"),
    ]
    assert found.images[0].data == picture()
    assert found.text.split("\n\n") == ["![货架 正面](image-1.png)"] * 2 + ["![货架 正面](image-2.jpg)"]


def test_pictures_from_elsewhere_are_not_fetched() -> None:
    document = blank()
    document.add_paragraph("前")
    document.add_picture(BytesIO(picture()))
    data = changed(
        saved(document),
        "word/_rels/document.xml.rels",
        lambda xml: xml.replace(
            b'Target="media/image1.png"', b'Target="file:///etc/hostname" TargetMode="External"'
        ),
    )
    data = changed(data, BODY, lambda xml: xml.replace(b"r:embed=", b"r:link="))
    found = read(data)
    assert (found.text, found.images) == ("前", [])
    assert WARNINGS["pictures"] in found.warnings


def test_pictures_that_browsers_do_not_show_are_left_out() -> None:
    document = blank()
    document.add_picture(BytesIO(picture()))
    found = read(changed(saved(document), "word/media/image1.png", lambda _data: b"\x01\0\0\0 EMF"))
    assert found.images == []
    assert WARNINGS["pictures"] in found.warnings


def test_revisions_are_taken_as_accepted() -> None:
    data = changed(
        word("旧文。"),
        BODY,
        lambda xml: xml.replace(
            b"<w:r><w:t>",
            b'<w:ins w:id="1" w:author="a"><w:r><w:t>\xe6\x96\xb0</w:t></w:r></w:ins><w:r><w:t>',
            1,
        ),
    )
    found = read(data)
    assert found.text == "新旧文。"
    assert WARNINGS["revisions"] in found.warnings


# What is refused


def old_office(*names: str) -> bytes:
    """The beginning of an old Office file with these streams."""
    return (
        b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
        + b"\0" * 504
        + b"".join(name.encode("utf-16-le") for name in names)
    )


def archive(**parts: bytes) -> bytes:
    """A ZIP file."""
    made = BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, data in parts.items():
            packed.writestr(name, data)
    return made.getvalue()


def bomb(xml: bytes) -> bytes:
    """Entities that grow."""
    entities = b"".join(
        b'<!ENTITY e%d "%s">' % (at, b"&e%d;" % (at - 1) * 10 if at else b"ha") for at in range(10)
    )
    return xml.replace(b"<w:document", b"<!DOCTYPE x [" + entities + b"]><w:document", 1).replace(
        b"<w:t>", b"<w:t>&e9;", 1
    )


def macros(xml: bytes) -> bytes:
    """The type of a file with macros."""
    return xml.replace(
        b"application/vnd.openxmlformats-officedocument.wordprocessingml.document.main+xml",
        b"application/vnd.ms-word.document.macroEnabled.main+xml",
    )


GOOD = word(("目的", "Heading 1"), "正文。")
EMPTY = b"<w:p/>" * docx_file.MOST_ELEMENTS  # under a megabyte, and minutes for whoever reads it
NAMED = b" ".join(b'a%d=""' % at for at in range(2 * docx_file.MOST_ELEMENTS))


@pytest.mark.proves("S33", "S38")
@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"", "not_docx"),
        (b"%PDF-1.7", "not_docx"),
        (b"PK\x03\x04" + b"\0" * 100, "not_docx"),
        (old_office("WordDocument"), "not_docx"),
        (old_office("EncryptionInfo", "EncryptedPackage"), "password"),
        (archive(**{"xl/workbook.xml": b"<x/>", "[Content_Types].xml": b"<x/>"}), "not_docx"),
        (archive(**{BODY: b"<x/>"}), "not_docx"),
        (archive(**{BODY: b"<x/>", "[Content_Types].xml": b"<Types/>"}), "damaged"),
        (changed(GOOD, "[Content_Types].xml", macros), "macros"),
        (changed(GOOD, "word/vbaProject.bin", lambda _: b"x"), "macros"),
        (changed(GOOD, BODY, lambda xml: xml[: len(xml) // 2]), "damaged"),
        (changed(GOOD, BODY, bomb), "damaged"),
        (changed(GOOD, BODY, lambda xml: bomb(xml).decode().encode("utf-16")), "damaged"),
        (changed(GOOD, BODY, lambda xml: b"<a>" * 100_000), "damaged"),
        (changed(GOOD, "word/media/x.bin", lambda _: b"\0" * (docx_file.MOST_UNPACKED + 1)), "too_large"),
        (changed(GOOD, BODY, lambda xml: xml + b" " * docx_file.MOST_XML), "too_large"),
        (changed(GOOD, BODY, lambda xml: xml.replace(b"</w:body>", EMPTY + b"</w:body>")), "too_large"),
        (changed(GOOD, BODY, lambda xml: xml.replace(b"<w:body>", b"<w:body " + NAMED + b">")), "too_large"),
        (b"\0" * (docx_file.MOST + 1), "too_large"),
    ],
)
def test_what_is_refused(data: bytes, reason: str) -> None:
    with pytest.raises(Unreadable) as refused:
        read(data)
    assert refused.value.reason == reason
    assert str(refused.value) == str(REASONS[reason])


@pytest.mark.proves("S38")
def test_a_part_that_lies_about_its_size() -> None:
    data = bytearray(changed(GOOD, BODY, lambda xml: xml + b" " * docx_file.MOST_XML))
    at = data.rfind(BODY.encode()) - 46  # its entry in the directory
    assert data[at : at + 4] == b"PK\x01\x02"
    data[at + 24 : at + 28] = struct.pack("<I", 1000)
    with pytest.raises(Unreadable) as refused:
        read(bytes(data))
    assert refused.value.reason == "damaged"


def test_deep_tables_end_in_a_refusal_or_a_text() -> None:
    def deep(xml: bytes) -> bytes:
        start, end = b"<w:tbl><w:tr><w:tc>", b"<w:p/></w:tc></w:tr></w:tbl>"
        return xml.replace(b"<w:body>", b"<w:body>" + start * 400 + end * 400, 1)

    with suppress(Unreadable):
        read(changed(GOOD, BODY, deep))


@settings(max_examples=20, deadline=None)
@given(st.integers(0, len(GOOD) - 1), st.binary(min_size=1, max_size=8))
def test_a_spoilt_file_is_read_or_refused(at: int, noise: bytes) -> None:
    with suppress(Unreadable):
        read(GOOD[:at] + noise + GOOD[at + len(noise) :])


def renamed(data: bytes, into: str, change: bytes = b"") -> bytes:
    """The file with its main part under another name, which the relationships follow."""
    made = BytesIO()
    with zipfile.ZipFile(BytesIO(data)) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for one in old.namelist():
            content = old.read(one)
            if one == BODY:
                new.writestr(BODY, content)  # what a look at names finds in order
                content, one = content.replace(b"<w:document", change + b"<w:document", 1), into
            elif one in ("_rels/.rels", "[Content_Types].xml"):
                content = content.replace(BODY.encode(), into.encode())
            new.writestr(one, content)
    return made.getvalue()


def test_parts_are_looked_at_whatever_they_are_called() -> None:
    data = word("正文。")
    assert read(renamed(data, "word/text.bin")).text == "正文。"
    with pytest.raises(Unreadable, match=str(REASONS["damaged"])):
        read(renamed(data, "word/text.bin", b"<!DOCTYPE x>"))
    with pytest.raises(Unreadable, match=str(REASONS["too_large"])):
        read(renamed(data, "word/text.bin", b"<!--" + b"x" * docx_file.MOST_XML + b"-->"))


def test_blanks_before_the_first_bracket_hide_nothing() -> None:
    def padded(xml: bytes) -> bytes:
        bomb = b'<!DOCTYPE x [<!ENTITY a "HA">]>'
        return (
            b" " * 500
            + bomb
            + re.sub(rb"<\?xml.*?\?>", b"", xml, flags=re.S).replace("正文。".encode(), b"&a;")
        )

    for name in (BODY, "word/text.bin"):
        data = word("正文。") if name == BODY else renamed(word("正文。"), name)
        with pytest.raises(Unreadable, match=str(REASONS["damaged"])):
            read(changed(data, name, padded))
    large = changed(word("正文。"), BODY, lambda xml: b" " * (docx_file.MOST_XML + 1) + xml)
    with pytest.raises(Unreadable, match=str(REASONS["too_large"])):
        read(large)


def test_a_file_without_a_body_is_refused() -> None:
    data = changed(word("正文。"), BODY, lambda xml: re.sub(rb"<w:body>.*</w:body>", b"", xml, flags=re.S))
    with pytest.raises(Unreadable, match=str(REASONS["damaged"])):
        read(data)


def test_a_picture_between_two_of_the_portal_gets_a_name_of_its_own() -> None:
    document = blank()
    for colour in ("red", "green", "blue"):
        document.add_picture(BytesIO(picture(colour)))
    shown = document.element.body.xpath(".//wp:docPr")
    shown[0].set("name", "image-1.png")
    shown[2].set("name", "image-2.png")
    found = {one.name: one.data for one in read(saved(document)).images}
    assert found["image-1.png"] == picture("red")
    assert found["image-2.png"] == picture("blue")
    assert found["image-3.png"] == picture("green")


def test_lists_in_lists_by_their_styles() -> None:
    found = read(
        word(
            ("检验", "Heading 1"),
            *(
                ("外观", "List Bullet"),
                ("裂纹", "List Bullet 2"),
                ("尺寸", "List Bullet"),
                ("长", "List Number 2"),
                ("深", "List Number 3"),
            ),
        )
    ).text
    assert [line for line in found.split("\n") if line.strip()][1:] == [
        "- 外观",
        "  - 裂纹",
        "- 尺寸",
        "  1. 长",
        "     1. 深",
    ]
