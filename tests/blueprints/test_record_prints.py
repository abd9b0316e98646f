"""Prints of finished records: one original for ever, numbered copies for whoever asks, a page that says what paper is worth."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pytest
import sqlalchemy as sa
from flask import Flask
from flask.testing import FlaskClient
from pyhanko.pdf_utils.reader import PdfFileReader
from pypdf import PdfReader

from portal.config import VERIFIER
from portal.database import transaction
from portal.domain.demo import DEMO_PASSWORD
from portal.domain.prints import GROUPS, PrintsBusy, TooLargeToPrint
from portal.extensions import db
from portal.jobs import outbox as worker
from portal.jobs import witnesses
from portal.lib import spoken_codes
from portal.models import AuditEvent, OutboxRow, Record, RecordPrint
from portal.pdf.copies import body_of
from portal.pdf.process import PrintTooLarge
from portal.queries import prints
from portal.services import audit, checking, print_turns, record_prints
from portal.storage import files
from portal.web import rate_limit
from tests.conftest import make_app
from tests.pdf.archive_rules import broken
from tests.pdf.test_seal import appended, flipped, saved_again, updated
from tests.walk import Walker

OFFICER, OTHER = "customer_service_officer", "buyer"


@pytest.fixture(autouse=True)
def fresh_counters(app: Flask) -> None:
    """Nobody has asked yet."""
    app.extensions["rate_limit"][-1].storage.reset()


@pytest.fixture
def walker(app: Flask) -> Walker:
    """Signs for everybody."""
    return Walker(app)


@pytest.fixture
def number(walker: Walker) -> str:
    """A finished complaint with its original."""
    number = walker.walk("CS-51")
    with walker.app.app_context():
        witnesses.keep_tree()
        worker.drain()
    return number


@pytest.fixture
def at(number: str) -> str:
    """Its address."""
    return f"/customer-service/complaints/{number}"


@pytest.fixture
def auditor(app: Flask) -> FlaskClient:
    """The auditor's browser."""
    return browser(app, "auditor")


def browser(app: Flask, login: str) -> FlaskClient:
    """Somebody's browser."""
    client = app.test_client()
    assert client.post("/sign-in", data={"login": login, "password": DEMO_PASSWORD}).status_code == 303
    return client


def drain(app: Flask) -> int:
    """Does what was asked for."""
    with app.app_context():
        return worker.drain()


def printed(app: Flask, copy: int = 0, language: str = "zh") -> tuple[str, bytes]:
    """The code and the bytes of a print."""
    with app.app_context():
        query = sa.select(RecordPrint).where(RecordPrint.copy == copy, RecordPrint.language == language)
        one = db.session.scalars(query).one()
        assert one.file is not None
        return one.code, files.get(one.file.sha256)


def text(pdf: bytes) -> str:
    """What is written on the pages, also in the margins."""
    return "\n".join(page.extract_text() for page in PdfReader(BytesIO(pdf)).pages)


def count(app: Flask) -> int:
    """How many prints there are."""
    with app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(RecordPrint)) or 0


def copied(app: Flask, client: FlaskClient, at: str, language: str = "zh") -> tuple[str, bytes]:
    """A copy as somebody gets it."""
    assert client.post(f"{at}/prints", data={"language": language}).status_code == 303
    drain(app)
    with app.app_context():
        last = db.session.scalar(sa.select(sa.func.max(RecordPrint.copy))) or 0
    return printed(app, last, language)


# The original


@pytest.mark.proves("F22")
def test_the_original_keeps_its_bytes_for_everybody(app: Flask, walker: Walker, at: str) -> None:
    _code, original = printed(app)
    for login in (OFFICER, "auditor"):
        for _time in range(2):
            answer = browser(app, login).get(f"{at}.pdf")
            assert (answer.status_code, answer.data) == (200, original)
    assert len(PdfFileReader(BytesIO(original)).embedded_signatures) == 1


def test_before_the_job_has_made_it_the_page_says_so_and_looks_again(walker: Walker) -> None:
    number = walker.walk("CS-51")
    client, at = walker.browser(OFFICER), f"/customer-service/complaints/{number}"
    answer = client.get(f"{at}.pdf")
    assert (answer.status_code, answer.location) == (302, f"{at}/prints")
    page = client.get(f"{at}/prints").text
    assert "中文正本正在生成" in page
    assert 'hx-trigger="every 2s"' in page
    refused = client.post(f"{at}/prints")
    assert refused.status_code == 409
    assert "正本正在生成，请稍后再领取副本" in refused.text
    drain(walker.app)
    page = client.get(f"{at}/prints").text
    assert 'hx-trigger="every 2s"' not in page
    assert "中文正本" in page


def test_the_english_original_is_made_once_when_somebody_asks(
    app: Flask, auditor: FlaskClient, at: str
) -> None:
    auditor.post("/account/language", data={"language": "en"})
    assert auditor.get(f"{at}.pdf").location == f"{at}/prints"
    for _time in range(2):
        assert auditor.post(f"{at}/prints", data={"kind": "original", "language": "en"}).status_code == 303
    assert count(app) == 2
    drain(app)
    code, original = printed(app, 0, "en")
    assert auditor.get(f"{at}.pdf").data == original
    assert "Signatures" in text(original)
    stranger = app.test_client()
    stranger.set_cookie("language", "en")
    assert "Genuine" in stranger.get(f"/check/{code}").text
    assert len(PdfFileReader(BytesIO(original)).embedded_signatures) == 1


def test_a_record_on_its_way_is_printed_at_once_and_has_neither_original_nor_copies(walker: Walker) -> None:
    number = walker.open("CS-51")
    client, at = walker.browser(OFFICER), f"/customer-service/complaints/{number}"
    assert text(client.get(f"{at}.pdf").data).count("未完成") >= 1
    page = client.get(f"{at}/prints").text
    assert "记录办结后才有正本" in page
    assert "/prints" not in client.get(at).text
    for kind in ("copy", "original"):
        answer = client.post(f"{at}/prints", data={"kind": kind})
        assert (answer.status_code, "记录办结后才能领取副本" in answer.text) == (409, True)
    assert count(walker.app) == 0


# Copies


def test_a_copy_is_the_original_with_its_own_marks(app: Flask, walker: Walker, number: str, at: str) -> None:
    client = walker.browser(OFFICER)
    code, copy = copied(app, client, at)
    _code, original = printed(app)
    said = text(copy)
    assert "副本第 1 号" in said
    assert code in said
    assert "审计检查点第 1 号" in said
    assert len(PdfReader(BytesIO(copy)).pages) == len(PdfReader(BytesIO(original)).pages)
    attached = [PdfReader(BytesIO(one)).attachments["record.json"] for one in (copy, original)]
    assert attached[0] == attached[1]
    assert len(PdfFileReader(BytesIO(copy)).embedded_signatures) == 1
    assert broken(copy) == []
    page = client.get(f"{at}/prints").text
    (path,) = re.findall(rf'href="({re.escape(at)}/prints/\d+\.pdf)"[^>]*>(?:(?!</a>).)*PDF</a>', page, re.S)
    assert client.get(path).data == copy
    with app.app_context():
        (event,) = db.session.scalars(sa.select(AuditEvent).where(AuditEvent.kind == "record_printed"))
        assert (event.facts["number"], event.facts["copy"], event.facts["code"]) == (number, 1, code)
        assert audit.verify()[1] is None


def test_copies_are_numbered_one_by_one_in_either_language(app: Flask, walker: Walker, at: str) -> None:
    officer, auditor = walker.browser(OFFICER), walker.browser("auditor")
    codes = [copied(app, client, at, spoken)[0] for client, spoken in ((officer, "zh"), (auditor, "en"), (officer, "en"))]  # fmt: skip
    assert len(set(codes)) == 3
    with app.app_context():
        found = db.session.execute(
            sa.select(RecordPrint.copy, RecordPrint.language).order_by(RecordPrint.copy, RecordPrint.id)
        ).all()
    assert [tuple(one) for one in found] == [(0, "zh"), (0, "en"), (1, "zh"), (2, "en"), (3, "en")]
    assert "COPY 2" in text(printed(app, 2, "en")[1])


def test_who_waits_for_a_copy_gets_no_second(app: Flask, walker: Walker, at: str) -> None:
    client = walker.browser(OFFICER)
    for _click in range(4):
        assert client.post(f"{at}/prints").status_code == 303
    assert count(app) == 2
    assert drain(app) == 1
    with app.app_context(), transaction():
        rows = db.session.scalars(sa.select(OutboxRow).where(OutboxRow.kind == record_prints.JOB)).all()
        for row in rows:
            row.done_at = None
    drain(app)
    assert count(app) == 2, "a job done twice makes one"


def test_very_many_copies_are_refused(
    app: Flask, walker: Walker, at: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(record_prints, "AN_HOUR", 2)
    client = walker.browser(OFFICER)
    for _time in range(2):
        copied(app, client, at)
    answer = client.post(f"{at}/prints")
    assert (answer.status_code, "一小时内领取的副本太多" in answer.text) == (429, True)
    assert count(app) == 3


def test_a_copy_is_for_whoever_took_it_and_for_auditors(
    app: Flask, walker: Walker, number: str, at: str
) -> None:
    copied(app, walker.browser(OFFICER), at)
    with app.app_context():
        id = db.session.scalars(sa.select(RecordPrint.id).where(RecordPrint.copy == 1)).one()
        signer = db.session.scalars(sa.select(Record).where(Record.number == number)).one().signatures[-1]
        login = signer.person.login
    assert login != OFFICER
    assert walker.browser("auditor").get(f"{at}/prints/{id}.pdf").status_code == 200
    assert walker.browser(login).get(f"{at}/prints").status_code == 200
    assert walker.browser(login).get(f"{at}/prints/{id}.pdf").status_code == 404
    assert "由领取人保管" in walker.browser(login).get(f"{at}/prints").text
    assert walker.browser(OTHER).get(f"{at}/prints").status_code == 404
    assert walker.browser(OTHER).post(f"{at}/prints").status_code == 404
    for odd in (0, 10**6, 2**63):
        assert walker.browser(OFFICER).get(f"{at}/prints/{odd}.pdf").status_code == 404


def test_the_body_under_a_seal_comes_out_again(app: Flask, number: str) -> None:
    _code, original = printed(app)
    body = body_of(original)
    assert original.startswith(body)
    assert PdfFileReader(BytesIO(body)).embedded_signatures == []
    assert body_of(body) == body


@pytest.mark.proves("S41")
def test_one_person_prints_one_at_a_time_and_few_at_once() -> None:
    with print_turns.turn(1), print_turns.turn(2):
        with pytest.raises(PrintsBusy), print_turns.turn(1):
            pass
        with print_turns.turn(3), pytest.raises(PrintsBusy), print_turns.turn(4):
            pass
        with print_turns.turn(4):
            pass
    with print_turns.turn(1):
        pass


@pytest.mark.proves("S41", "S44")
def test_a_print_that_is_too_large_is_refused_with_a_sentence(
    walker: Walker, monkeypatch: pytest.MonkeyPatch
) -> None:
    def give_up(*_given: object, **_named: object) -> bytes:
        raise PrintTooLarge("it takes too long")

    monkeypatch.setattr("portal.pdf.process.printer.render", give_up)
    number = walker.open("CS-51")
    for path in (f"/customer-service/complaints/{number}.pdf", "/documents/PU-P-01/print"):
        answer = walker.browser("auditor").get(path)
        assert (answer.status_code, str(TooLargeToPrint()) in answer.text) == (422, True), path
    with print_turns.turn(1):  # nobody's turn is held up by it
        pass


@pytest.mark.proves("S41")
def test_whoever_comes_when_all_print_is_told_to_wait(walker: Walker) -> None:
    number = walker.open("CS-51")
    client = walker.browser(OFFICER)
    with print_turns.turn(-1), print_turns.turn(-2), print_turns.turn(-3):
        answer = client.get(f"/customer-service/complaints/{number}.pdf")
    assert (answer.status_code, "打印的人较多" in answer.text) == (503, True)
    assert client.get(f"/customer-service/complaints/{number}.pdf").status_code == 200


# The check page


@pytest.fixture
def stranger(app: Flask) -> FlaskClient:
    """Somebody without an account."""
    return app.test_client()


def dropped(client: FlaskClient, data: bytes, name: str = "x.pdf") -> str:
    """What the check page says of a file."""
    answer = client.post("/check/files", data={"file": (BytesIO(data), name)})
    assert answer.status_code == 200, answer.text
    return answer.text


def test_paper_answers_for_itself_and_tells_nothing_else(
    app: Flask, walker: Walker, stranger: FlaskClient, number: str, at: str
) -> None:
    original = printed(app)[0]
    copy = copied(app, walker.browser(OFFICER), at)[0]
    page = stranger.get(f"/check/{original}").text
    assert all(said in page for said in ("真实", "正本", number, "记录现行有效"))
    page = stranger.get(f"/check/{copy}").text
    assert all(said in page for said in ("真实", "第 1 号副本", number, "记录现行有效"))
    with app.app_context():
        record = db.session.scalars(sa.select(Record).where(Record.number == number)).one()
        for told in (record.title, record.applicant.name, record.applicant.number, at):
            assert told not in page
    assert f'href="{at}"' in walker.browser(OFFICER).get(f"/check/{copy}").text
    assert f'href="{at}"' not in walker.browser(OTHER).get(f"/check/{copy}").text


def test_a_code_is_taken_however_it_is_typed_and_a_forged_one_fails(
    app: Flask, stranger: FlaskClient, number: str
) -> None:
    code = printed(app)[0]
    for typed in (
        code,
        code.lower(),
        code.replace("-", " "),
        f"http://portal.example/check/{code}",
        f" {code}\t",
    ):
        answer = stranger.get("/check/", query_string={"code": typed})
        assert (answer.status_code, answer.location) == (302, f"/check/{code}")
    for odd in ("", "ABCD", "0" * 16, "一二三四", code + "A"):
        answer = stranger.get("/check/", query_string={"code": odd})
        assert answer.status_code == 200
        assert ("四组" in answer.text) == bool(odd)
    other = "A" if code[0] != "A" else "B"
    for forged in (spoken_codes.new(GROUPS), other + code[1:], "x", "%00", "../../etc"):
        answer = stranger.get(f"/check/{forged}")
        assert answer.status_code == 404
        assert "真实" not in answer.text.partition("<main")[2].replace("不真实", "")


def test_scanned_paper_is_found_like_its_number(app: Flask, walker: Walker, number: str, at: str) -> None:
    code = printed(app)[0]
    page = (
        walker.browser(OFFICER).get("/find", query_string={"q": f"https://portal.example/check/{code}"}).text
    )
    assert f'href="{at}"' in page
    assert f'value="{number}"' in page
    nothing = walker.browser(OFFICER).get("/find", query_string={"q": "https://x/check/ABCD-ABCD-ABCD-ABCD"})
    assert (nothing.status_code, f'href="{at}"' in nothing.text) == (200, False)


def test_a_copy_that_was_asked_for_but_not_made_is_unknown(app: Flask, walker: Walker, stranger: FlaskClient, at: str) -> None:  # fmt: skip
    walker.browser(OFFICER).post(f"{at}/prints")
    with app.app_context():
        code = db.session.scalars(sa.select(RecordPrint.code).where(RecordPrint.copy == 1)).one()
    assert stranger.get(f"/check/{code}").status_code == 404


def test_what_was_superseded_says_by_what(app: Flask, walker: Walker, stranger: FlaskClient, number: str, at: str) -> None:  # fmt: skip
    code = printed(app)[0]
    later = walker.walk("CS-51")
    with app.app_context(), transaction():
        numbered = {one.number: one for one in db.session.scalars(sa.select(Record))}
        numbered[later].corrects_id = numbered[number].id
    page = stranger.get(f"/check/{code}").text
    assert "真实" in page
    assert f"记录已被 {later} 取代" in page
    assert "现行有效" not in page
    drain(app)
    _code, copy = copied(app, walker.browser(OFFICER), at)
    assert "已被取代 副本 1" in text(copy)


@pytest.mark.parametrize("changed", [flipped, appended, saved_again, updated])
def test_a_changed_file_is_not_genuine(
    app: Flask, walker: Walker, stranger: FlaskClient, at: str, changed: Callable[[bytes], bytes]
) -> None:
    for _code, data in (printed(app), copied(app, walker.browser(OFFICER), at)):
        assert "真实" in dropped(stranger, data)
        page = dropped(stranger, changed(data))
        assert "文件被改动过" in page or "文件已损坏" in page
        assert "circle-check" not in page


def test_a_file_that_the_portal_has_lost_is_still_known_by_its_seal(app: Flask, stranger: FlaskClient, number: str) -> None:  # fmt: skip
    _code, data = printed(app)
    with app.app_context(), transaction():
        db.session.execute(sa.delete(RecordPrint))
    page = dropped(stranger, data)
    assert all(said in page for said in ("真实", "电子签章完好", number, "现行有效"))
    with app.app_context():
        assert prints.by_code(_code) is None


def test_what_is_no_record_of_ours_is_told_apart(
    app: Flask, walker: Walker, stranger: FlaskClient, number: str
) -> None:
    _code, data = printed(app)
    assert "没有电子签章" in dropped(stranger, body_of(data))
    for odd in (b"%PDF-1.7\n", b"hello", b"\x00" * 5000, data[: len(data) // 2]):
        page = dropped(stranger, odd)
        assert "记录现行有效" not in page
        assert "真实" not in page.partition("<main")[2].replace("不真实", "")
    for sent in ({}, {"file": (BytesIO(b""), "x.pdf")}):
        answer = stranger.post("/check/files", data=sent)
        assert (answer.status_code, "请选择一个 PDF 文件" in answer.text) == (422, True)


def test_a_file_is_checked_in_memory_and_not_kept(
    app: Flask, stranger: FlaskClient, number: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder: Path = app.config["SETTINGS"].portal_data
    before = {one for one in folder.rglob("*") if one.is_file() and "portal.db" not in one.name}
    monkeypatch.setattr("werkzeug.formparser.SpooledTemporaryFile", None)
    dropped(stranger, b"%PDF-1.7" + b"x" * 3_000_000)
    assert {one for one in folder.rglob("*") if one.is_file() and "portal.db" not in one.name} == before


def test_a_file_that_is_far_too_large_is_refused(
    app: Flask, stranger: FlaskClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("portal.blueprints.check.LARGEST_FILE", 1000)
    assert (
        stranger.post("/check/files", data={"file": (BytesIO(b"%PDF-" + b"x" * 2000), "x")}).status_code
        == 422
    )
    assert stranger.post("/check/files", data={"file": (BytesIO(b"x" * 80_000), "x")}).status_code == 413


def test_an_address_that_asks_too_often_waits_and_others_do_not(app: Flask, stranger: FlaskClient) -> None:
    answers = [stranger.get("/check/ABCD-ABCD-ABCD-ABCD").status_code for _time in range(31)]
    assert answers == [404] * 30 + [429]
    other = {"REMOTE_ADDR": "127.0.0.2"}
    assert stranger.get("/check/ABCD-ABCD-ABCD-ABCD", environ_base=other).status_code == 404
    for _time in range(10):
        with app.test_request_context():
            rate_limit.count("file", "10 per minute")
    with app.test_request_context(), pytest.raises(rate_limit.TooOften):
        rate_limit.count("file", "10 per minute")


def test_a_broker_that_is_away_shuts_nobody_out(app: Flask) -> None:
    portal = make_app(app.config["SETTINGS"].portal_data, broker_url="redis://127.0.0.1:1/0")
    client = portal.test_client()
    answers = [client.get("/check/ABCD-ABCD-ABCD-ABCD").status_code for _time in range(31)]
    assert answers == [404] * 30 + [429], "this process counts by itself"


def test_only_two_files_are_checked_at_once(stranger: FlaskClient, app: Flask) -> None:
    taken: Iterator[bool] = iter([checking._turns.acquire(blocking=False) for _time in range(2)])
    try:
        assert all(taken)
        answer = stranger.post("/check/files", data={"file": (BytesIO(b"%PDF-1.7"), "x.pdf")})
        assert answer.status_code == 503
    finally:
        for _time in range(2):
            checking._turns.release()


def test_the_verifier_is_given_to_everybody(stranger: FlaskClient) -> None:
    answer = stranger.get("/check/verifier")
    assert answer.data == VERIFIER.read_bytes()
    assert "filename=verify_record.py" in answer.headers["Content-Disposition"]
