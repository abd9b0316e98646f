"""What is sent again, as its answer was lost on the way: one record, one signature, one file; and never in another's name."""

from __future__ import annotations

import io
import re
import threading
from urllib.parse import quote

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.domain.demo import DEMO_PASSWORD
from portal.lib.clock import minute, now
from portal.models import Content, Record, StoredFile
from tests.lib.test_exif import SHANGHAI, photo, when
from tests.lib.test_pictures import made
from tests.walk import DRAWING
from tests.web.conftest import Desk, Pairs, alerts

OFFICER, MANAGER = "customer_service_officer", "purchasing_manager"
COMPLAINTS, ORDERS = "/customer-service/complaints/", "/purchasing/purchase-orders/"

pytestmark = pytest.mark.both_databases


def at_once(desk: Desk, login: str, path: str, data: Pairs, times: int = 4) -> list[TestResponse]:
    """The same post so many times at the same moment."""
    desk.browser(login)
    answers: list[TestResponse] = []
    barrier = threading.Barrier(times)

    def send() -> None:
        browser = desk.app.test_client()
        browser.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD})
        barrier.wait(timeout=30)
        fields: dict[str, list[str]] = {}
        for name, text in data:
            fields.setdefault(name, []).append(text)
        answers.append(browser.post(path, data=fields))

    threads = [threading.Thread(target=send) for _one in range(times)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    return answers


def upload(desk: Desk, data: bytes, login: str = OFFICER, **told: str) -> str:
    """Sends a photo and gives its id."""
    sent = {"file": (io.BytesIO(data), "现场.jpg"), "name": "evidence", "kind": "photo", **told}
    answer = desk.browser(login).post("/files", data=sent)
    assert answer.status_code == 200, answer.text
    return re.findall(r'value="(\d+)"', answer.text)[0]


def file(desk: Desk, id: str) -> StoredFile:
    return desk.one(sa.select(StoredFile).where(StoredFile.id == int(id)))


@pytest.mark.proves("F6")
def test_a_form_sent_several_times_at_once_is_one_record(desk: Desk) -> None:
    told = [("_op", "submit"), ("_key", "one-page"), *desk.told("CS-51")]
    answers = at_once(desk, OFFICER, f"{COMPLAINTS}new", told)
    assert {answer.status_code for answer in answers} == {303}, [alerts(one.text) for one in answers]
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert desk.filed("CS-51") == 1


def test_what_was_changed_after_the_first_sending_is_not_passed_over_in_silence(desk: Desk) -> None:
    told = [("_op", "submit"), ("_key", "one-page"), *desk.told("CS-51", content="原来的内容")]
    desk.post(OFFICER, f"{COMPLAINTS}new", told)
    again = desk.post(OFFICER, f"{COMPLAINTS}new", told)
    assert "没有写入" not in desk.browser(OFFICER).get(again.location).text
    other = [pair for pair in told if pair[0] != "content"] + [("content", "后来想到的")]
    changed = desk.post(OFFICER, f"{COMPLAINTS}new", other)
    assert "后来改动的内容没有写入" in desk.browser(OFFICER).get(changed.location).text
    assert desk.filed("CS-51") == 1


@pytest.mark.proves("F6")
def test_a_signature_sent_several_times_at_once_is_one(desk: Desk) -> None:
    number = desk.walker.open("PU-04")
    turn = [
        *desk.turn(MANAGER, number).items(),
        ("_op", "sign"),
        ("_opinion", "同意"),
        ("_password", DEMO_PASSWORD),
    ]
    answers = at_once(desk, MANAGER, f"{ORDERS}{number}/signatures", turn)
    assert {(answer.status_code, answer.location) for answer in answers} == {(303, f"{ORDERS}{number}")}
    assert desk.signatures(number) == ["signed"]


def test_a_signed_stage_sent_again_leads_to_the_record_and_other_words_do_not(desk: Desk) -> None:
    number = desk.walker.open("EN-21")
    supervisor = desk.whose(number)
    turn = [*desk.turn(supervisor, number).items(), ("_op", "sign"), ("_password", DEMO_PASSWORD)]
    turn += [("verdict", "pass")]
    place = f"/engineering/concealed-works-acceptances/{number}/signatures"
    for _time in (1, 2):
        answer = desk.post(supervisor, place, turn)
        assert (answer.status_code, answer.location) == (303, place.removesuffix("/signatures")), alerts(
            answer.text
        )
    other = [("verdict", "fail") if pair[0] == "verdict" else pair for pair in turn]
    assert desk.post(supervisor, place, other).status_code in (403, 409)
    assert desk.post(supervisor, place, [*turn, ("_opinion", "另有意见")]).status_code in (403, 409)
    assert desk.signatures(number) == ["signed"]


def test_a_drawn_signature_sent_again_is_one_picture(desk: Desk) -> None:
    number = desk.walker.open("EN-21")
    desk.walker.sign(number)
    turn = [*desk.turn("foreman", number).items(), ("_op", "sign"), ("_outside_name", "钱先生")]
    turn += [("customer_signature-drawn", DRAWING), ("_password", DEMO_PASSWORD)]
    place = f"/engineering/concealed-works-acceptances/{number}/signatures"
    for _time in (1, 2, 3):
        answer = desk.post("foreman", place, turn)
        assert answer.status_code == 303, alerts(answer.text)
    assert desk.signatures(number) == ["signed", "signed"]
    drawn = sa.select(StoredFile.id).where(StoredFile.name == "signature.png")
    assert len(desk.all(drawn)) == 1


@pytest.mark.parametrize("op", ["return", "refuse"])
def test_a_return_or_refusal_sent_again_is_one(desk: Desk, op: str) -> None:
    number = desk.walker.open("PU-04")
    turn = [
        *desk.turn(MANAGER, number).items(),
        ("_op", op),
        ("_opinion", "价格太高"),
        ("_password", DEMO_PASSWORD),
    ]
    for _time in (1, 2):
        assert desk.post(MANAGER, f"{ORDERS}{number}/signatures", turn).status_code == 303
    assert len(desk.signatures(number)) == 1


def test_a_side_entry_sent_again_is_one(desk: Desk) -> None:
    number = desk.walker.open("CS-51")
    seen = desk.turn(OFFICER, number)["_seen"]
    tried = [("_op", "submit"), ("_seen", seen), ("tried_at", minute(now())), ("try_note", "无人接听")]
    for _time in (1, 2):
        answer = desk.post(
            OFFICER, f"{COMPLAINTS}{number}/entries/call_tries", [*tried, ("_password", DEMO_PASSWORD)]
        )
        assert answer.status_code == 303, alerts(answer.text)
    assert desk.signatures(number) == ["entered"]


def test_a_correction_sent_again_is_one(desk: Desk) -> None:
    told = desk.told("CS-51", content="原来的内容")
    number = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), *told]).location.rsplit("/", 1)[-1]
    desk.post(OFFICER, f"{COMPLAINTS}{number}/withdrawals", [("_reason", "写错了")])
    new = [("content", "改过的") if pair[0] == "content" else pair for pair in told]
    sheet = [("_op", "submit"), ("_version", "1"), ("_reason", "改正"), *new]
    for _time in (1, 2):
        answer = desk.post(OFFICER, f"{COMPLAINTS}{number}/correct", sheet)
        assert (answer.status_code, answer.location) == (303, f"{COMPLAINTS}{number}"), alerts(answer.text)
    other = [("_reason", "又改") if pair[0] == "_reason" else pair for pair in sheet]
    assert desk.post(OFFICER, f"{COMPLAINTS}{number}/correct", other).status_code == 422
    assert desk.all(sa.select(Content.version).join(Record).where(Record.number == number)) == [1, 2]


def test_a_photo_sent_again_is_one_file_and_that_of_another_is_another(desk: Desk) -> None:
    data = made((90, 70), "JPEG")
    first = upload(desk, data)
    assert upload(desk, data) == first
    assert upload(desk, made((90, 71), "JPEG")) != first
    assert upload(desk, data, login="customer_service_officer_2") != first
    sheet = [("_op", "submit"), ("evidence", first), ("evidence", first), *desk.told("CS-51", content="x")]
    sheet = [pair for pair in sheet if pair[0] != "evidence" or pair[1] == first]
    number = desk.post(OFFICER, f"{COMPLAINTS}new", sheet).location.rsplit("/", 1)[-1]
    assert upload(desk, data) == first, "also when a record holds it already"
    answers = desk.all(sa.select(Content.answers).join(Record).where(Record.number == number))[0]
    assert [one["id"] for one in answers["evidence"]] == [int(first)]


@pytest.mark.proves("F6")
def test_a_photo_sent_several_times_at_once_is_one_file(desk: Desk) -> None:
    browsers = []
    for _one in range(4):
        browsers.append(desk.app.test_client())
        browsers[-1].post("/sign-in", data={"login": OFFICER, "password": DEMO_PASSWORD})
    data, barrier = made((90, 70), "JPEG"), threading.Barrier(4)

    def send(place: int) -> None:
        barrier.wait(timeout=30)
        browsers[place].post("/files", data={"file": (io.BytesIO(data), "现场.jpg"), "name": "evidence"})

    threads = [threading.Thread(target=send, args=(place,)) for place in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join(60)
    assert len(desk.all(sa.select(StoredFile.id).where(StoredFile.name == "现场.jpg"))) == 1


# When and where


def test_a_photo_keeps_when_and_where_and_the_record_says_it(desk: Desk) -> None:
    id = upload(desk, photo(when("2026:05:19 14:02:07"), SHANGHAI))
    kept = file(desk, id)
    assert minute(kept.taken_at) == "2026-05-19 14:02"
    assert (round(kept.latitude or 0, 5), round(kept.longitude or 0, 5)) == (31.23037, 121.4737)
    told = [pair for pair in desk.told("CS-51") if pair[0] != "evidence"]
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("evidence", id), *told])
    page = desk.browser(OFFICER).get(answer.location).text
    assert "2026-05-19 14:02 · 31.23037, 121.47370" in page
    number = answer.location.rsplit("/", 1)[-1]
    answers = desk.all(sa.select(Content.answers).join(Record).where(Record.number == number))[0]
    assert answers["evidence"][0]["place"] == "31.23037,121.47370"
    assert desk.browser(OFFICER).get(f"{COMPLAINTS}{number}.pdf").status_code == 200


def test_what_the_browser_says_counts_where_the_picture_says_nothing(desk: Desk) -> None:
    told = {"taken_at": "2026-05-18T09:30:00+08:00", "latitude": "30.5", "longitude": "114.25"}
    kept = file(desk, upload(desk, made((90, 70), "JPEG"), **told))
    assert (minute(kept.taken_at), kept.latitude, kept.longitude) == ("2026-05-18 09:30", 30.5, 114.25)
    own = file(desk, upload(desk, photo(when("2026:05:17 08:00:00"), SHANGHAI), **told))
    assert (minute(own.taken_at), round(own.latitude or 0, 2)) == ("2026-05-17 08:00", 31.23)


@pytest.mark.parametrize(
    "told",
    [
        {"taken_at": "昨天", "latitude": "nan", "longitude": "inf"},
        {"taken_at": "2026-05-18T09:30:00", "latitude": "91", "longitude": "10"},
        {"taken_at": "0001-01-01T00:00:00+14:00", "latitude": "10"},
        {"taken_at": "9999-12-31T23:59:59-12:00", "latitude": "0", "longitude": "0"},
    ],
)
def test_what_cannot_be_is_left_out(desk: Desk, told: dict[str, str]) -> None:
    kept = file(desk, upload(desk, made((90, 70), "JPEG"), **told))
    assert (kept.taken_at, kept.latitude, kept.longitude) == (None, None, None)
    assert set(kept.reference()) == {"id", "name", "type", "size", "sha256"}


def test_a_document_has_no_place(desk: Desk) -> None:
    sent = {"file": (io.BytesIO(b"words"), "a.txt"), "name": "x", "latitude": "30.5", "longitude": "114.2"}
    desk.browser(OFFICER).post("/files", data=sent)
    assert desk.one(sa.select(StoredFile).where(StoredFile.name == "a.txt")).latitude is None


# What the browser's outbox sends


def later(login: str, **more: str) -> dict[str, str]:
    """The headers of what waited in the browser."""
    return {"Outbox-Person": quote(login), "HX-Request": "true", **more}


def test_what_waited_is_answered_with_the_address_of_what_came_of_it(desk: Desk) -> None:
    told = [("_op", "submit"), ("_key", "one-page"), *desk.told("CS-51")]
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", told, **later(OFFICER))
    assert (answer.status_code, answer.headers["Outbox-Location"][: len(COMPLAINTS)]) == (204, COMPLAINTS)
    wrong = [("_op", "submit"), ("_key", "two"), ("content", "x")]
    assert desk.post(OFFICER, f"{COMPLAINTS}new", wrong, **later(OFFICER)).status_code == 422


def test_what_waited_for_somebody_is_not_sent_in_the_name_of_another(desk: Desk) -> None:
    told = [("_op", "submit"), ("_key", "one-page"), *desk.told("CS-51")]
    answer = desk.post("customer_service_officer_2", f"{COMPLAINTS}new", told, **later(OFFICER))
    assert (answer.status_code, "HX-Redirect" in answer.headers) == (401, False)
    assert desk.filed("CS-51") == 0
    upload_ = {"file": (io.BytesIO(made((9, 9), "JPEG")), "现场.jpg"), "name": "evidence"}
    refused = desk.browser("buyer").post("/files", data=upload_, headers=later(OFFICER))
    assert refused.status_code == 401


def test_what_waited_asks_to_sign_in_when_the_session_is_over(desk: Desk) -> None:
    answer = desk.app.test_client().post(f"{COMPLAINTS}new", data={"_op": "submit"}, headers=later(OFFICER))
    assert answer.status_code == 401
    assert "HX-Redirect" in answer.headers


def test_the_page_that_answers_says_to_which_sending(desk: Desk) -> None:
    wrong = [("_op", "submit"), ("_sent", "a-sending"), ("content", "x")]
    assert 'data-answered="a-sending"' in desk.post(OFFICER, f"{COMPLAINTS}new", wrong).text
    told = [("_op", "submit"), ("_sent", "b-sending"), *desk.told("CS-51")]
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", told)
    browser = desk.browser(OFFICER)
    assert 'data-answered="b-sending"' in browser.get(answer.location).text
    assert "data-answered" not in browser.get(answer.location).text
    number = answer.location.rsplit("/", 1)[-1]
    content = desk.all(sa.select(Content.answers).join(Record).where(Record.number == number))[0]
    assert "_sent" not in content
