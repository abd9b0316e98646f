"""The library over HTTP: who sees which revision, who writes."""

from __future__ import annotations

import html
import io
import re

import pytest
from PIL import Image

from portal.extensions import db
from portal.queries import revisions
from tests.documents.conftest import Browse
from tests.documents.library import NUMBER, TEXT, Library, words
from tests.forms.customer_service.shop import days
from tests.lib.word_files import picture


@pytest.mark.proves("R27")
def test_everybody_reads_what_is_in_force(library: Library, browse: Browse) -> None:
    library.load()
    for login in ("employee", "auditor", "salesperson"):
        page = browse(login).get(f"/documents/{NUMBER}")
        assert page.status_code == 200
        said = words(page.text)
        assert "每批抽取 5 件，1 小时内检验完毕" in said
        assert "现行有效" in said
        assert 'id="sampling"' in page.text
        assert "<svg" in page.text, "the route of PU-06"


@pytest.mark.proves("R27")
@pytest.mark.parametrize("path", ["purchasing/requisitions/new", "purchasing/requisitions/"])
def test_a_form_leads_to_the_clause_in_force_that_lays_it_down(browse: Browse, path: str) -> None:
    browser = browse("employee")
    linked = re.search(r'href="(/documents/[A-Z]{2}-[A-Z]-\d\d)#([\w-]+)"', browser.get(f"/{path}").text)
    assert linked is not None
    page = browser.get(linked[1]).text
    assert f'id="{linked[2]}"' in page
    assert "现行有效" in words(page)


@pytest.mark.proves("R28", "S23")
def test_ordinary_readers_see_no_other_revision(library: Library, browse: Browse) -> None:
    library.load()
    library.asked()
    draft = library.draft()
    library.write(draft, TEXT.replace("5 件", "9 件"))
    for login, status in (
        ("quality_inspector", 200),
        ("quality_manager", 200),
        ("document_controller", 200),
        ("auditor", 200),
        ("salesperson", 404),
        ("employee", 404),
    ):
        assert browse(login).get(f"/documents/{NUMBER}/1.1").status_code == status, login
    assert "5 件" in browse("employee").get(f"/documents/{NUMBER}").text
    assert "9 件" not in browse("employee").get(f"/documents/{NUMBER}").text


@pytest.mark.proves("R28")
def test_whoever_signs_the_release_reads_what_they_sign(library: Library, browse: Browse) -> None:
    record = library.sent(library.begun("QA-P-91"))
    address = "/documents/QA-P-91/1.0"
    assert browse("warehouse_supervisor").get(address).status_code == 404, "not their turn yet"
    library.sign(record)
    assert record.step == "countersign"
    page = browse("warehouse_supervisor").get(address)
    assert "审批中" in words(page.text)
    assert "不作为执行依据" in words(page.text)


@pytest.mark.proves("S23")
def test_a_document_that_nobody_has_released_is_not_there_for_readers(
    library: Library, browse: Browse
) -> None:
    library.begun("QA-P-91")
    assert browse("employee").get("/documents/QA-P-91").status_code == 404
    assert browse("quality_inspector").get("/documents/QA-P-91").status_code == 302
    assert browse("employee").get("/documents/ZZ-P-01").status_code == 404


@pytest.mark.proves("S23")
def test_a_draft_is_offered_to_those_alone_who_may_read_it(library: Library, browse: Browse) -> None:
    record = library.sent(library.begun("QA-P-91"))
    (label,) = [one["text"] for one in browse("quality_inspector").get("/pick/revision?q=QA-P-91").json]
    for login, there in {
        "quality_manager": True,
        "document_controller": True,
        "auditor": True,
        "employee": False,
        "warehouse_supervisor": False,
    }.items():
        for more in ("", "&scan=1"):
            found = browse(login).get(f"/pick/revision?q={label}{more}").json
            assert [one["text"] for one in found] == [label] * there, login
    library.sign(record)
    assert browse("warehouse_supervisor").get("/pick/revision?q=QA-P-91").json


@pytest.mark.proves("S23")
def test_nobody_gets_to_read_a_draft_by_releasing_it(library: Library, browse: Browse) -> None:
    one = library.begun("QA-P-91")
    page = browse("employee")
    for op in ("submit", "save"):
        page.post(
            "/quality/document-releases/new", data={"_op": op, "purpose": "release", "text": str(one.code)}
        )
    db.session.expire_all()
    assert library.draft("QA-P-91").release is None
    said = page.post(
        "/quality/document-releases/new", data={"_op": "submit", "purpose": "release", "text": str(one.code)}
    ).text
    assert one.name not in said


def test_a_draft_is_written_and_previewed(library: Library, browse: Browse) -> None:
    library.begun("QA-P-91")
    inspector = browse("quality_inspector")
    page = inspector.get("/documents/QA-P-91/1.0/edit")
    assert page.status_code == 200
    shown = inspector.post(
        "/documents/QA-P-91/1.0/preview", data={"text": "# 甲 {#a}\n\n见 PU-04 **要点**。<script>x</script>"}
    )
    assert 'href="/purchasing/purchase-orders/"' in shown.text
    assert "<strong>要点</strong>" in shown.text
    assert "<script" not in shown.text
    facts = {
        "name": "来样管理办法",
        "owner_department": "质量部",
        "reading": "before_use",
        "review_months": "24",
        "_version": "1",
    }
    answer = inspector.post("/documents/QA-P-91/1.0/edit", data={**facts, "text": TEXT + "\n\n# 附则"})
    assert answer.status_code == 303
    db.session.expire_all()
    one = library.draft("QA-P-91")
    assert (one.name, one.reading, one.review_months) == ("来样管理办法", "before_use", 24)
    assert one.text.endswith("# 附则 {#fu-ze}")
    late = inspector.post("/documents/QA-P-91/1.0/edit", data={**facts, "text": "# 别人的 {#x}"})
    assert late.status_code == 422
    assert "别处保存过" in words(late.text)
    assert "# 别人的 {#x}" in html.unescape(late.text), "nothing typed is lost"
    assert 'name="_version" value="1"' in late.text, "a second press is told the same"


@pytest.mark.proves("R25")
def test_wrong_facts_are_said_beside_their_field_and_the_text_stays(library: Library, browse: Browse) -> None:
    library.begun("QA-P-91")
    facts = {"name": "", "reading": "none", "review_months": "0", "_version": "1", "text": "# 新的 {#new}"}
    answer = browse("quality_inspector").post("/documents/QA-P-91/1.0/edit", data=facts)
    assert answer.status_code == 422
    assert "# 新的 {#new}" in html.unescape(answer.text)
    assert library.draft("QA-P-91").text == TEXT


@pytest.mark.proves("R25")
@pytest.mark.parametrize(
    ("number", "problem"),
    [("QA-P-02", "已经使用过"), ("qa 7", "编号的格式"), ("PU-04", "编号的格式"), ("", "文件编号")],
)
def test_a_new_document_needs_a_number_of_its_own(
    library: Library, browse: Browse, number: str, problem: str
) -> None:
    given = {"document_no": number, "name": "新文件", "document_kind": "rule", "owner_department": "质量部"}
    answer = browse("employee").post("/documents/new", data=given)
    assert answer.status_code == 422
    assert problem in words(answer.text)
    good = browse("employee").post("/documents/new", data={**given, "document_no": "QA-R-7"})
    assert good.headers["Location"] == "/documents/QA-R-7/1.0/edit"


def test_pictures_belong_to_the_draft_and_are_seen_with_it(library: Library, browse: Browse) -> None:
    library.begun("QA-P-91")
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    inspector = browse("quality_inspector")
    address = "/documents/QA-P-91/1.0/pictures"
    answer = inspector.post(
        address, data={"file": (io.BytesIO(out.getvalue()), "检验 台(1).png", "image/png")}
    )
    assert (
        "![检验-台-1-.png](检验-台-1-.png)" in answer.text or "![检验-台-1.png](检验-台-1.png)" in answer.text
    )
    name = re.search(r"\]\(([^)]*)\)", answer.text)[1]  # type: ignore[index]
    assert inspector.get(f"{address}/{name}").mimetype == "image/png"
    assert browse("employee").get(f"{address}/{name}").status_code == 404
    text = inspector.post(address, data={"file": (io.BytesIO(b"x"), "a.txt", "text/plain")})
    assert text.status_code == 422


@pytest.mark.proves("R6")
def test_a_text_in_review_has_no_editor_and_comes_back_with_a_reason(
    library: Library, browse: Browse
) -> None:
    record = library.sent(library.begun("QA-P-91"))
    inspector = browse("quality_inspector")
    address = "/documents/QA-P-91/1.0"
    assert inspector.get(f"{address}/edit").status_code == 422
    assert inspector.post(f"{address}/take-back", data={"reason": " "}).status_code == 422
    assert browse("salesperson").post(f"{address}/take-back", data={"reason": "x"}).status_code == 404
    assert inspector.post(f"{address}/take-back", data={"reason": "漏写"}).status_code == 303
    db.session.refresh(record)
    assert record.state == "withdrawn"
    assert inspector.get(f"{address}/edit").status_code == 200


def test_a_picture_is_a_picture_and_has_a_name_of_its_own(library: Library, browse: Browse) -> None:
    one = library.begun("QA-P-91")
    inspector = browse("quality_inspector")
    path = "/documents/QA-P-91/1.0/pictures"

    def send(data: bytes, name: str) -> object:
        return inspector.post(
            path, data={"file": (io.BytesIO(data), name)}, content_type="multipart/form-data"
        )

    assert send(b"%PDF-1.7 x", "a.pdf").status_code == 422
    for colour in ("red", "blue", "red"):
        assert send(picture(colour), "流程:图 1.png").status_code == 200
    names = {each.name: each.file.sha256 for each in revisions.pictures(one.id)}
    assert sorted(names) == ["流程-图-1-2.png", "流程-图-1.png"]
    assert len(set(names.values())) == 2


def test_a_text_beyond_all_bounds_is_refused_and_kept_on_the_page(library: Library, browse: Browse) -> None:
    one = library.begun("QA-P-91")
    before = one.text
    inspector = browse("quality_inspector")
    facts = {
        "name": "办法",
        "owner_department": "质量部",
        "reading": "none",
        "review_months": "12",
        "_version": "1",
    }
    for text, said in (("字" * 400_001, "不能超过 400000 个字符"), ("# 甲\n" * 1001, "不能超过 1000 个条款")):
        answer = inspector.post("/documents/QA-P-91/1.0/edit", data={**facts, "text": text})
        assert answer.status_code == 422
        assert said in words(answer.text)
        assert text[:100] in html.unescape(answer.text)
    answer = inspector.post("/documents/QA-P-91/1.0/edit", data={**facts, "_version": "²", "text": "# 乙"})
    assert answer.status_code == 422, "no number at all is no state that anybody has seen"
    db.session.expire_all()
    assert library.draft("QA-P-91").text == before


def test_records_that_are_not_for_the_reader_are_no_links(library: Library, browse: Browse) -> None:
    library.load()
    asked = library.asked()
    record = library.release(library.sent(library.draft(), change_request=library.ref(asked)))
    page = browse("employee").get(f"/documents/{NUMBER}").text
    assert record.number in words(page)
    assert f"document-releases/{record.number}" not in page
    assert (
        f"document-releases/{record.number}" in browse("document_controller").get(f"/documents/{NUMBER}").text
    )


def test_a_review_that_changed_nothing_stands_on_the_page(library: Library, browse: Browse) -> None:
    library.load()
    given = {
        "purpose": "confirm",
        "document_no": NUMBER,
        "document_kind": "procedure",
        "title": "出货检验程序",
    }
    sheet = library.new(**given, next_review_on=days(365))
    for name in ("document_file", "planned_effective_on", "distribution"):
        del sheet[name]
    record = library.finish(library.submit("DC-01", "quality_inspector", **sheet))
    page = f"/documents/{NUMBER}"
    assert record.number in words(browse("document_controller").get(page).text)
    asked = library.asked()
    library.release(library.sent(library.draft(), change_request=library.ref(asked)))
    assert record.number not in words(browse("document_controller").get(page).text), "of another version"


def test_documents_are_linked_by_their_numbers_also_those_that_nothing_is_bound_to(
    library: Library, browse: Browse
) -> None:
    library.load()
    library.begun("QA-P-91")
    shown = (
        browse("quality_inspector")
        .post(
            "/documents/QA-P-91/1.0/preview",
            data={"text": f"# 甲\n\n见 {NUMBER}#sampling、PU-P-01、QA-P-77。"},
        )
        .text
    )
    assert f'href="/documents/{NUMBER}#sampling"' in shown
    assert 'href="/documents/PU-P-01"' in shown
    assert "/documents/QA-P-77" not in shown
