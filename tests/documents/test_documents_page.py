"""The library over HTTP: who reads what, who writes, what a confirmed reading opens."""

from __future__ import annotations

import html
import io
import re
from collections.abc import Callable
from typing import Any

import pytest
import time_machine
from flask import Flask, g
from flask.testing import FlaskClient
from PIL import Image

from portal.extensions import db
from portal.jobs import daily
from portal.lib.clock import now
from portal.queries import readings, revisions
from portal.services import readings as reading
from tests.documents.library import LATER, NUMBER, TEXT, Library
from tests.forms.customer_service.shop import TODAY

SignIn = Callable[[FlaskClient, str], FlaskClient]


def forget() -> None:
    """The next request asks anew who is there: the session at hand keeps one context open for all of them."""
    for name in ("actor", "_login_user"):
        g.pop(name, None)


class Visitor:
    """Somebody at a browser."""

    def __init__(self, client: FlaskClient) -> None:
        self.client = client

    def get(self, path: str) -> Any:
        """Opens a page."""
        forget()
        return self.client.get(path)

    def post(self, path: str, data: dict[str, Any]) -> Any:
        """Posts a form."""
        forget()
        return self.client.post(path, data=data)


Browser = Callable[[str], Visitor]


@pytest.fixture
def library(context: Flask) -> Library:
    """The small company's document control."""
    return Library()


@pytest.fixture
def browser(app: Flask, sign_in: SignIn) -> Browser:
    """Somebody at a browser, after what the session has done is written."""

    def enter(login: str) -> Visitor:
        db.session.commit()
        forget()
        return Visitor(sign_in(app.test_client(), login))

    return enter


def words(text: str) -> str:
    """The main part of a page without marks."""
    main = html.unescape(text).split("<main", 1)[1].split("</main>", 1)[0]
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", main))


def test_everybody_reads_what_is_in_force(library: Library, browser: Browser) -> None:
    library.load()
    for login in ("employee", "auditor", "salesperson"):
        page = browser(login).get(f"/documents/{NUMBER}")
        assert page.status_code == 200
        said = words(page.text)
        assert "每批抽取 5 件，1 小时内检验完毕" in said
        assert "现行有效" in said
        assert 'id="sampling"' in page.text
        assert "<svg" in page.text, "the route of PU-06"


def test_ordinary_readers_see_no_other_revision(library: Library, browser: Browser) -> None:
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
        assert browser(login).get(f"/documents/{NUMBER}/1.1").status_code == status, login
    assert "5 件" in browser("employee").get(f"/documents/{NUMBER}").text
    assert "9 件" not in browser("employee").get(f"/documents/{NUMBER}").text


def test_whoever_signs_the_release_reads_what_they_sign(library: Library, browser: Browser) -> None:
    record = library.sent(library.begun("QA-P-91"))
    address = "/documents/QA-P-91/1.0"
    assert browser("warehouse_supervisor").get(address).status_code == 404, "not their turn yet"
    library.sign(record)
    assert record.step == "countersign"
    page = browser("warehouse_supervisor").get(address)
    assert "审批中" in words(page.text)
    assert "不作为执行依据" in words(page.text)


def test_a_document_that_nobody_has_released_is_not_there_for_readers(
    library: Library, browser: Browser
) -> None:
    library.begun("QA-P-91")
    assert browser("employee").get("/documents/QA-P-91").status_code == 404
    assert browser("quality_inspector").get("/documents/QA-P-91").status_code == 302
    assert browser("employee").get("/documents/ZZ-P-01").status_code == 404


def test_a_draft_is_written_and_previewed(library: Library, browser: Browser) -> None:
    library.begun("QA-P-91")
    inspector = browser("quality_inspector")
    page = inspector.get("/documents/QA-P-91/1.0/edit")
    assert page.status_code == 200
    shown = inspector.post(
        "/documents/QA-P-91/1.0/preview", data={"text": "# 甲 {#a}\n\n见 PU-04 **要点**。<script>x</script>"}
    )
    assert 'href="/purchasing/purchase-orders/"' in shown.text
    assert "<strong>要点</strong>" in shown.text
    assert "<script" not in shown.text
    facts = {"name": "来样管理办法", "reading": "before_use", "review_months": "24", "_version": "1"}
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


def test_wrong_facts_are_said_beside_their_field_and_the_text_stays(
    library: Library, browser: Browser
) -> None:
    library.begun("QA-P-91")
    facts = {"name": "", "reading": "none", "review_months": "0", "_version": "1", "text": "# 新的 {#new}"}
    answer = browser("quality_inspector").post("/documents/QA-P-91/1.0/edit", data=facts)
    assert answer.status_code == 422
    assert "# 新的 {#new}" in html.unescape(answer.text)
    assert library.draft("QA-P-91").text == TEXT


@pytest.mark.parametrize(
    ("number", "problem"),
    [("QA-P-02", "已经使用过"), ("qa 7", "编号的格式"), ("PU-04", "编号的格式"), ("", "文件编号")],
)
def test_a_new_document_needs_a_number_of_its_own(
    library: Library, browser: Browser, number: str, problem: str
) -> None:
    given = {"document_no": number, "name": "新文件", "document_kind": "rule", "owner_department": "质量部"}
    answer = browser("employee").post("/documents/new", data=given)
    assert answer.status_code == 422
    assert problem in words(answer.text)
    good = browser("employee").post("/documents/new", data={**given, "document_no": "QA-R-7"})
    assert good.headers["Location"] == "/documents/QA-R-7/1.0/edit"


def test_pictures_belong_to_the_draft_and_are_seen_with_it(library: Library, browser: Browser) -> None:
    library.begun("QA-P-91")
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "red").save(out, "PNG")
    inspector = browser("quality_inspector")
    address = "/documents/QA-P-91/1.0/pictures"
    answer = inspector.post(
        address, data={"file": (io.BytesIO(out.getvalue()), "检验 台(1).png", "image/png")}
    )
    assert (
        "![检验-台-1-.png](检验-台-1-.png)" in answer.text or "![检验-台-1.png](检验-台-1.png)" in answer.text
    )
    name = re.search(r"\]\(([^)]*)\)", answer.text)[1]  # type: ignore[index]
    assert inspector.get(f"{address}/{name}").mimetype == "image/png"
    assert browser("employee").get(f"{address}/{name}").status_code == 404
    text = inspector.post(address, data={"file": (io.BytesIO(b"x"), "a.txt", "text/plain")})
    assert text.status_code == 422


def test_a_text_in_review_has_no_editor_and_comes_back_with_a_reason(
    library: Library, browser: Browser
) -> None:
    record = library.sent(library.begun("QA-P-91"))
    inspector = browser("quality_inspector")
    address = "/documents/QA-P-91/1.0"
    assert inspector.get(f"{address}/edit").status_code == 422
    assert inspector.post(f"{address}/take-back", data={"reason": " "}).status_code == 422
    assert browser("salesperson").post(f"{address}/take-back", data={"reason": "x"}).status_code == 404
    assert inspector.post(f"{address}/take-back", data={"reason": "漏写"}).status_code == 303
    db.session.refresh(record)
    assert record.state == "withdrawn"
    assert inspector.get(f"{address}/edit").status_code == 200


# Reading


def test_a_reader_confirms_once_and_the_report_knows(library: Library, browser: Browser) -> None:
    one = library.load()
    inspector = browser("quality_inspector")
    assert NUMBER in inspector.get("/").text, "the first page tells"
    for _time in range(2):
        assert inspector.post(f"/documents/{NUMBER}/receipt", data={"number": "1.0"}).status_code == 303
    db.session.expire_all()
    who = library.person("quality_inspector").id
    assert readings.read_at(one, who) is not None
    assert NUMBER not in words(inspector.get("/").text)
    report = words(browser("document_controller").get(f"/documents/{NUMBER}/readers").text)
    assert "已读 1 /" in report
    assert browser("salesperson").get(f"/documents/{NUMBER}/readers").status_code == 404


def test_only_those_who_must_read_confirm_and_only_what_is_in_force(
    library: Library, browser: Browser
) -> None:
    one = library.load()
    assert (
        browser("salesperson").post(f"/documents/{NUMBER}/receipt", data={"number": "1.0"}).status_code == 403
    )
    assert (
        browser("quality_inspector").post(f"/documents/{NUMBER}/receipt", data={"number": "0.9"}).status_code
        == 422
    )
    assert browser("auditor").post(f"/documents/{NUMBER}/receipt", data={"number": "1.0"}).status_code == 403
    db.session.expire_all()
    assert all(each.read_at is None for each in readings.audience(one, now().date()))


def test_a_new_revision_is_read_anew_from_its_day_on(library: Library) -> None:
    library.load()
    inspector = library.actor("quality_inspector")
    reading.confirm(NUMBER, "1.0", inspector, now=library.now)
    asked = library.asked()
    record = library.sent(library.draft(), change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(record, LATER)
    today = library.now.date()
    assert NUMBER not in {one.document_no for one in readings.owed(inspector, today)}
    assert NUMBER in {one.document_no for one in readings.owed(inspector, LATER)}


def test_reminders_go_to_those_who_have_not_read_once_a_day(library: Library) -> None:
    one = library.load()
    inspector, controller = library.actor("quality_inspector"), library.actor("document_controller")
    reading.confirm(NUMBER, "1.0", inspector, now=library.now)
    everybody = len(readings.audience(one, library.now.date()))
    assert reading.remind(NUMBER, controller, now=library.now) == everybody - 1
    assert reading.remind(NUMBER, controller, now=library.now) == 0


def test_the_portal_reminds_by_itself_every_few_days(library: Library) -> None:
    one = library.load()
    waiting = len(readings.audience(one, library.now.date()))
    others = reading.remind_all(now=library.now) - waiting
    assert others >= 0
    assert reading.remind_all(now=library.now) == 0
    assert reading.remind_all(now=library.now + reading.EVERY) == waiting + others


def test_a_form_waits_until_its_document_is_read(
    library: Library, browser: Browser, monkeypatch: pytest.MonkeyPatch
) -> None:
    one = revisions.effective("PU-P-01", library.now.date())
    assert one is not None
    one.reading = "before_use"
    buyer = browser("buyer")
    answer = buyer.get("/purchasing/requisitions/new")
    assert answer.headers["Location"] == "/documents/PU-P-01"
    assert buyer.post("/documents/PU-P-01/receipt", data={"number": one.number}).status_code == 303
    assert buyer.get("/purchasing/requisitions/new").status_code == 200
    assert browser("salesperson").get("/purchasing/requisitions/new").status_code == 200, "not theirs to read"


def test_the_list_finds_by_name_pinyin_kind_and_department(library: Library, browser: Browser) -> None:
    library.load()
    page = browser("employee")
    for query in ("q=出货", "q=chuhuo", "q=QA-P-90", "kind=procedure&department=quality"):
        assert NUMBER in words(page.get(f"/documents/?{query}").text), query
    for query in ("q=没有的文件", "kind=standard", "department=design"):
        assert NUMBER not in words(page.get(f"/documents/?{query}").text), query


def test_the_search_finds_words_of_the_text_in_force_only(library: Library, browser: Browser) -> None:
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        library.load()
        asked = library.asked()
        one = library.write(library.draft(), TEXT.replace("每批抽取 5 件", "逐台开箱"))
        record = library.sent(one, change_request=library.ref(asked), planned_effective_on=LATER)
        library.release(record, LATER)
        reader = browser("employee")
        assert f"/documents/{NUMBER}" in reader.get("/find?q=每批抽取").text
        assert f"/documents/{NUMBER}" not in reader.get("/find?q=逐台开箱").text
        assert f"1.1 自 {LATER} 起生效" in words(reader.get(f"/documents/?q={NUMBER}").text)
    with time_machine.travel(f"{LATER}T03:00:00+00:00", tick=False):
        assert daily.find_what_is_in_force() >= 1
        reader = browser("employee")
        assert f"/documents/{NUMBER}" in reader.get("/find?q=逐台开箱").text
        assert f"/documents/{NUMBER}" not in reader.get("/find?q=每批抽取").text


def test_a_clause_is_found_by_itself_as_it_stands_in_force(library: Library, browser: Browser) -> None:
    library.load()
    reader = browser("employee")
    page = reader.get("/find?kind=clauses&q=每批抽取").text
    assert f'href="/documents/{NUMBER}#sampling"' in page
    assert "5 抽样" in words(page)
    assert "1 小时内检验完毕" in words(page), "the words in which it was found"
    assert f'href="/documents/{NUMBER}#sampling"' in reader.get("/find?q=抽样").text, "among other results"
    assert 'id="sampling"' in reader.get(f"/documents/{NUMBER}").text
    asked = library.asked()
    one = library.write(library.draft(), TEXT.replace("# 抽样 {#sampling}", "# 抽查 {#sampling}"))
    library.release(library.sent(one, change_request=library.ref(asked)))
    page = browser("employee").get("/find?kind=clauses&q=每批抽取").text
    assert "5 抽查" in words(page)
    assert "5 抽样" not in words(page), "what was in force before is gone"


def test_a_withdrawn_document_is_in_force_no_more(library: Library, browser: Browser) -> None:
    one = library.load()
    asked = library.change(NUMBER, request_kind="withdraw")
    record = library.submit(
        "DC-02",
        "quality_inspector",
        **{k: v for k, v in asked.items() if k not in ("clause", "old_text", "new_text")},
    )
    library.finish(record)
    assert library.state(one) == "obsolete"
    assert browser("employee").get(f"/documents/{NUMBER}").status_code == 404
    assert "已作废" in words(browser("document_controller").get(f"/documents/{NUMBER}/1.0").text)


def test_every_revision_in_force_is_seen_on_its_day(library: Library, browser: Browser) -> None:
    library.load()
    asked = library.asked()
    one = library.write(library.draft(), TEXT.replace("5 件", "7 件"))
    record = library.sent(one, change_request=library.ref(asked), planned_effective_on=LATER)
    library.release(record, LATER)
    with time_machine.travel(f"{TODAY}T03:00:00+00:00", tick=False):
        assert "5 件" in browser("employee").get(f"/documents/{NUMBER}").text
    with time_machine.travel(f"{LATER}T03:00:00+00:00", tick=False):
        assert "7 件" in browser("employee").get(f"/documents/{NUMBER}").text
