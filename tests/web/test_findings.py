"""What auditors find: noted once, taken up by quality, listed with what became of it; refused where it makes no sense."""

from __future__ import annotations

import csv
import html
import io
import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from typing import Any

import openpyxl
import pytest
import sqlalchemy as sa

from portal.demo.stories import STORIES
from portal.domain import findings as life
from portal.extensions import db
from portal.models import AuditEvent, Draft, Notice, Person, Record, RecordLink, Task
from portal.services import audit
from tests.web.conftest import Desk, alerts, value
from tests.web.test_acts import ORDERS

AUDITOR, INSPECTOR = "auditor", "quality_inspector"
TEXT = "请购单没有写明用途，\n应按 PU-P-01 填写。"
FILLED = {"text": TEXT, "grade": "minor", "clause": "ISO 9001:2015 8.4.1"}


def note(desk: Desk, where: str, *, login: str = AUDITOR, **changed: str) -> Any:
    """Opens the sheet that an address leads to, fills it in and sends it."""
    page = desk.browser(login).get(f"/trail/findings/new?{where}")
    assert page.status_code == 200
    sheet = page.text.partition('action="/trail/findings"')[2].partition("</form>")[0]
    hidden = dict(re.findall(r'type="hidden" name="(\w+)" value="([^"]*)"', sheet))
    data = {name: html.unescape(text) for name, text in hidden.items()} | FILLED | changed
    return desk.browser(login).post("/trail/findings", data=data)


def listed(desk: Desk, query: str = "") -> list[str]:
    """The rows of the list, as text."""
    page = desk.browser(AUDITOR).get(f"/trail/findings?{query}")
    assert page.status_code == 200
    rows = re.findall(r'<tr id="finding-\d+">(.*?)</tr>', page.text, re.S)
    return [" ".join(html.unescape(re.sub(r"<[^>]+>", " ", row)).split()) for row in rows]


def draft_of(desk: Desk) -> Draft:
    """The one draft that came of a finding."""
    return desk.one(sa.select(Draft).where(Draft.key.like(f"{life.KEY}%")))


def take_up(desk: Desk) -> str:
    """The inspector opens the draft from the task and submits it; gives the record's number."""
    home = desk.browser(INSPECTOR).get("/").text
    key = draft_of(desk).key
    path = f"/quality/quality-information/new?draft={key}"
    assert path in home, "the task leads to the draft"
    page = desk.browser(INSPECTOR).get(path).text
    names = ("information_class", "class_item", "place", "found_at", "department")
    sheet = [(name, value(page, name)) for name in names[2:]]
    text = re.search(r'<textarea[^>]*name="description"[^>]*>(.*?)</textarea>', page, re.S)
    assert text is not None
    said = html.unescape(text[1])
    assert TEXT.splitlines()[0] in said
    assert "一般不符合" in said
    assert "ISO 9001:2015 8.4.1" in said
    given = [("information_class", "class_c_ordinary_added"), ("class_item", "other"), ("description", said)]
    sent = desk.post(
        INSPECTOR, "/quality/quality-information/new", [("_op", "submit"), ("_key", key), *sheet, *given]
    )
    assert sent.status_code == 303, alerts(sent.text)
    return str(sent.headers["Location"]).rpartition("/")[2]


@pytest.mark.proves("R10")
@pytest.mark.both_databases
def test_a_finding_about_a_record_becomes_a_task_and_ends_as_a_closed_record(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    record = desk.browser(AUDITOR).get(f"{ORDERS}{number}").text
    assert f'href="/trail/findings/new?record={number}"' in record
    answer = note(desk, f"record={number}")
    assert (answer.status_code, answer.location) == (303, "/trail/findings")
    event = desk.one(sa.select(AuditEvent).where(AuditEvent.kind == "finding_noted"))
    assert (event.stream, event.record_id) == ("findings", None), "the record's own history stays as it was"
    assert event.facts["text"] == TEXT
    assert event.facts["grade"] == "minor"
    (row,) = listed(desk)
    assert number in row
    assert "待质量部接手" in row
    draft = draft_of(desk)
    task = desk.one(sa.select(Task).where(Task.draft_id == draft.id))
    assert (task.kind, task.state, task.form_code) == ("open", "open", life.FORM)
    assert task.due_at is not None
    told = sa.select(Notice.facts).join(Person, Person.id == Notice.person_id)
    (notice,) = desk.all(told.where(Person.login == INSPECTOR, Notice.kind == "told"))
    assert number in notice["text"]["zh"]
    assert TEXT not in str(notice)
    assert desk.record(number).title not in str(notice), "it may leave the portal"
    assert desk.browser(INSPECTOR).get(f"{ORDERS}{number}").status_code == 200, (
        "quality may read what it is about"
    )
    made = take_up(desk)
    (row,) = listed(desk, "state=running")
    assert made in row
    link = desk.one(
        sa.select(RecordLink).where(RecordLink.kind == "opened", RecordLink.target_id == desk.record(made).id)
    )
    assert link.source_id == desk.record(number).id
    assert number in desk.browser(INSPECTOR).get(f"/quality/quality-information/{made}").text
    with desk.app.app_context():
        db.session.execute(sa.update(Record).where(Record.number == made).values(state="finished"))
        db.session.commit()
        assert audit.verify()[1] is None
    (row,) = listed(desk, "state=closed")
    assert made in row
    assert listed(desk, "state=waiting") == []


def test_a_draft_that_somebody_has_begun_is_taken_up(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    note(desk, f"record={number}")
    key = draft_of(desk).key
    saved = desk.post(
        INSPECTOR, "/quality/quality-information/new", [("_op", "save"), ("_key", key), ("place", "x")]
    )
    assert saved.status_code == 303
    (row,) = listed(desk, "state=taken_up")
    name = desk.one(sa.select(Person.name).where(Person.login == INSPECTOR))
    assert f"已接手，未提交 {name}" in row


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({"text": ""}, "请写明审核发现"),
        ({"text": " \u200b\n "}, "请写明审核发现"),
        ({"grade": ""}, "请选择程度"),
        ({"grade": "splendid"}, "请选择程度"),
        ({"text": "长" * 2001}, "不能超过 2000 字"),
        ({"clause": "9" * 101}, "不能超过"),
        ({"_key": ""}, "请从“记下审核发现”页面提交"),
    ],
)
def test_what_makes_no_sense_is_refused_and_kept_on_the_page(
    desk: Desk, changed: dict[str, str], said: str
) -> None:
    number = desk.walker.open("PU-04")
    answer = note(desk, f"record={number}", **changed)
    assert answer.status_code == 422
    assert said in alerts(answer.text)
    assert number in answer.text
    if "text" not in changed:
        assert "请购单没有写明用途" in answer.text
    assert desk.all(sa.select(AuditEvent.id).where(AuditEvent.stream == "findings")) == []
    assert desk.all(sa.select(Draft.id).where(Draft.key.like(f"{life.KEY}%"))) == []


@pytest.mark.parametrize(
    "where",
    ["", "record=PU-04-2026-9999", "record=%00", "document=ZZ-P-99&revision=1.0", "document=PU-P-01&revision=9.9",
     "document=ZZ-P-99", "event=0", "event=99999999", "event=-1", "event=x", f"event={'9' * 40}", "event=%D9%A3"],
)  # fmt: skip
def test_what_is_not_there_can_have_no_finding(desk: Desk, where: str) -> None:
    auditor = desk.browser(AUDITOR)
    assert auditor.get(f"/trail/findings/new?{where}").status_code == 404
    posted = dict(part.split("=", 1) for part in where.split("&") if part)
    assert auditor.post("/trail/findings", data={**FILLED, **posted, "_key": "k"}).status_code == 404


def test_only_auditors_note_and_read_findings(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    note(desk, f"record={number}")
    for login in ("administrator", "buyer", INSPECTOR, "general_manager"):
        browser = desk.browser(login)
        assert browser.get("/trail/findings").status_code == 404
        assert browser.get(f"/trail/findings/new?record={number}").status_code == 404
        assert (
            browser.post("/trail/findings", data={**FILLED, "record": number, "_key": "k"}).status_code == 404
        )
        assert browser.post("/trail/findings/exports").status_code == 404
    assert "记下审核发现" not in desk.browser("buyer").get(f"{ORDERS}{number}").text
    seen = desk.browser("administrator").get("/trail?stream=findings").text
    assert number in seen
    title = desk.record(number).title
    assert title
    assert title not in seen
    assert "没有写明用途" not in seen, "what was found is not for those who may not see the record"


def test_a_double_click_leaves_one(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    data = {**FILLED, "record": number, "_key": "one-page"}
    browsers = [desk.app.test_client() for _one in range(6)]
    for browser in browsers:
        browser.set_cookie("portal", desk.browser(AUDITOR).get_cookie("portal").value)  # type: ignore[union-attr]
    with ThreadPoolExecutor(6) as pool:
        codes = list(pool.map(lambda one: one.post("/trail/findings", data=data).status_code, browsers))
    assert codes == [303] * 6
    assert len(listed(desk)) == 1
    assert desk.drafts(draft_of(desk).key) == 1
    assert desk.browser(AUDITOR).post("/trail/findings", data={**data, "_key": "another"}).status_code == 303
    assert len(listed(desk)) == 2


@pytest.mark.parametrize("revision", ["&revision=1.0", ""])
def test_a_finding_about_a_document_names_its_revision(desk: Desk, revision: str) -> None:
    page = desk.browser(AUDITOR).get("/documents/PU-P-01").text
    linked = re.search(r'href="/trail/findings/new\?(document=PU-P-01&amp;revision=[\d.]+)"', page)
    assert linked is not None
    where = html.unescape(linked[1]) if revision else "document=PU-P-01"
    assert note(desk, where).status_code == 303
    (row,) = listed(desk)
    assert "PU-P-01/" in row
    assert "PU-P-01" in draft_of(desk).answers["place"]
    made = take_up(desk)
    assert "PU-P-01" in desk.browser(INSPECTOR).get(f"/quality/quality-information/{made}").text


def test_a_finding_about_an_event_and_one_met_in_a_sample(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    event = desk.all(
        sa.select(AuditEvent.id).join(Record).where(Record.number == number).order_by(AuditEvent.id)
    )[0]
    trail = desk.browser(AUDITOR).get(f"/trail?number={number}").text
    assert f'href="/trail/findings/new?event={event}"' in trail
    assert note(desk, f"event={event}").status_code == 303
    alone = desk.one(sa.select(sa.func.max(AuditEvent.id)).where(AuditEvent.stream == "access"))
    assert note(desk, f"event={alone}", text="登录异常").status_code == 303
    sample = desk.browser(AUDITOR).get("/trail/sample?seed=s-7&form=PU-04&size=500").text
    assert f'href="/trail/findings/new?record={number}&amp;sample=s-7"' in sample
    assert note(desk, f"record={number}&sample=s-7", text="抽样所见").status_code == 303
    rows = listed(desk)
    assert len(rows) == 3
    assert "抽样种子 s-7" in rows[0]
    assert f"审计追踪事件 {alone}" in rows[1]
    assert number in rows[2]


def test_the_list_is_narrowed_and_taken_away(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    note(desk, f"record={number}")
    note(desk, f"record={number}", grade="major", text="=HYPERLINK(1)", clause="")
    assert len(listed(desk)) == 2
    assert ["严重" in row for row in listed(desk, "grade=major")] == [True]
    assert len(listed(desk, f"q={number}")) == 2
    assert len(listed(desk, "q=8.4.1")) == 1
    assert listed(desk, "q=%25") == []
    assert len(listed(desk, "whose=mine")) == 2
    assert listed(desk, "until=2020-01-01") == []
    assert len(listed(desk, "since=2020-01-01&state=nonsense&grade=nonsense")) == 2
    taken = desk.browser(AUDITOR).post("/trail/findings/exports", data={"grade": "major", "format": "csv"})
    rows = list(csv.reader(io.StringIO(taken.text.removeprefix("\ufeff"))))
    assert len(rows) == 2
    assert rows[1][5].startswith("'=")
    book = desk.browser(AUDITOR).post("/trail/findings/exports", data={})
    assert len(list(openpyxl.load_workbook(io.BytesIO(book.data)).active.values)) == 3
    facts = desk.all(
        sa.select(AuditEvent.facts).where(AuditEvent.kind == "findings_exported").order_by(AuditEvent.id)
    )
    assert [(one["rows"], one["filter"]) for one in facts] == [(1, {"grade": "major"}), (2, {})]


def test_an_effect_of_the_record_leaves_the_draft_of_a_finding_alone(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    """QA-03 opens a QA-01 itself; what an auditor has found about it is not there to be written over."""
    story = STORIES["QA-03"]
    hard = {"hard_to_solve": True, "quality_information": "模具反复粘料", "measure_taken": "已清理模具"}
    changed = replace(story, opening=lambda world: {**story.opening(world), **hard})
    monkeypatch.setitem(STORIES, "QA-03", changed)
    number = desk.walker.open("QA-03")
    assert note(desk, f"record={number}").status_code == 303
    before = draft_of(desk)
    while desk.walker.sign(number):
        pass
    after = draft_of(desk)
    assert (after.answers, after.updated_at) == (before.answers, before.updated_at)
    every = desk.all(sa.select(Draft.answers).where(Draft.form_code == life.FORM))
    assert ["模具反复粘料" in one["description"] for one in every] == [False, True]


def test_in_english_the_pages_are_english(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    note(desk, f"record={number}")
    desk.browser(AUDITOR).post("/account/language", data={"language": "en"})
    page = desk.browser(AUDITOR).get("/trail/findings").text
    for text in ("Waits for quality", "Minor nonconformity", "What became of it"):
        assert text in page
    assert "Note a finding" in desk.browser(AUDITOR).get(f"/trail/findings/new?record={number}").text
    assert "noted a finding about" in desk.browser(AUDITOR).get("/trail?stream=findings").text
