"""The page for people without an account: shut until somebody opens it, a receipt that tells nothing else, work for customer service."""

import re
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import pytest
import sqlalchemy as sa
import time_machine
from flask import Flask
from flask.testing import FlaskClient

from portal.demo.stories import STORIES
from portal.domain.public_requests import FORM, GROUPS, LARGEST, PER_ADDRESS
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.kinds import Ref
from portal.lib import spoken_codes
from portal.models import AuditEvent, Department, Draft, Notice, Person, PublicRequest, Record, Task
from portal.queries import public_requests
from portal.services import audit
from portal.services import public_requests as service
from tests.conftest import both_databases
from tests.walk import Walker, multi, pairs, problems

SignIn = Callable[[FlaskClient, str], FlaskClient]
START = datetime(2026, 5, 12, 2, 0, tzinfo=UTC)
SENT = {
    "kind": "repair",
    "name": "钱进",
    "phone": "13800138000",
    "place": "3 号楼 2 单元 501",
    "content": "厨房水管接头漏水，请尽快上门。",
}
RECEIPT = re.compile(r"[2-9A-HJKMNP-Z]{4}(?:-[2-9A-HJKMNP-Z]{4}){2}")
OFFICERS = ("customer_service_officer", "customer_service_officer_2")


@pytest.fixture
def walker(app: Flask) -> Walker:
    """The people of the company."""
    return Walker(app)


@pytest.fixture
def open_page(walker: Walker) -> Walker:
    """An administrator has opened the page."""
    answer = switch(walker, "yes", reason="试行网上受理")
    assert answer.status_code == 303, problems(answer)
    return walker


def switch(walker: Walker, on: str, *, by: str = "administrator", reason: str = "理由"):
    return walker.browser(by).post("/admin/public-page", data={"on": on, "reason": reason})


def send(app: Flask, *, address: str = "203.0.113.7", **other: str):
    """What a stranger sends."""
    browser = app.test_client()
    return browser.post("/public/", data={**SENT, **other}, environ_base={"REMOTE_ADDR": address})


@pytest.fixture(autouse=True)
def anywhere(monkeypatch: pytest.MonkeyPatch) -> None:
    """The demo answers its own machine only; here it answers addresses from everywhere."""
    monkeypatch.setattr("portal.web.guard._keep_demo_at_home", lambda: None)


def receipt_of(answer) -> str:
    assert answer.status_code == 303, problems(answer)
    found = RECEIPT.search(answer.headers["Location"])
    assert found
    return found[0]


def count(app: Flask, model: type) -> int:
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(model)) or 0


def status(app: Flask, receipt: str) -> str:
    with app.app_context():
        return public_requests.state(receipt) or ""


def draft_page(walker: Walker, login: str) -> tuple[str, str]:
    """Where an officer's list leads for what came from outside, and the page."""
    inbox = walker.browser(login).get("/").text
    found = re.search(r'href="([^"]*/new\?draft=[^"]+)"', inbox)
    assert found, "nothing to take up"
    return found[1], walker.browser(login).get(found[1]).text


def submit(walker: Walker, login: str, path: str, **other: str):
    """Completes the draft as its story tells and submits it."""
    key = path.rpartition("=")[2]
    form = FORMS[FORM]
    with walker.app.app_context():
        told = STORIES[FORM].opening(walker._world(login))
        draft = db.session.scalars(sa.select(Draft).where(Draft.key == key)).one()
        kept = {name: value for name, value in draft.answers.items() if name != "received_at"}
        kept.pop("customer", None)
        plain = {"cannot_be_handled": False, "purchase_intention": None, "department_told": told_to()}
        sheet = form(answers={**told, **plain, **kept})
        data = pairs(sheet)
        db.session.commit()
    data = [pair for pair in data if pair[0] not in other] + list(other.items())
    data += [("_op", "submit"), ("_key", key)]
    return walker.browser(login).post(path.partition("?")[0], data=multi(data))


def told_to() -> Ref:
    """A department that hears of it."""
    row = db.session.scalars(sa.select(Department).where(Department.key == "engineering")).one()
    return Ref(row.id, row.name)


# Open or shut


def test_shut_until_an_administrator_opens_it(app: Flask, walker: Walker) -> None:
    browser = app.test_client()
    assert browser.get("/public/").status_code == 404
    assert browser.get("/public/receipt?number=ABCD-EFGH-JKMN").status_code == 404
    assert send(app).status_code == 404
    assert count(app, PublicRequest) == 0
    assert switch(walker, "yes").status_code == 303
    page = browser.get("/public/")
    assert page.status_code == 200
    assert switch(walker, "no").status_code == 303
    assert browser.get("/public/").status_code == 404


def test_switching_needs_a_reason_and_stands_in_the_trail(app: Flask, walker: Walker) -> None:
    assert switch(walker, "yes", reason="").status_code == 422
    assert app.test_client().get("/public/").status_code == 404
    assert switch(walker, "yes", reason="试行网上受理").status_code == 303
    assert switch(walker, "yes", reason="再来一次").status_code == 422
    with app.app_context():
        events = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "public_page_switched"))
        assert [(one.facts["on"], one.facts["reason"]) for one in events] == [(True, "试行网上受理")]
    assert "试行网上受理" in walker.browser("administrator").get("/admin/public-page").text


@pytest.mark.parametrize("login", ["customer_service_director", "auditor", "employee"])
def test_only_administrators_switch_it(app: Flask, walker: Walker, login: str) -> None:
    assert switch(walker, "yes", by=login).status_code == 404
    assert app.test_client().get("/public/").status_code == 404


def test_it_stays_shut_while_nobody_could_take_anything_up(
    app: Flask, walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.services.settings.SERVED", frozenset())
    answer = switch(walker, "yes")
    assert answer.status_code == 422
    assert "CS-90" in answer.text
    assert app.test_client().get("/public/").status_code == 404


# Sending


@both_databases
def test_what_is_sent_becomes_a_draft_for_the_officers(app: Flask, open_page: Walker) -> None:
    with time_machine.travel(START, tick=False):
        receipt = receipt_of(send(app))
    with app.app_context():
        request = db.session.scalars(sa.select(PublicRequest)).one()
        assert (request.receipt, request.address, request.sent_at) == (receipt, "203.0.113.7", START)
        draft = db.session.scalars(sa.select(Draft)).one()
        assert (draft.form_code, draft.person_id, draft.source_id) == (FORM, None, None)
        assert draft.answers["kind"] == "repair"
        assert draft.answers["channel"] == "website"
        assert draft.answers["caller"] == "钱进"
        assert draft.answers["room_or_project"] == SENT["place"]
        assert draft.answers["content"].startswith(SENT["content"])
        assert receipt in draft.answers["content"]
        task = db.session.scalars(sa.select(Task).where(Task.draft_id == draft.id)).one()
        assert [holder.key for holder in task.holders] == ["role:customer_service_officer"]
        assert task.due_at == START + timedelta(hours=1)
        told = db.session.scalars(sa.select(Person.login).join(Notice, Notice.person_id == Person.id)).all()
        assert set(told) == set(OFFICERS)
        event = db.session.scalars(
            sa.select(AuditEvent).where(AuditEvent.kind == "public_request_received")
        ).one()
        assert (event.address, event.at, event.person_id, event.facts) == (
            "203.0.113.7",
            START,
            None,
            {"receipt": receipt},
        )
        assert audit.verify()[1] is None


def test_emptiness_is_refused_beside_each_field(app: Flask, open_page: Walker) -> None:
    answer = send(app, kind="", name="", phone="", content="", place="")
    assert answer.status_code == 422
    for label in ("您要反映的是", "您的姓名", "联系电话", "情况说明"):
        assert f"“{label}”" in answer.text
    assert "“地点或机编号”" not in answer.text
    assert count(app, PublicRequest) == count(app, Draft) == 0


@pytest.mark.parametrize(
    "wrong",
    [
        {"kind": "bribe"},
        {"phone": "call me"},
        {"name": "长" * 61},
        {"place": "长" * 121},
        {"content": "长" * 2001},
        {"content": "  \n "},
    ],
    ids=str,
)
def test_what_is_wrong_is_not_taken(app: Flask, open_page: Walker, wrong: dict[str, str]) -> None:
    assert send(app, **wrong).status_code == 422
    assert count(app, PublicRequest) == count(app, Draft) == 0


def test_the_longest_is_taken(app: Flask, open_page: Walker) -> None:
    receipt_of(send(app, content="长" * 2000, name="长" * 60, place="长" * 120))
    assert count(app, PublicRequest) == 1


@pytest.mark.proves("S35")
def test_a_heap_of_bytes_is_not_even_read(app: Flask, open_page: Walker) -> None:
    answer = send(app, content="x" * (LARGEST + 1))
    assert answer.status_code == 413
    assert count(app, PublicRequest) == 0


def test_who_fills_the_unseen_field_sends_nothing(app: Flask, open_page: Walker) -> None:
    page = app.test_client().get("/public/").text
    trap = re.search(r'<input id="(\w+)" name="\1" value="" tabindex="-1"', page)
    assert trap
    answer = send(app, **{trap[1]: "https://spam.example"})
    assert answer.status_code == 422
    assert SENT["content"] in answer.text  # a person whose browser filled it in just sends again
    assert count(app, PublicRequest) == count(app, Draft) == 0


def test_a_page_without_its_token_is_refused(app: Flask, open_page: Walker) -> None:
    app.config["WTF_CSRF_ENABLED"] = True
    try:
        assert send(app).status_code == 400
        assert count(app, PublicRequest) == 0
        browser = app.test_client()
        token = re.search(r'name="csrf_token" value="([^"]+)"', browser.get("/public/").text)
        assert token
        answer = browser.post("/public/", data={**SENT, "csrf_token": token[1]})
        assert answer.status_code == 303
    finally:
        app.config["WTF_CSRF_ENABLED"] = False


def test_an_address_sends_only_so_much_an_hour(app: Flask, open_page: Walker) -> None:
    with time_machine.travel(START, tick=False) as clock:
        for _time in range(PER_ADDRESS):
            receipt_of(send(app))
        answer = send(app)
        assert answer.status_code == 429
        assert SENT["content"] in answer.text
        receipt_of(send(app, address="203.0.113.8"))
        clock.shift(timedelta(hours=1, seconds=1))
        receipt_of(send(app))
    assert count(app, PublicRequest) == PER_ADDRESS + 2
    with app.app_context():
        kept = sa.select(sa.func.count()).where(AuditEvent.kind == "public_request_received")
        assert db.session.scalar(kept) == PER_ADDRESS + 2  # what was refused has left nothing


def test_all_together_send_only_so_much_a_day(
    app: Flask, open_page: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(service, "PER_DAY", 2)
    with time_machine.travel(START, tick=False) as clock:
        for number in range(2):
            receipt_of(send(app, address=f"203.0.113.{number}"))
        assert send(app, address="203.0.113.9").status_code == 429
        clock.shift(timedelta(days=1, seconds=1))
        receipt_of(send(app, address="203.0.113.9"))


@pytest.mark.proves("S25")
def test_hostile_text_is_only_text(app: Flask, open_page: Walker) -> None:
    hostile = '<script>alert(1)</script>"><img src=x onerror=alert(2)>{{ 7*7 }}'
    receipt_of(send(app, name=hostile[:60], place=hostile, content=hostile))
    _path, page = draft_page(open_page, OFFICERS[0])
    for text in (page, open_page.browser(OFFICERS[0]).get("/").text):
        assert "<script>alert" not in text
        assert "<img src=x" not in text
    assert "{{ 7*7 }}" in page
    book = open_page.browser(OFFICERS[0]).get("/registers/public_requests").text
    assert "<script>alert" not in book
    assert "<img src=x" not in book
    wrong = send(app, name=hostile[:60], place=hostile, content=hostile, phone="")
    assert wrong.status_code == 422
    assert "<script>alert" not in wrong.text


# The receipt


def test_the_receipt_tells_how_it_stands_and_nothing_else(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app))
    page = app.test_client().get(f"/public/receipt?number={receipt}")
    assert page.status_code == 200
    assert page.headers["X-Robots-Tag"] == "noindex"
    assert "已收到" in page.text
    for told in (SENT["name"], SENT["phone"], SENT["place"], SENT["content"], "CS-90", "客服专员"):
        assert told not in page.text
    typed = receipt.replace("-", "").lower()
    assert app.test_client().get(f"/public/receipt?number={typed}").status_code == 200


@pytest.mark.parametrize("number", ["ABCD-EFGH-JKMN", "%", "' OR 1=1 --", "x" * 500, "二三四"])
def test_a_receipt_that_was_never_given_is_not_there(app: Flask, open_page: Walker, number: str) -> None:
    receipt_of(send(app))
    page = app.test_client().get("/public/receipt", query_string={"number": number})
    assert page.status_code == 404
    assert "已收到" not in page.text


def test_whoever_gives_no_receipt_is_led_to_the_page(app: Flask, open_page: Walker) -> None:
    for query in ("", "?number=", "?number=%20"):
        answer = app.test_client().get(f"/public/receipt{query}")
        assert (answer.status_code, answer.headers["Location"]) == (302, "/public/")


def test_receipts_cannot_be_guessed_and_can_be_read_out() -> None:
    given = {spoken_codes.new(GROUPS) for _time in range(500)}
    assert len(given) == 500
    assert all(RECEIPT.fullmatch(one) and spoken_codes.plain(one, GROUPS) == one for one in given)


# Taking it up


def test_an_officer_takes_it_up_and_it_becomes_a_record(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app))
    path, page = draft_page(open_page, OFFICERS[0])
    assert "来自外部网页，内容未经核实" in page
    assert receipt in page
    assert SENT["content"] in page
    assert status(app, receipt) == "received"  # looking changes nothing
    saved = open_page.browser(OFFICERS[0]).post(
        path.partition("?")[0],
        data={"_op": "save", "_key": path.rpartition("=")[2], "caller": "钱进", "kind": "repair"},
    )
    assert saved.status_code == 303
    assert status(app, receipt) == "handled"
    answer = submit(open_page, OFFICERS[0], path)
    assert answer.status_code == 303, problems(answer)
    made = sa.select(Record).where(Record.form_code == FORM)
    with app.app_context():
        record = db.session.scalars(made).one()
        assert db.session.scalars(sa.select(Task.state).where(Task.form_code == FORM)).first() == "done"
        assert receipt in record.contents[0].answers["content"]
        assert audit.verify()[1] is None


@both_databases
def test_it_is_done_when_what_it_became_is_over(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app, kind="request"))
    path, _page = draft_page(open_page, OFFICERS[0])
    answer = submit(open_page, OFFICERS[0], path)
    assert answer.status_code == 303, problems(answer)
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    assert status(app, receipt) == "handled"
    while open_page.sign(number):
        pass
    assert open_page.state(number) == "finished"
    assert status(app, receipt) == "done"


def test_a_complaint_is_not_done_while_its_own_record_waits(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app, kind="complaint"))
    path, _page = draft_page(open_page, OFFICERS[0])
    answer = submit(open_page, OFFICERS[0], path)
    assert answer.status_code == 303, problems(answer)
    number = answer.headers["Location"].rsplit("/", 1)[-1]
    while open_page.sign(number):
        pass
    assert open_page.state(number) == "finished"
    with app.app_context():
        assert db.session.scalars(sa.select(Draft.form_code).where(Draft.source_id.is_not(None))).all()
    assert status(app, receipt) == "handled"


@both_databases
def test_a_second_officer_sees_who_has_it_and_may_go_on(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app))
    path, _page = draft_page(open_page, OFFICERS[0])
    key = path.rpartition("=")[2]
    open_page.browser(OFFICERS[0]).post(
        path.partition("?")[0], data={"_op": "save", "_key": key, "caller": "钱进"}
    )
    with app.app_context():
        first = db.session.scalars(sa.select(Person.name).where(Person.login == OFFICERS[0])).one()
    assert f"{first}已经开始填写" not in open_page.browser(OFFICERS[0]).get(path).text
    assert f"{first}已经开始填写" in open_page.browser(OFFICERS[1]).get(path).text
    book = open_page.browser(OFFICERS[1]).get("/registers/public_requests").text
    assert receipt in book
    assert first in book
    assert submit(open_page, OFFICERS[1], path).status_code == 303


@pytest.mark.parametrize("login", ["buyer", "employee"])
def test_it_is_not_there_for_others(app: Flask, open_page: Walker, login: str) -> None:
    receipt_of(send(app))
    path, _page = draft_page(open_page, OFFICERS[0])
    assert open_page.browser(login).get(path).status_code == 404
    with app.app_context():
        id = db.session.scalars(sa.select(PublicRequest.id)).one()
    closed = open_page.browser(login).post(f"/public-requests/{id}/closings", data={"reason": "广告"})
    assert closed.status_code == 404
    assert count(app, Draft) == 1


def test_the_book_is_customer_services(app: Flask, open_page: Walker) -> None:
    receipt_of(send(app))
    assert (
        SENT["phone"]
        in open_page.browser("customer_service_supervisor").get("/registers/public_requests").text
    )
    assert open_page.browser("buyer").get("/registers/public_requests").status_code == 404


@both_databases
def test_what_is_no_matter_is_put_aside_with_a_reason(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app, content="代办证件，请加微信"))
    with app.app_context():
        id = db.session.scalars(sa.select(PublicRequest.id)).one()
    browser = open_page.browser(OFFICERS[0])
    assert browser.post(f"/public-requests/{id}/closings", data={"reason": ""}).status_code == 422
    assert count(app, Draft) == 1
    assert browser.post(f"/public-requests/{id}/closings", data={"reason": "广告"}).status_code == 303
    assert count(app, Draft) == 0
    assert status(app, receipt) == "done"
    assert browser.post(f"/public-requests/{id}/closings", data={"reason": "广告"}).status_code == 409
    with app.app_context():
        request = db.session.scalars(sa.select(PublicRequest)).one()
        assert (request.content, request.reason) == ("代办证件，请加微信", "广告")
        assert db.session.scalars(sa.select(Task.state).where(Task.form_code == FORM)).one() == "cancelled"
        event = db.session.scalars(
            sa.select(AuditEvent).where(AuditEvent.kind == "public_request_closed")
        ).one()
        assert event.facts == {"receipt": receipt, "reason": "广告"}


def test_throwing_the_draft_away_leaves_it_to_the_others(app: Flask, open_page: Walker) -> None:
    receipt = receipt_of(send(app))
    path, _page = draft_page(open_page, OFFICERS[0])
    where, key = path.partition("?")[0], path.rpartition("=")[2]
    browser = open_page.browser(OFFICERS[0])
    browser.post(where, data={"_op": "save", "_key": key, "caller": "钱进"})
    assert browser.post(where, data={"_op": "discard", "_key": key}).status_code == 303
    assert count(app, Draft) == 1
    assert status(app, receipt) == "received"
    assert draft_page(open_page, OFFICERS[1])[0] == path


def test_both_languages(app: Flask, open_page: Walker) -> None:
    browser = app.test_client()
    assert "情况说明" in browser.get("/public/").text
    browser.post("/account/language", data={"language": "en", "next": "/public/"})
    page = browser.get("/public/").text
    assert "What happened" in page
    assert "情况说明" not in page
