"""A procedure out of Word and back: headings, table, list and picture become clauses, and come out as they went in."""

from __future__ import annotations

import re
from io import BytesIO
from pathlib import Path

import docx
from docx.shared import Cm
from playwright.sync_api import expect

from portal.lib.docx_in import read
from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import press
from tests.journeys.shelf import ARTICLE, library
from tests.lib.word_files import picture

PAGE = "/documents/QA-P-91/1.0"


def procedure() -> bytes:
    """A procedure as people write them: a title, numbered headings, a list, a table with merged cells, a picture."""
    document = docx.Document()
    document.add_paragraph("来样管理程序", style="Title")
    document.add_heading("1 目的", 1)
    document.add_paragraph("规范客户来样的登记、保管和归还。")
    document.add_heading("2　职责", 1)
    document.add_heading("2.1 检验员", 2)
    for text in ("登记来样；", "贴上标识；", "到期归还。"):
        document.add_paragraph(text, style="List Bullet")
    document.add_heading("2.2 仓库", 2)
    for text in ("上架", "盘点"):
        document.add_paragraph(text, style="List Number")
    document.add_heading("3 保管期限", 1)
    table = document.add_table(rows=3, cols=3)
    for row, texts in zip(
        table.rows,
        (("类别", "期限", "责任人"), ("样机", "6 个月", "检验员"), ("样块", "3 个月", "检验员")),
        strict=True,
    ):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    table.cell(1, 2).merge(table.cell(2, 2)).text = "检验员"
    document.add_paragraph("货架如图：")
    document.add_picture(BytesIO(picture("green", size=(240, 120))), width=Cm(6))
    made = BytesIO()
    document.save(made)
    return made.getvalue()


def test_a_word_file_becomes_a_text_and_comes_back(served: Served, visit: Visit, tmp_path: Path) -> None:
    with library(served) as desk:
        desk.begun(text="# 旧的正文 {#old}\n\n会被替换。")
    inspector = visit(served, "quality_inspector")
    page = inspector.go(f"{PAGE}/edit")

    # what is no Word file is refused with a sentence, and nothing changes
    no_word = {"name": "正文.docx", "mimeType": "application/octet-stream", "buffer": b"not at all"}
    page.set_input_files("#import", no_word)  # type: ignore[arg-type]
    press(inspector, 'form[action$="/import"] button')
    expect(page.locator("#import-error")).to_contain_text("这不是 Word 文档")
    assert "旧的正文" in page.input_value("#text")

    # the procedure is taken in; its clauses have ids, and the preview shows them with list, table and picture
    word = {"name": "来样管理程序.docx", "mimeType": "application/octet-stream", "buffer": procedure()}
    page.set_input_files("#import", word)  # type: ignore[arg-type]
    press(inspector, 'form[action$="/import"] button')
    expect(page.locator("body")).to_contain_text("已导入 Word 文档")
    text = page.input_value("#text")
    assert re.findall(r"^#+ .*?(?= \{#)", text, re.M) == [
        "# 目的",
        "# 职责",
        "## 检验员",
        "## 仓库",
        "# 保管期限",
    ]
    preview = page.locator("#preview")
    expect(preview.locator("li")).to_have_count(5)
    expect(preview.locator("td", has_text="检验员")).to_have_count(2)
    assert (
        preview.locator("img").evaluate("async one => { await one.decode(); return one.naturalWidth; }")
        == 240
    )

    # words typed beside it change it, and a heading that loses its id keeps it
    page.fill("#text", text.replace("期归还。", "期归还客户。").replace("# 目的 {#mu-di}", "# 目的"))
    expect(preview).to_contain_text("到期归还客户。")
    press(inspector, '#draft button[value="save"]')
    saved = page.input_value("#text")
    assert saved == text.replace("期归还。", "期归还客户。"), "the page shows what was stored"

    # it is read as a document, and comes out as a Word file that says the same
    page = inspector.go(PAGE)
    expect(page.locator(f"{ARTICLE} section.clause")).to_have_count(5)
    with page.expect_download() as coming:
        page.get_by_role("link", name="Word 文档（.docx）").click()
    coming.value.save_as(tmp_path / "out.docx")
    assert coming.value.suggested_filename == "QA-P-91-1.0-来样管理程序.docx"
    made = docx.Document(str(tmp_path / "out.docx"))
    assert "来样管理程序" in "\n".join(one.text for one in made.paragraphs)
    assert len(made.inline_shapes) == 1
    back = read((tmp_path / "out.docx").read_bytes())
    assert back.text == saved
    assert [one.data for one in back.images] == [picture("green", size=(240, 120))]
