"""Documents as Word files, and back."""

from __future__ import annotations

import re
from collections.abc import Mapping
from io import BytesIO

import docx
import pytest
from docx.oxml.ns import qn
from hypothesis import given, settings
from hypothesis import strategies as st

from portal.lib import clauses
from portal.lib.docx_in import Imported, read
from portal.lib.docx_names import bookmark, id_of
from portal.lib.docx_out import Cover, write
from portal.lib.markdown import render
from portal.lib.redline import compare
from portal.storage.shipped import shipped
from tests.lib.word_files import picture, saved

COVER = Cover(
    "PU-P-01",
    "采购与验收控制程序",
    "2.0 版",
    [("文件编号", "PU-P-01"), ("状态", "现行"), ("生效日期", "2026-06-01")],
    "非受控打印",
)
PICTURES = {
    "货架.png": picture(),
    "门.jpg": picture("blue", "JPEG", (3000, 200)),
    "图.webp": picture("green", "WEBP"),
}
STEPS = [["步骤", "谁", "期限"], ["审批", "采购经理", "2 个工作日"], ["验收", "质检员"]]

PROCEDURE = """# 目的 {#purpose}

为了规范采购与验收，明确各岗位的**职责、时限**和*记录*，特制定本程序。

# 范围 {#scope}

适用于“原材料”、备品备件（含 MRO）的采购；~~不适用~~于 `PO` 系统之外的采购。（补充）

# 到货检验 {#arrival .record}

## 24 小时内通知 {#notice-24h .added}

1. 库管员清点数量：
   - 核对 PU-04 采购订货单；
   - 拍照并登记。
     1. 正面
     2. 侧面
2. 质检员填写 PU-06 进货检验单，见[到货检验](#arrival)与[回访](CS-P-03#calls)。

面积 3 \\* 4，a_b_c，[方括号]，<尖括号>，C:\\x，[网址](https://a.example/?b=c&d=1)，**粗**，[链接](#scope)。

| 项目 | 期限 | 责任人 |
|---|---|---|
| 检验 \\| 试验 | 4小时 | **质检员** |
| 入库 |  | 库管员、[见上](#arrival) |

![货架](货架.png)

{{flow PU-04}}

> 凡未经检验的，不得入库。

### 拒收 {#refusal}

```
代码
  缩进 **不粗**
```

#### 第四级 {#fourth .record .added}

第一行\\
第二行

# 记录 {#records}

{{records}}
"""


def written(text: str) -> bytes:
    """The text as a Word file with all that there is."""
    return write(
        text,
        COVER,
        parts=lambda kind, _name: STEPS if kind == "flow" else [],
        image=PICTURES.get,
        link=lambda target: "" if "#" in target else f"https://portal.example/{target}",
    )


def back(text: str) -> Imported:
    """The text through Word and back."""
    return read(written(text))


def drawn(text: str) -> str:
    """The text as HTML, without white space."""
    html = render(
        text,
        parts=lambda kind, name: f"{kind} {name}",
        link=lambda target: f"/{target}" if "#" in target else "",
        image=lambda name: f"/{name}",
    )
    return re.sub(r"\s+|</?p>| class=\"align-\w+\"", "", html)


def test_a_procedure_comes_back_as_it_was() -> None:
    found = back(PROCEDURE)
    assert found.text == PROCEDURE.strip()
    assert found.title == COVER.title
    assert found.warnings == []
    assert [(one.name, one.data) for one in found.images] == [("货架.png", PICTURES["货架.png"])]
    assert {change.kind for change in compare(PROCEDURE, found.text)} == {"same"}


@pytest.mark.parametrize("one", shipped(), ids=lambda one: f"{one.code}.{one.edition}")
def test_the_documents_that_come_with_the_portal_come_back(one: object) -> None:
    text = one.text  # type: ignore[attr-defined]
    found = back(text)
    assert drawn(found.text) == drawn(text)
    assert {change.kind for change in compare(text, found.text)} == {"same"}


def test_what_stands_in_an_item_stays_in_it() -> None:
    text = (
        "1. 甲\n\n   又一段\n\n   | a | b |\n   |---|---|\n   | 1 | 2 |\n\n2. 乙\n   - 丙\n\n     丙的一段\n"
        "3. 丁"
    )
    found = back(text).text
    assert drawn(found) == drawn(text)
    assert {change.kind for change in compare(text, found)} == {"same"}


def paragraphs(data: bytes) -> list[tuple[str, str]]:
    """Style and text of each paragraph."""
    return [
        (one.style.name if one.style else "", one.text) for one in docx.Document(BytesIO(data)).paragraphs
    ]


def test_headings_show_the_counted_numbers() -> None:
    found = paragraphs(written(PROCEDURE))
    assert ("Title", "采购与验收控制程序") in found
    assert ("Heading 1", "3 到货检验") in found
    assert ("Heading 2", "3.1 24 小时内通知") in found
    assert ("Heading 4", "3.1.1.1 第四级") in found


def test_the_title_block_header_and_footer() -> None:
    document = docx.Document(BytesIO(written(PROCEDURE)))
    assert [[cell.text for cell in row.cells] for row in document.tables[0].rows] == [
        list(one) for one in COVER.facts
    ]
    header, footer = document.sections[0].header, document.sections[0].footer
    assert "PU-P-01" in header.paragraphs[0].text
    assert "2.0 版" in header.paragraphs[0].text
    assert footer.paragraphs[0].text.startswith("非受控打印")
    assert [one.text for one in footer._element.iter(qn("w:instrText"))] == ["PAGE", "NUMPAGES"]
    assert document.core_properties.title == COVER.title


def test_parts_are_tables_of_what_the_portal_says() -> None:
    document = docx.Document(BytesIO(written(PROCEDURE)))
    steps = document.tables[2]
    assert [[cell.text for cell in row.cells] for row in steps.rows] == [*STEPS[:2], ["验收", "质检员", ""]]
    assert steps.rows[0]._tr.xpath(".//w:tblHeader")
    hidden = document.styles["Portal Part"]
    assert hidden.font.hidden


def test_chinese_fonts() -> None:
    styles = docx.Document(BytesIO(written(PROCEDURE))).styles
    for name, font in (("Normal", "宋体"), ("Heading 1", "黑体"), ("Title", "黑体")):
        faces = styles[name].element.rPr.rFonts
        assert faces.get(qn("w:eastAsia")) == font
        assert not [one for one in faces.attrib if one.endswith("Theme")]


def test_links_lead_to_bookmarks_and_addresses() -> None:
    document = docx.Document(BytesIO(written(f"{PROCEDURE}\n\n见 [表](PU-04)、[没有](#none)。")))
    anchors = {one.get(qn("w:anchor")) for one in document.element.iter(qn("w:hyperlink"))} - {None}
    marks = {one.get(qn("w:name")) for one in document.element.iter(qn("w:bookmarkStart"))}
    assert anchors == {"cr_arrival", "c_scope"}
    assert anchors <= marks
    targets = {one.target_ref for one in document.part.rels.values() if one.is_external}
    assert targets == {"CS-P-03#calls", "https://a.example/?b=c&d=1", "https://portal.example/PU-04"}


def test_pictures_fit_the_page_and_are_described() -> None:
    document = docx.Document(BytesIO(written("![门](门.jpg)\n\n![图](图.webp)\n\n![没有](无.png)")))
    assert [round(one.width.mm) for one in document.inline_shapes] == [150, 21]
    assert [one.get("descr") for one in document.element.body.xpath(".//wp:docPr")] == ["门", "图"]
    assert document.paragraphs[-1].text == "没有"
    found = back("![门](门.jpg)\n\n![图](图.webp)")
    assert [(one.name, one.type) for one in found.images] == [
        ("门.jpg", "image/jpeg"),
        ("image-2.png", "image/png"),
    ]


def test_a_damaged_picture_leaves_its_description() -> None:
    data = write("![坏](x.png)", COVER, parts=lambda *_: [], image=lambda _name: b"no picture")
    assert docx.Document(BytesIO(data)).paragraphs[-1].text == "坏"


def test_lists_begin_anew_and_columns_keep_their_side() -> None:
    text = "1. 甲\n2. 乙\n\n中间\n\n5. 丙\n\n| a | b |\n|--:|:-:|\n| 1 | 2 |\n"
    document = docx.Document(BytesIO(written(text)))
    items = [one for one in document.paragraphs if one._p.pPr is not None and one._p.pPr.numPr is not None]
    numbers = [one._p.pPr.numPr.numId.val for one in items]
    assert numbers[0] == numbers[1] != numbers[2]
    starts = document.part.numbering_part.element.xpath(
        f"./w:num[@w:numId={numbers[2]}]/w:lvlOverride[1]/*/@w:val"
    )
    assert starts == ["5"]
    assert [str(cell.paragraphs[0].alignment) for cell in document.tables[-1].rows[1].cells] == [
        "RIGHT (2)",
        "CENTER (1)",
    ]


def test_what_a_person_changes_in_word_keeps_the_ids() -> None:
    document = docx.Document(BytesIO(written(PROCEDURE)))
    heading = next(one for one in document.paragraphs if one.text == "2 范围")
    heading.runs[-1].text = "适用范围"
    before = next(one for one in document.paragraphs if one.text.startswith("3 到货"))
    before.insert_paragraph_before("3 新的一章", style="Heading 1")
    found = read(saved(document)).text
    kinds = {one.id: one.kind for one in compare(PROCEDURE, clauses.settle(found)) if one.kind != "same"}
    assert kinds == {"scope": "changed", "xin-de-yi-zhang": "added"}


@pytest.mark.parametrize(
    ("id", "facts"), [("arrival", {}), ("a-b-2", {"record": True}), ("x", {"record": True, "added": True})]
)
def test_bookmarks(id: str, facts: Mapping[str, bool]) -> None:
    marks = "".join(f" .{one}" for one in facts)
    assert id_of(bookmark(id, **facts)) == f"#{id}{marks}"


def test_bookmarks_of_others_and_ids_that_are_too_long() -> None:
    assert id_of("_Toc123") == id_of("c_Über") == id_of("cx_a") == ""
    assert bookmark("a" * 40) == ""
    assert "{#" not in back(f"# 目的 {{#{'a' * 40}}}\n\n# 范围").text


def test_an_empty_document() -> None:
    assert back("").text == ""


lines = st.text(st.characters(exclude_categories=["C"], exclude_characters="\n"), max_size=30)
special = st.text("*_`[]()<>#&~|\\{}!-+=.:/ 1a中，。", max_size=20)


@settings(max_examples=12, deadline=None)
@given(st.lists(st.one_of(lines, special), max_size=4))
def test_whatever_is_written_comes_back(words: list[str]) -> None:
    text = "# 目的 {#purpose}\n\n" + "\n\n".join(words)
    once = back(text).text
    assert back(once).text == once
