"""Filling in: drafts word for word, one record for one page, copies, corrections, long tables, what is posted on the sly."""

from __future__ import annotations

import html
import io
import re

import pytest
import sqlalchemy as sa

from portal.models import Content, Draft, Record, StoredFile
from tests.walk import multi
from tests.web.conftest import Desk, alerts, value

OFFICER, COLLEAGUE = "customer_service_officer", "customer_service_officer_2"
COMPLAINTS = "/customer-service/complaints/"
ORDERS = "/purchasing/purchase-orders/"
TYPED = {
    "complainant": "王 <b>建国</b> & 儿子",
    "quantity": "十二个半",
    "received_at": "昨天上午",
    "channel": "no-such-channel",
    "content": "第一行\n\n  第三行 {{ 7 * 7 }}",
    "first_received_by": "也许是小林",
}


def saved(desk: Desk, key: str, **fields: str) -> None:
    data = [("_op", "save"), ("_key", key), *fields.items()]
    assert desk.post(OFFICER, f"{COMPLAINTS}new", data).status_code == 303


def submit(desk: Desk, key: str, login: str = OFFICER, **other: str) -> str:
    answer = desk.post(
        login, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", key), *desk.told("CS-51", **other)]
    )
    assert answer.status_code == 303, alerts(answer.text)
    return answer.headers["Location"].rsplit("/", 1)[-1]


def returned(desk: Desk) -> str:
    """A record in its applicant's hands again."""
    number = submit(desk, "a-page", content="原来的内容")
    desk.post(OFFICER, f"{COMPLAINTS}{number}/withdrawals", [("_reason", "写错了")])
    assert desk.record(number).state == "withdrawn"
    return number


# Drafts


def test_a_draft_comes_back_word_for_word(desk: Desk) -> None:
    saved(desk, "my-page", **TYPED)
    page = desk.browser(OFFICER).get(f"{COMPLAINTS}new?draft=my-page").text
    for name in ("complainant", "quantity", "received_at", "first_received_by"):
        assert value(page, name) == TYPED[name], name
    area = re.search(r'<textarea[^>]*name="content"[^>]*>\r?\n?(.*?)</textarea>', page, re.S)
    assert area is not None
    assert html.unescape(area[1]).replace("\r\n", "\n") == TYPED["content"]


@pytest.mark.proves("R23")
def test_what_is_wrong_comes_back_with_its_error_and_is_kept(desk: Desk) -> None:
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "my-page"), *TYPED.items()])
    assert answer.status_code == 422
    assert value(answer.text, "quantity") == TYPED["quantity"]
    assert 'href="#quantity"' in answer.text
    assert desk.filed("CS-51") == 0
    assert desk.drafts("my-page") == 1


def test_a_draft_is_its_writers_alone(desk: Desk) -> None:
    saved(desk, "my-page", **TYPED)
    assert desk.browser(COLLEAGUE).get(f"{COMPLAINTS}new?draft=my-page").status_code == 404
    answer = desk.post(
        COLLEAGUE, f"{COMPLAINTS}new", [("_op", "save"), ("_key", "my-page"), ("complainant", "x")]
    )
    assert answer.status_code == 404
    assert (
        desk.post(COLLEAGUE, f"{COMPLAINTS}new", [("_op", "discard"), ("_key", "my-page")]).status_code == 404
    )
    assert desk.drafts("my-page") == 1


def test_nobody_takes_the_place_of_what_the_portal_keeps_by_a_key_of_its_own(desk: Desk) -> None:
    number = returned(desk)
    record = desk.record(number)
    me = record.applicant_id
    for key in (f"correct-{record.id}-{record.version}-{me}", f"stage-7-{me}", "ballot-2026-1"):
        for op in ("save", "submit", "discard"):
            data = [("_op", op), ("_key", key), *desk.told("CS-51")]
            assert desk.post(COLLEAGUE, f"{COMPLAINTS}new", data).status_code == 404
        assert desk.drafts(key) == 0
    assert desk.filed("CS-51") == 1
    assert desk.browser(OFFICER).get(f"{COMPLAINTS}{number}/correct").status_code == 200


def test_a_draft_that_does_not_exist_is_not_begun(desk: Desk) -> None:
    assert desk.browser(OFFICER).get(f"{COMPLAINTS}new?draft=nowhere").status_code == 404


def test_a_draft_is_thrown_away(desk: Desk) -> None:
    saved(desk, "my-page", **TYPED)
    assert (
        desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "discard"), ("_key", "my-page")]).status_code == 303
    )
    assert desk.drafts("my-page") == 0


def test_the_autosave_tells_when_and_computes(desk: Desk) -> None:
    data = [("_op", "save"), ("_key", "an-order"), ("lines-0-quantity", "4"), ("lines-0-unit_price", "2.50")]
    answer = desk.post("buyer", f"{ORDERS}new", data, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert '"saved"' in answer.headers["HX-Trigger"]
    assert "10.00" in answer.text
    assert "<html" not in answer.text


@pytest.mark.proves("R2")
def test_who_may_not_start_a_form_keeps_no_draft_of_it(desk: Desk) -> None:
    for op in ("save", "submit", "add:lines"):
        assert desk.post("employee", f"{ORDERS}new", [("_op", op), ("_key", "sly")]).status_code == 403
    assert desk.drafts("sly") == 0


# One page, one record


@pytest.mark.proves("R4", "F6")
def test_the_same_page_twice_is_one_record(desk: Desk) -> None:
    told = [("_op", "submit"), ("_key", "one-page"), *desk.told("CS-51")]
    answers = [desk.post(OFFICER, f"{COMPLAINTS}new", told) for _time in range(3)]
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["Location"] for answer in answers}) == 1
    assert desk.filed("CS-51") == 1


def test_a_save_that_comes_after_the_submission_keeps_nothing(desk: Desk) -> None:
    number = submit(desk, "one-page")
    late = desk.post(
        OFFICER, f"{COMPLAINTS}new", [("_op", "save"), ("_key", "one-page"), ("complainant", "x")]
    )
    assert 400 <= late.status_code < 500
    assert number in late.text
    assert desk.drafts("one-page") == 0


def test_the_key_of_another_person_gives_nothing_away(desk: Desk) -> None:
    number = submit(desk, "one-page")
    answer = desk.post(
        COLLEAGUE, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "one-page"), *desk.told("CS-51")]
    )
    assert 400 <= answer.status_code < 500
    assert desk.record(number).applicant_id
    assert desk.filed("CS-51") == 1


# Copies and corrections


def test_a_former_record_becomes_a_new_draft(desk: Desk) -> None:
    number = submit(desk, "a-page", content="值得再写一遍的内容")
    answer = desk.post(OFFICER, f"{COMPLAINTS}{number}/copies", [])
    assert answer.status_code == 303
    page = desk.browser(OFFICER).get(answer.headers["Location"]).text
    assert "值得再写一遍的内容" in page
    assert desk.filed("CS-51") == 1


def test_a_record_of_others_cannot_be_copied(desk: Desk) -> None:
    number = submit(desk, "a-page")
    assert desk.post("salesperson", f"{COMPLAINTS}{number}/copies", []).status_code == 404


@pytest.mark.proves("R6", "R7")
def test_a_correction_wants_its_reason(desk: Desk) -> None:
    number = returned(desk)
    path = f"{COMPLAINTS}{number}/correct"
    page = desk.browser(OFFICER).get(path).text
    data = [
        ("_op", "submit"),
        ("_version", value(page, "_version")),
        *desk.told("CS-51", content="改过的内容"),
    ]
    silent = desk.post(OFFICER, path, data)
    assert silent.status_code == 422
    assert "请填写更正理由" in silent.text
    assert "改过的内容" in silent.text
    assert desk.post(OFFICER, path, [*data, ("_reason", "\u3164\u2800 \ufe0f")]).status_code == 422
    assert desk.post(OFFICER, path, [*data, ("_reason", "内容写错")]).status_code == 303
    record = desk.record(number)
    assert (record.state, record.version) == ("running", 2)
    versions = desk.all(sa.select(Content).where(Content.record_id == record.id))
    assert [one.answers["content"] for one in versions] == ["原来的内容", "改过的内容"]


@pytest.mark.proves("F7")
def test_a_correction_of_an_old_page_is_refused_and_kept_on_the_page(desk: Desk) -> None:
    number = returned(desk)
    path = f"{COMPLAINTS}{number}/correct"
    old = desk.told("CS-51", content="旧页面上的改动")
    stale = desk.post(OFFICER, path, [("_op", "submit"), ("_version", "0"), ("_reason", "x"), *old])
    assert stale.status_code in (409, 422)
    assert "已在别处更正过" in stale.text
    assert "旧页面上的改动" in stale.text
    assert desk.record(number).version == 1


@pytest.mark.parametrize("version", ["", "²", "٣", "-1", "1" * 5000, "x"])
def test_odd_versions_are_no_errors(desk: Desk, version: str) -> None:
    number = returned(desk)
    data = [("_op", "submit"), ("_version", version), ("_reason", "x"), *desk.told("CS-51")]
    assert desk.post(OFFICER, f"{COMPLAINTS}{number}/correct", data).status_code in (409, 422)


def test_only_the_applicant_corrects(desk: Desk) -> None:
    number = returned(desk)
    for login in (COLLEAGUE, "customer_service_supervisor"):
        assert desk.browser(login).get(f"{COMPLAINTS}{number}/correct").status_code in (403, 404, 422)


# Tables


def test_a_row_is_added_and_the_rest_stays(desk: Desk) -> None:
    data = [("_op", "add:lines"), ("_key", "an-order"), ("lines-0-quantity", "12 打"), ("lines-0-unit", "件")]
    answer = desk.post("buyer", f"{ORDERS}new", data, **{"HX-Request": "true"})
    assert answer.status_code == 200
    assert answer.text.lstrip().startswith('<div id="rows-lines"')
    assert value(answer.text, "lines-0-quantity") == "12 打"
    assert 'id="lines-1"' in answer.text


@pytest.mark.parametrize(
    "op",
    ["remove:lines:²", "up:lines:٣", "insert:lines:" + "9" * 5000, "add:nothing", "paste:", "remove-file:evidence:x",
     "remove-file:reason:1", "remove-file:lines:0", "remove-file:lines-0-unit:1", "remove-file:needed_by:1",
     "up:lines:-1", "remove:lines:", "add:__class__"],
)  # fmt: skip
def test_odd_row_buttons_are_no_errors(desk: Desk, op: str) -> None:
    answer = desk.post("buyer", f"{ORDERS}new", [("_op", op), ("_key", "an-order"), ("lines-0-unit", "件")])
    assert answer.status_code in (200, 404, 422)


@pytest.mark.proves("S24")
@pytest.mark.parametrize("op", ["nonsense", "SUBMIT", "submit ", "submit\0", "", "Discard", "sign:1"])
def test_a_button_that_there_is_not_does_nothing(desk: Desk, op: str) -> None:
    told = desk.told("CS-51")
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", op), ("_key", "a-page"), *told])
    assert (answer.status_code, desk.filed("CS-51"), desk.drafts("a-page")) == (400, 0, 0)


@pytest.mark.proves("F15")
def test_a_thousand_rows_are_accepted(desk: Desk) -> None:
    told = desk.told("PU-04", requisition=desk.walker.requisition())
    first = {name.removeprefix("lines-0-"): text for name, text in told if name.startswith("lines-0-")}
    rest = [(name, text) for name, text in told if not name.startswith("lines-")]
    rows = [(f"lines-{place}-{name}", text) for place in range(1000) for name, text in first.items()]
    answer = desk.post("buyer", f"{ORDERS}new", [("_op", "submit"), ("_key", "long"), *rest, *rows])
    assert answer.status_code == 303, alerts(answer.text)[:300]
    version = desk.all(sa.select(Content))[-1]
    assert len(version.answers["lines"]) == 1000


# What nobody asked for


@pytest.mark.proves("S20")
def test_columns_of_the_books_cannot_be_posted(desk: Desk) -> None:
    sly = dict.fromkeys(Record.__table__.columns.keys(), "999")
    sly |= {"state": "finished", "status": "finished", "number": "CS-51-2026-9999", "approved_by": "1"}
    sly |= {"_state": "finished", "_number": "x", "_by": "1", "is_admin": "1", "__class__": "x"}
    own = {name for name, _text in desk.told("CS-51")}
    data = [*desk.told("CS-51"), *((name, text) for name, text in sly.items() if name not in own)]
    answer = desk.post(OFFICER, f"{COMPLAINTS}new", [("_op", "submit"), ("_key", "sly"), *data])
    assert answer.status_code == 303, alerts(answer.text)
    record = desk.record(answer.headers["Location"].rsplit("/", 1)[-1])
    assert record.state == "running"
    assert re.fullmatch(r"CS-51-\d{4}-0001", record.number)
    assert (record.version, record.round) == (1, 1)
    assert record.id != 999
    stored = desk.all(sa.select(Content).where(Content.record_id == record.id))[0].answers
    assert not stored.keys() & (sly.keys() - own)


# Files


@pytest.mark.parametrize(
    ("name", "data", "sentence"),
    [
        ("virus.exe", b"MZ\x90\x00", "类型不允许上传"),
        ("page.html", b"<script>alert(1)</script>", "类型不允许上传"),
        ("drawing.svg", b"<svg onload='alert(1)'/>", "类型不允许上传"),
        ("photo.png", b"MZ\x90\x00 not a picture", "内容与扩展名不符"),
        ("photo.jpg", b"\xff\xd8\xff\xe0 cut off", "不是完好的图片"),
        ("empty.pdf", b"", "空文件"),
        ("large.txt", b"x" * (1024 * 1024 + 1), "超过 1 MB"),
    ],
)
def test_files_are_refused_with_a_sentence(desk: Desk, name: str, data: bytes, sentence: str) -> None:
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = settings.model_copy(update={"upload_megabytes": 1})
    answer = desk.browser(OFFICER).post("/files", data={"file": (io.BytesIO(data), name), "name": "evidence"})
    assert answer.status_code == 422
    assert sentence in answer.text
    assert name in answer.text
    assert desk.all(sa.select(StoredFile.name).where(StoredFile.name == name)) == []


def test_a_bad_file_sent_with_the_form_loses_nothing_else(desk: Desk) -> None:
    data = multi([("_op", "submit"), ("_key", "my-page"), *desk.told("CS-51", content="没有脚本时写的内容")])
    answer = desk.browser(OFFICER).post(
        f"{COMPLAINTS}new", data={**data, "evidence-upload": (io.BytesIO(b"MZ"), "virus.exe")}
    )
    assert answer.status_code == 422
    assert "类型不允许上传" in answer.text
    assert "没有脚本时写的内容" in answer.text
    assert desk.filed("CS-51") == 0


@pytest.mark.proves("S20")
def test_a_file_of_somebody_else_cannot_be_named(desk: Desk) -> None:
    answer = desk.browser(COLLEAGUE).post("/files", data={"file": (io.BytesIO(b"secret"), "geheim.txt")})
    found = re.search(r'value="(\d+)"', answer.text)
    assert found is not None
    page = desk.post(
        OFFICER,
        f"{COMPLAINTS}new",
        [("_op", "submit"), ("_key", "k"), *desk.told("CS-51", evidence=found[1])],
    )
    assert "geheim" not in page.text
    assert desk.all(sa.select(Draft.typed)) or page.status_code == 303
    assert all("geheim" not in str(one.answers) for one in desk.all(sa.select(Content)))


def test_the_paste_box_names_the_columns_that_are_pasted(desk: Desk) -> None:
    page = desk.browser("buyer").get(f"{ORDERS}new").text
    assert "列的顺序：库存品、名称规格、数量、单位、单价</label>" in page


def test_a_long_table_shows_anew_the_row_that_was_typed_in_and_the_total(desk: Desk) -> None:
    typed = [(f"lines-{at}-{name}", "2") for at in range(400) for name in ("quantity", "unit_price")]
    data = [("_op", "save"), ("_key", "long-order"), ("_edited", "lines-390-quantity delivery_place"), *typed]
    answer = desk.post("buyer", f"{ORDERS}new", data, **{"HX-Request": "true"}).text
    assert 'id="lines-390-amount"' in answer
    assert 'id="total_amount"' in answer
    assert "lines-389-" not in answer


def test_what_is_computed_is_shown_as_people_read_it(desk: Desk) -> None:
    order = "/customer-service/customer-orders/new"
    data = [("_op", "save"), ("_key", "an-order"), ("customer", "长兴县第二中学 C0002")]
    answer = desk.post("salesperson", order, data, **{"HX-Request": "true"}).text
    assert re.search(r'id="release_needed"[^>]*value="否"', answer)
    data = [("_op", "save"), ("_key", "a-payment"), ("contract_or_order", desk.walker.open("CR-17"))]
    answer = desk.post(
        "salesperson", "/customer-service/payment-receipts/new", data, **{"HX-Request": "true"}
    ).text
    assert re.search(r'id="delivery_status"[^>]*value="未交付"', answer)
    assert re.search(r'<textarea[^>]*id="open_rows"[^>]*readonly', answer)


def test_errors_in_one_of_several_tables_say_in_which(desk: Desk) -> None:
    answer = desk.post("foreman", "/engineering/site-checks/new", [("_op", "submit"), ("_key", "a-check")])
    assert answer.status_code == 422
    summary = " ".join(re.sub("<[^>]+>", " ", answer.text.partition('id="errors"')[2].partition("</ul>")[0]).split())  # fmt: skip
    assert "安全检查 · 第1行 结果：请选择“结果”" in summary
    one = desk.post("buyer", f"{ORDERS}new", [("_op", "submit"), ("_key", "an-order"), ("lines-0-name", "钢管")])  # fmt: skip
    assert "· 第1行" not in one.text
