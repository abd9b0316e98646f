"""Revisions on paper: what stands on each page, who may print, numbered copies, and the trace that is left."""

from __future__ import annotations

import io
import re

import pytest
import sqlalchemy as sa
from pypdf import PdfReader

from portal.extensions import db
from portal.forms.sentences import sentence
from portal.models import AuditEvent, DocumentRevision
from tests.documents.conftest import Browse
from tests.documents.library import NUMBER, TEXT, Library
from tests.forms.customer_service.shop import TODAY

PRINT = f"/documents/{NUMBER}/print"


def pages(data: bytes) -> list[str]:
    """What stands on each page, without spaces."""
    return [re.sub(r"\s", "", page.extract_text()) for page in PdfReader(io.BytesIO(data)).pages]


def printed() -> list[AuditEvent]:
    """What the trail says of prints."""
    query = sa.select(AuditEvent).where(AuditEvent.kind == "document_printed").order_by(AuditEvent.id)
    return list(db.session.scalars(query).unique())


def copied(library: Library) -> DocumentRevision:
    """A released text with copies 01 and 02 handed out."""
    one = library.begun()
    record = library.release(library.sent(one, planned_effective_on=TODAY))
    rows = [
        {"copy_no": "01", "holder": library.department("quality"), "person": library.person("quality_inspector"), "issued_on": TODAY},
        {"copy_no": "02", "holder": library.department("warehouse"), "person": library.person("warehouse_keeper"), "issued_on": TODAY},
    ]  # fmt: skip
    issue = library.submit("DC-03", "document_controller", **library.issue(record, copies=rows))
    library.finish(issue, holder_receipt={"received_on": TODAY})
    return one


@pytest.mark.proves("R25")
def test_what_is_in_force_is_printed_with_its_marks_on_every_page(library: Library, browse: Browse) -> None:
    library.load()
    answer = browse("employee").get(PRINT)
    assert answer.mimetype == "application/pdf"
    found = pages(answer.data)
    assert len(found) > 1
    for at, page in enumerate(found, 1):
        assert f"{NUMBER}版本1.0现行有效" in page
        assert f"第{at}页共{len(found)}页" in page
        assert "非受控打印，打印后不受控" in page
        assert "打印" in page
    assert "出货检验程序" in found[0]
    assert re.search(r"5抽样\W*2", found[0]), "the contents name the page"
    assert "每批抽取5件" in "".join(found)
    assert "PU-06进货检验单" in "".join(found), "the route"
    [event] = printed()
    assert event.facts == {"document": f"出货检验程序 {NUMBER}/1.0", "copy": ""}
    assert event.person.login == "employee"
    assert sentence(event) == f"打印了“出货检验程序 {NUMBER}/1.0”（非受控）"


def test_looking_for_the_head_leaves_no_trace(library: Library, browse: Browse) -> None:
    library.load()
    assert browse("employee").head(PRINT).status_code == 200
    assert not printed()


def test_a_print_names_who_has_signed_and_approved(library: Library, browse: Browse) -> None:
    one = library.begun()
    record = library.release(library.sent(one))
    found = pages(browse("employee").get(f"/documents/{one.document_no}/print").data)[0]
    signed = {each.step: each.authority["name"] for each in record.signatures}
    assert f"批准人{signed['approval']}" in found
    assert f"批准日期{TODAY.isoformat()}" in found
    assert record.number in found
    for name in signed.values():
        assert name in found


@pytest.mark.proves("R28")
@pytest.mark.parametrize(
    ("state", "word"),
    [("draft", "草稿"), ("in_review", "审批中"), ("superseded", "已被替代"), ("obsolete", "已作废")],
)  # fmt: skip
def test_what_is_not_in_force_says_so_across_the_page(
    library: Library, browse: Browse, state: str, word: str
) -> None:
    one = library.load() if state in ("superseded", "obsolete") else library.begun()
    if state == "superseded":
        asked = library.asked()
        library.release(library.sent(library.draft(), change_request=library.ref(asked)))
    elif state == "obsolete":
        asked = library.submit(
            "DC-02", "quality_inspector", **library.change(NUMBER, request_kind="withdraw")
        )
        library.finish(asked)
    elif state == "in_review":
        library.sent(one)
    path = f"/documents/{one.document_no}/{one.number}/print"
    found = pages(browse("document_controller").get(path).data)
    assert found
    assert all(page.count(word) >= 2 for page in found), "the strip and the watermark"
    assert all("非受控打印" in page for page in found)


@pytest.mark.proves("R30")
def test_a_numbered_copy_is_the_controllers_to_print(library: Library, browse: Browse) -> None:
    one = copied(library)
    path = f"/documents/{one.document_no}/print"
    found = pages(browse("document_controller").get(f"{path}?copy=02").data)
    assert all("受控副本02，持有部门仓储部" in page or "受控副本02，持有部门" in page for page in found)
    assert not any("非受控" in page for page in found)
    [event] = printed()
    assert event.facts["copy"] == "02"
    assert "受控副本 02" in sentence(event)
    page = browse("document_controller").get(f"/documents/{one.document_no}").text
    assert "copy=01" in page
    assert "copy=01" not in browse("employee").get(f"/documents/{one.document_no}").text


@pytest.mark.proves("R30")
def test_others_and_other_numbers_are_refused(library: Library, browse: Browse) -> None:
    one = copied(library)
    path = f"/documents/{one.document_no}/print"
    for login in ("employee", "quality_manager", "auditor"):
        assert browse(login).get(f"{path}?copy=01").status_code == 403
    answer = browse("document_controller").get(f"{path}?copy=03")
    assert answer.status_code == 422
    assert "没有发放受控号为 03" in answer.text
    assert not printed()


@pytest.mark.proves("R28", "R30")
def test_a_copy_that_came_back_is_printed_no_more(library: Library, browse: Browse) -> None:
    one = copied(library)
    query = sa.select(DocumentRevision).where(DocumentRevision.id == one.id)
    document = library.document(one.document_no)
    asked = library.asked(number=one.document_no)
    draft = library.draft(one.document_no)
    record = library.release(library.sent(draft, change_request=library.ref(asked)))
    rows = [
        {"copy_no": "01", "holder": library.department("quality"), "person": library.person("quality_inspector"), "issued_on": TODAY}
    ]  # fmt: skip
    given = library.issue(record, copies=rows)
    issue = library.submit("DC-03", "document_controller", **given)
    back = [{"copy_no": "01", "returned_on": TODAY, "destroyed": True}, {"copy_no": "02", "returned_on": TODAY, "destroyed": True}]  # fmt: skip
    library.finish(
        issue, holder_receipt={"received_on": TODAY}, recall={"returned_copies": back, "recalled": True}
    )
    assert document.version == "1.1"
    assert db.session.scalars(query).one().number == "1.0"
    answer = browse("document_controller").get(f"/documents/{one.document_no}/1.0/print?copy=01")
    assert answer.status_code == 422


@pytest.mark.proves("R2")
def test_who_may_not_read_a_draft_may_not_print_it(library: Library, browse: Browse) -> None:
    one = library.begun()
    assert browse("salesperson").get(f"/documents/{one.document_no}/1.0/print").status_code == 404
    assert browse("salesperson").get(f"/documents/{one.document_no}/print").status_code == 404
    assert browse("quality_inspector").get(f"/documents/{one.document_no}/1.0/print").status_code == 200


def test_in_english_the_strips_are_english_and_the_text_stays(library: Library, browse: Browse) -> None:
    library.load()
    browser = browse("employee")
    browser.post("/account/language", data={"language": "en"})
    found = pages(browser.get(PRINT).data)
    assert "Outgoinginspection" in found[0]
    assert f"Page1of{len(found)}" in found[0]
    assert "每批抽取5件" in "".join(found)
    assert "非受控" not in "".join(found)


def test_pictures_and_links_to_nowhere_do_not_stop_a_print(library: Library, browse: Browse) -> None:
    one = library.begun(
        text=TEXT + "\n\n# 其他 {#more}\n\n见 [图](nowhere.png)、[别处](#none)、![示意](missing.png)，PU-04。"
    )
    found = pages(browse("quality_inspector").get(f"/documents/{one.document_no}/1.0/print").data)
    assert "见图、别处、示意" in "".join(found)


def test_the_page_carries_the_same_words_for_its_own_print(library: Library, browse: Browse) -> None:
    library.load()
    page = browse("employee").get(f"/documents/{NUMBER}").text
    assert "非受控打印，打印后不受控" in page
    assert f"/documents/{NUMBER}/1.0/print" in page


def test_signs_are_explained_where_there_are_some(library: Library, browse: Browse) -> None:
    library.load()
    assert "要求留下记录的条款" not in "".join(pages(browse("employee").get(PRINT).data))
    marked = "".join(pages(browse("employee").get("/documents/WH-S-01/print").data))
    assert "要求留下记录的条款" in marked
    assert "原文件之外补充的条款" in marked
