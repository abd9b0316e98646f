"""Prints as archive files: PDF/A-3a and PDF/UA-1 in one, with the record as data inside."""

from datetime import UTC, datetime
from io import BytesIO

import pytest
from page import ValidationProfile, validate_pdf_bytes
from pypdf import PdfReader

from portal.pdf.redline_sheet import ChangedClause, ChangedForm, RedlineSheet
from portal.pdf.render import render
from portal.pdf.text_sheet import TextSheet
from tests.pdf.test_render import complaint


@pytest.mark.proves("R12")
def test_the_record_goes_with_its_print_as_data():
    data, at = (
        '{"number":"CS-03-2026-0042","answers":{"说明":"漏油"}}'.encode(),
        datetime(2026, 11, 23, 5, 40, tzinfo=UTC),
    )
    made = render(complaint(data=data, made_at=at))
    reader = PdfReader(BytesIO(made))
    assert reader.attachments["record.json"] == [data]
    (carried,) = reader.trailer["/Root"]["/AF"]
    assert carried["/AFRelationship"] == "/Data"
    assert made == render(complaint(data=data, made_at=at)), "the same bytes for the same record"
    other = render(complaint(data=data + b" ", made_at=at))
    assert PdfReader(BytesIO(other)).trailer["/ID"] != reader.trailer["/ID"]


def record():
    return complaint(data=b'{"a":1}', made_at=datetime(2026, 11, 23, tzinfo=UTC))


def procedure():
    return TextSheet(
        company="华衡制造建设集团", language="zh", document_no="QA-P-90", number="1.0", title="出货检验程序",
        state_text="现行有效", is_in_force=True, marking="非受控打印", controlled=False, printed="甲 打印",
        facts=[("文件编号", "QA-P-90")], summary="What it says.",
        text="# 目的 {#purpose .record}\n\n**要点** ☑ 𠮷。\n\n| 类别 | 期限 |\n|---|---:|\n| 样机 | 6 |\n\n## 条 {#b .added}\n\n- 甲\n- 乙",
    )  # fmt: skip


def changes():
    clause = ChangedClause(
        "c1",
        "1",
        "目的",
        "有改动",
        "<section class='change' id='c1'><h2>1 目的</h2><p><del>旧</del><ins>新</ins></p></section>",
    )
    return RedlineSheet(
        company="华衡制造建设集团", language="zh", document_no="QA-P-90", title="出货检验程序", old="1.0", new="1.1",
        state_text="草稿", marking="非受控打印", printed="甲 打印", facts=[("原版本", "1.0")], summary="条款：有改动 1。",
        told=[("1.1", "改了")], more=["复审周期（月）：12 → 6"], clauses=[clause], forms=[ChangedForm("PU-06", ["新增步骤"])],
    )  # fmt: skip


@pytest.mark.proves("R12", "R14")
@pytest.mark.parametrize("sheet", [record, procedure, changes])
@pytest.mark.parametrize(
    "profile", [ValidationProfile.PDF_A_3A, ValidationProfile.PDF_UA_1], ids=["archive", "access"]
)
def test_prints_are_archive_files_that_everybody_can_read(sheet, profile):
    report = validate_pdf_bytes(render(sheet()), profile=profile)
    assert [(one.rule_id, one.message) for one in report.failures] == []
    assert report.rules.passed > 100
