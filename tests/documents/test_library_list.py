"""The list of documents and the search: what is in force, and what will be."""

from __future__ import annotations

import pytest
import time_machine

from portal.extensions import db
from portal.jobs import daily
from portal.queries import document_copies, editions, revisions
from portal.services import master, search_texts, uploads
from tests.documents.conftest import Browse
from tests.documents.library import LATER, NUMBER, TEXT, Library, words
from tests.forms.customer_service.shop import TODAY


def test_the_list_finds_by_name_pinyin_kind_and_department(library: Library, browse: Browse) -> None:
    library.load()
    page = browse("employee")
    for query in ("q=出货", "q=chuhuo", "q=QA-P-90", "kind=procedure&department=quality"):
        assert NUMBER in words(page.get(f"/documents/?{query}").text), query
    for query in ("q=没有的文件", "kind=standard", "department=design"):
        assert NUMBER not in words(page.get(f"/documents/?{query}").text), query


def test_the_search_finds_words_of_the_text_in_force_only(library: Library, browse: Browse) -> None:
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        library.load()
        asked = library.asked()
        one = library.write(library.draft(), TEXT.replace("每批抽取 5 件", "逐台开箱"))
        record = library.sent(one, change_request=library.ref(asked), planned_effective_on=LATER)
        library.release(record, LATER)
        reader = browse("employee")
        assert f"/documents/{NUMBER}" in reader.get("/find?q=每批抽取").text
        assert f"/documents/{NUMBER}" not in reader.get("/find?q=逐台开箱").text
        assert f"1.1 自 {LATER} 起生效" in words(reader.get(f"/documents/?q={NUMBER}").text)
    with time_machine.travel(f"{LATER}T03:00:00+00:00", tick=False):
        assert daily.find_what_is_in_force() >= 1
        reader = browse("employee")
        assert f"/documents/{NUMBER}" in reader.get("/find?q=逐台开箱").text
        assert f"/documents/{NUMBER}" not in reader.get("/find?q=每批抽取").text


def test_a_clause_is_found_by_itself_as_it_stands_in_force(library: Library, browse: Browse) -> None:
    library.load()
    reader = browse("employee")
    page = reader.get("/find?kind=clauses&q=每批抽取").text
    assert f'href="/documents/{NUMBER}#sampling"' in page
    assert "5 抽样" in words(page)
    assert "1 小时内检验完毕" in words(page), "the words in which it was found"
    assert f'href="/documents/{NUMBER}#sampling"' in reader.get("/find?q=抽样").text, "among other results"
    assert 'id="sampling"' in reader.get(f"/documents/{NUMBER}").text
    asked = library.asked()
    one = library.write(library.draft(), TEXT.replace("# 抽样 {#sampling}", "# 抽查 {#sampling}"))
    library.release(library.sent(one, change_request=library.ref(asked)))
    page = browse("employee").get("/find?kind=clauses&q=每批抽取").text
    assert "5 抽查" in words(page)
    assert "5 抽样" not in words(page), "what was in force before is gone"


def test_a_withdrawn_document_is_in_force_no_more(library: Library, browse: Browse) -> None:
    one = library.load()
    asked = library.change(NUMBER, request_kind="withdraw")
    record = library.submit(
        "DC-02",
        "quality_inspector",
        **{k: v for k, v in asked.items() if k not in ("clause", "old_text", "new_text")},
    )
    library.finish(record)
    assert library.state(one) == "obsolete"
    assert browse("employee").get(f"/documents/{NUMBER}").status_code == 404
    assert "已作废" in words(browse("document_controller").get(f"/documents/{NUMBER}/1.0").text)


@pytest.mark.proves("R29")
def test_every_revision_in_force_is_seen_on_its_day(library: Library, browse: Browse) -> None:
    library.load()
    asked = library.asked()
    one = library.write(library.draft(), TEXT.replace("5 件", "7 件"))
    record = library.sent(one, change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(record, LATER)
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        assert "5 件" in browse("employee").get(f"/documents/{NUMBER}").text
    with time_machine.travel(f"{LATER}T03:00:00+00:00", tick=False):
        assert "7 件" in browse("employee").get(f"/documents/{NUMBER}").text


def test_the_list_says_what_is_in_force_and_what_will_be(library: Library, browse: Browse) -> None:
    library.load()
    asked = library.asked()
    record = library.sent(library.draft(), change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(record, LATER)

    def states() -> dict[str, str]:
        return {
            line["version"]: line["state"] for line in library.lines("documents") if line["number"] == NUMBER
        }

    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        assert states() == {"1.0": "effective", "1.1": "to_come"}
    assert editions.issuable(NUMBER, TODAY) == ["1.0", "1.1"]
    with time_machine.travel(f"{LATER}T03:00:00+00:00", tick=False):
        assert states() == {"1.0": "obsolete", "1.1": "effective"}
    library.document(NUMBER).state = "obsolete"
    assert states() == {"1.0": "obsolete", "1.1": "obsolete"}
    assert [line["next_review"] for line in library.lines("documents") if line["number"] == NUMBER] == [
        None,
        None,
    ]


@pytest.mark.proves("R30")
def test_copies_are_called_back_from_the_day_on(library: Library) -> None:
    first = library.begun()
    record = library.release(library.sent(first))
    library.issued(record)
    asked = library.asked(number=first.document_no)
    second = library.draft(first.document_no)
    sent = library.sent(second, change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(sent, LATER)
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        assert document_copies.to_recall() == []
    with time_machine.travel(f"{LATER}T03:00:00+00:00", tick=False):
        assert {one.version for one in document_copies.to_recall()} == {"1.0"}


def test_a_document_with_files_is_read_by_everybody(library: Library, browse: Browse) -> None:
    file = uploads.keep("正文.pdf", b"%PDF-1.7 x", "application/pdf", by=None, now=library.now)
    given = {"id": file.id, "name": file.name, "type": file.type, "size": 10, "sha256": file.sha256}
    library.released(document_file=[given], planned_effective_on=TODAY)
    reader = browse("employee")
    page = reader.get("/documents/QA-W-1")
    assert page.status_code == 200
    assert f"/documents/QA-W-1/files/{file.id}" in page.text
    assert reader.get(f"/documents/QA-W-1/files/{file.id}").data == b"%PDF-1.7 x"
    assert reader.get(f"/documents/QA-W-1/files/{file.id + 1}").status_code == 404
    assert 'href="/documents/QA-W-1"' in reader.get("/documents/?q=QA-W-1").text
    assert 'href="/documents/QA-W-1"' in reader.get("/find?q=QA-W-1").text
    library.document("QA-W-1").state = "obsolete"
    assert reader.get("/documents/QA-W-1").status_code == 404
    assert reader.get(f"/documents/QA-W-1/files/{file.id}").status_code == 404


@pytest.mark.proves("S23")
def test_a_file_that_waits_for_its_day_is_not_read_yet(library: Library, browse: Browse) -> None:
    file = uploads.keep("正文.pdf", b"%PDF-1.7 x", "application/pdf", by=None, now=library.now)
    given = {"id": file.id, "name": file.name, "type": file.type, "size": 10, "sha256": file.sha256}
    library.released(document_file=[given])
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        reader = browse("employee")
        assert file.name not in reader.get("/documents/QA-W-1").text
        assert reader.get(f"/documents/QA-W-1/files/{file.id}").status_code == 404


@pytest.mark.parametrize(
    "query", ["since=0001-01-01", "until=9999-12-31", "since=9999-12-31", "until=0001-01-01"]
)
def test_days_that_nobody_means_are_no_filter(library: Library, browse: Browse, query: str) -> None:
    library.load()
    reader = browse("employee")
    assert f"/documents/{NUMBER}" in reader.get(f"/find?q=出货&{query}").text
    assert reader.get(f"/registers/documents?{query}").status_code == 200


def test_in_english_documents_are_found_under_their_english_names(library: Library, browse: Browse) -> None:
    library.load()
    reader = browse("employee")
    reader.post("/account/language", data={"language": "en"})
    one = revisions.effective("WH-S-01", TODAY)
    assert one is not None
    assert one.name_en in words(reader.get("/find?q=盘点规定").text)
    assert one.name_en in words(reader.get("/documents/?q=WH-S-01").text)


def test_a_withdrawn_document_keeps_its_english_name(library: Library) -> None:
    one = library.load()
    one.name_en = "Outgoing inspection"
    library.document(NUMBER).state = "obsolete"
    found = search_texts.document(library.document(NUMBER))
    assert list(found.also) == ["Outgoing inspection"]


def test_what_was_loaded_is_in_force_until_the_released_version_is(library: Library) -> None:
    loaded = master.create("document", code="QA-W-9", name="旧指导书")
    loaded.kind, loaded.version, loaded.effective_on = "work_document", "1.0", TODAY
    loaded.department_id = library.department("quality").id
    db.session.flush()
    asked = library.requested("QA-W-9")
    library.released(
        document_no="QA-W-9", version="1.1", change_request=library.ref(asked), planned_effective_on=LATER
    )
    assert [one.version for one in editions.known("QA-W-9")["QA-W-9"]] == ["1.0", "1.1"]
    assert editions.issuable("QA-W-9", TODAY) == ["1.0", "1.1"]
    assert editions.issuable("QA-W-9", LATER) == ["1.1"]


def test_a_new_document_whose_day_has_not_come_is_no_dead_link(library: Library, browse: Browse) -> None:
    one = library.begun()
    library.release(library.sent(one, planned_effective_on=LATER), LATER)
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        reader = browse("employee")
        for page in (
            reader.get(f"/find?q={one.document_no}").text,
            reader.get(f"/documents/?q={one.document_no}").text,
        ):
            assert f'href="/documents/{one.document_no}"' not in page
            assert one.document_no in words(page)
