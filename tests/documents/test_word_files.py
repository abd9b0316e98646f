"""Word files over HTTP: a text handed out, and one taken in with its clauses, pictures and warnings, or refused."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable

import docx
import pytest
import sqlalchemy as sa
from flask.testing import FlaskClient

from portal.extensions import db
from portal.forms.sentences import sentence
from portal.lib.clause_ids import with_ids
from portal.lib.clauses import clauses
from portal.models import AuditEvent, DocumentRevision, StoredFile
from portal.queries import revisions
from portal.storage import files
from tests.documents.conftest import Browse
from tests.documents.library import NUMBER, TEXT, Library
from tests.lib.word_files import blank, changed, picture, saved, word

Take = Callable[[DocumentRevision, bytes], object]
HEADINGS = [
    ("目的", "Heading 1"),
    "新的目的。",
    ("1.1 抽 样", "Heading 2"),
    "每批抽取 9 件。",
    ("附则", "Heading 1"),
    "无。",
]


def send(
    browser: FlaskClient, one: DocumentRevision, data: bytes, name: str = "正文.docx", version: str = ""
) -> object:
    """Posts a file to the editor."""
    return browser.post(
        f"/documents/{one.document_no}/{one.number}/import",
        data={"file": (io.BytesIO(data), name), "_version": version or str(one.version)},
    )


def test_a_revision_is_handed_out_as_word(library: Library, browse: Browse) -> None:
    library.load()
    answer = browse("employee").get(f"/documents/{NUMBER}/1.0/docx")
    assert answer.mimetype.endswith("wordprocessingml.document")
    assert f"{NUMBER}-1.0" in answer.headers["Content-Disposition"]
    made = docx.Document(io.BytesIO(answer.data))
    said = "\n".join(one.text for one in made.paragraphs)
    assert "5 抽样" in said
    assert "每批抽取 5 件" in said
    cells = "\n".join(cell.text for table in made.tables for row in table.rows for cell in row.cells)
    for word_ in (NUMBER, "出货检验程序", "质量部", "PU-06 进货检验单", "首次发布", "保存年限"):
        assert word_ in cells or word_ in said
    assert "非受控打印" in made.sections[0].footer.paragraphs[0].text


def test_that_it_was_taken_stands_in_the_trail(library: Library, browse: Browse) -> None:
    library.load()
    reader = browse("employee")
    reader.head(f"/documents/{NUMBER}/1.0/docx")
    reader.get(f"/documents/{NUMBER}/1.0/docx")
    query = sa.select(AuditEvent).where(AuditEvent.kind == "document_exported")
    said = [sentence(event) for event in db.session.scalars(query).unique()]
    assert said == [f"导出了“出货检验程序 {NUMBER}/1.0”的 Word 文件"]


def test_drafts_are_handed_out_to_those_who_may_read_them(library: Library, browse: Browse) -> None:
    one = library.begun()
    path = f"/documents/{one.document_no}/1.0/docx"
    assert browse("quality_inspector").get(path).status_code == 200
    assert browse("salesperson").get(path).status_code == 404


def test_what_was_handed_out_comes_back_as_it_was(library: Library, browse: Browse) -> None:
    one = library.begun()
    browser = browse("quality_inspector")
    data = browser.get(f"/documents/{one.document_no}/1.0/docx").data
    answer = send(browser, one, data)
    assert answer.status_code == 303, answer.text
    db.session.refresh(one)
    assert one.text == TEXT


def test_a_word_file_takes_the_place_of_the_text(library: Library, browse: Browse) -> None:
    one = library.begun()
    browser = browse("quality_inspector")
    answer = send(browser, one, word(*HEADINGS))
    assert answer.status_code == 303
    db.session.refresh(one)
    assert [(clause.number, clause.title, clause.id) for clause in clauses(one.text)] == [
        ("1", "目的", "purpose"),
        ("1.1", "抽 样", "sampling"),
        ("2", "附则", "fu-ze"),
    ]
    assert one.version == 2
    page = browser.get(answer.headers["Location"]).text
    assert "已导入 Word 文档" in page
    kinds = list(db.session.scalars(sa.select(AuditEvent.kind).where(AuditEvent.kind == "document_saved")))
    assert kinds


def test_its_pictures_are_kept_and_shown(library: Library, browse: Browse) -> None:
    one = library.begun()
    made = blank()
    made.add_heading("目的", 1)
    made.add_paragraph("见图：").add_run().add_picture(io.BytesIO(picture()))
    browser = browse("quality_inspector")
    assert send(browser, one, saved(made)).status_code == 303
    db.session.refresh(one)
    [held] = revisions.pictures(one.id)
    assert f"]({held.name})" in one.text
    assert files.get(held.file.sha256)
    shown = browser.get(f"/documents/{one.document_no}/1.0/pictures/{held.name}")
    assert shown.mimetype == "image/png"


def test_what_was_left_out_is_said(library: Library, browse: Browse) -> None:
    one = library.begun()
    browser = browse("quality_inspector")
    answer = send(browser, one, word("没有标题的文字。"))
    assert "没有找到标题" in browser.get(answer.headers["Location"]).text


REFUSED = {
    "none": (b"", "空文件"),
    "old": (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "不是 Word 文档"),
    "text": (b"hello", "不是 Word 文档"),
    "macros": (changed(word("宏"), "word/vbaProject.bin", lambda _old: b"x"), "带有宏"),
    "broken": (changed(word("坏"), "word/document.xml", lambda _old: b"<w:document"), "无法读取"),
    "empty": (word(""), "没有文字"),
}


@pytest.mark.proves("R24")
@pytest.mark.parametrize("kind", REFUSED)
def test_a_file_that_is_refused_says_why_and_changes_nothing(
    library: Library, browse: Browse, kind: str
) -> None:
    data, why = REFUSED[kind]
    one = library.begun()
    before = db.session.scalar(sa.select(sa.func.count(StoredFile.id)))
    answer = send(browse("quality_inspector"), one, data)
    assert answer.status_code == 422
    beside = re.search(r'id="import-error">(.*?)</p>', answer.text, re.S)
    assert beside is not None
    assert (why if kind != "none" else "Word") in html.unescape(beside[1])
    assert 'href="#import"' in answer.text
    db.session.refresh(one)
    assert (one.text, one.version) == (TEXT, 1)
    assert db.session.scalar(sa.select(sa.func.count(StoredFile.id))) == before


def test_without_a_file_the_field_says_so(library: Library, browse: Browse) -> None:
    one = library.begun()
    answer = browse("quality_inspector").post(
        f"/documents/{one.document_no}/1.0/import", data={"_version": "1"}
    )
    assert (answer.status_code, "请选择一个 Word 文档" in answer.text) == (422, True)


def test_who_has_an_older_state_before_them_is_told(library: Library, browse: Browse) -> None:
    one = library.begun()
    library.write(one, TEXT.replace("5 件", "6 件"))
    made = blank()
    made.add_heading("目的", 1)
    made.add_paragraph("图：").add_run().add_picture(io.BytesIO(picture()))
    answer = send(browse("quality_inspector"), one, saved(made), version="1")
    assert (answer.status_code, "别处保存过" in answer.text) == (422, True)
    db.session.refresh(one)
    assert "6 件" in one.text
    assert revisions.pictures(one.id) == []


@pytest.mark.parametrize(
    ("login", "status"), [("salesperson", 404), ("auditor", 403), ("quality_manager", 303)]
)
def test_drafts_of_others_take_nothing_in(library: Library, browse: Browse, login: str, status: int) -> None:
    one = library.begun()
    assert send(browse(login), one, word(*HEADINGS)).status_code == status
    db.session.refresh(one)
    assert (one.text == TEXT) == (status != 303)


def test_neither_does_a_text_in_review_or_in_force(library: Library, browse: Browse) -> None:
    one = library.begun()
    library.sent(one)
    answer = send(browse("quality_inspector"), one, word(*HEADINGS))
    assert (answer.status_code, "审批中的文件不能修改" in answer.text) == (422, True)
    other = library.load()
    assert send(browse("document_controller"), other, word(*HEADINGS)).status_code == 422
    assert other.text == TEXT


def test_ids_follow_titles_where_there_is_one_of_the_name() -> None:
    old = "# 目的 {#purpose .record}\n\n# 检验 {#first}\n\n# 检验 {#second}\n\n# 附则 {#end}"
    new = "# 目的\n\n## 检验\n\n# 附则 {#end}\n\n# 附则\n\n# 另 {#end}"
    assert with_ids(new, old) == (
        "# 目的 {#purpose .record}\n\n## 检验 {#jian-yan}\n\n# 附则 {#end}\n\n# 附则 {#fu-ze}\n\n# 另 {#ling}"
    )
    assert "{#x}" in with_ids("```\n# 目的 {#x}\n```", old), "no heading inside code"
