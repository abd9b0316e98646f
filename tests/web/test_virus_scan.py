"""Files are shown to the scanner before they are kept; without its word none is."""

from __future__ import annotations

import io
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.lib import clamd
from portal.models import AuditEvent, Notice, Person, StoredFile
from portal.services import virus_scan
from tests.conftest import both_databases
from tests.object_store import free_port
from tests.scanner import EICAR, NAME, Scanner, scanning
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"


@pytest.fixture
def scanner(desk: Desk) -> Iterator[Scanner]:
    """A scanner, which the settings name."""
    with scanning() as running:
        named(desk, running.address)
        yield running


def named(desk: Desk, address: str) -> None:
    """Puts the address of a scanner into the settings."""
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = settings.model_copy(update={"clamd_address": address})


def send(desk: Desk, data: bytes, name: str = "报价.txt") -> TestResponse:
    """Uploads a file."""
    return desk.browser(OFFICER).post("/files", data={"file": (io.BytesIO(data), name)})


@pytest.mark.proves("S39")
@both_databases
def test_what_is_found_is_refused_by_its_name_noted_and_told(desk: Desk, scanner: Scanner) -> None:
    for _again in range(2):
        answer = send(desk, b"words " + EICAR)
        assert (answer.status_code, answer.text) == (
            422,
            f"“报价.txt”中发现“{NAME}”，没有保存。已告知信息安全管理员。",
        )
    assert desk.all(sa.select(StoredFile)) == []
    me = desk.one(sa.select(Person.id).where(Person.login == OFFICER))
    first, again = desk.all(sa.select(AuditEvent).where(AuditEvent.kind == "upload_infected"))
    assert (first.person_id, first.facts["file"], first.facts["found"]) == (me, "报价.txt", NAME)
    assert len(first.facts["sha256"]) == 64
    assert first.address == "127.0.0.1"
    told = desk.all(sa.select(Notice).join(Person).where(Person.login == "security_officer"))
    assert [NAME in one.facts["text"]["zh"] for one in told] == [True], "told once while it is unread"
    assert NAME in desk.browser("security_officer").get("/notices").text
    trail = desk.browser("auditor").get("/trail?kind=upload_infected").text
    assert f"上传的“报价.txt”中发现“{NAME}”，被拒绝" in trail
    assert again.facts == first.facts


@pytest.mark.proves("S39")
@both_databases
def test_what_is_clean_is_shown_whole_and_kept(desk: Desk, scanner: Scanner) -> None:
    data = b"x" * (3 * clamd.CHUNK + 17)
    assert send(desk, data).status_code == 200
    assert scanner.seen == [data]
    assert desk.one(sa.select(StoredFile.size)) == len(data)


@pytest.mark.proves("S39")
@pytest.mark.parametrize("mood", ["silent", "slow", "full", "odd"])
def test_without_its_word_nothing_is_kept(
    desk: Desk, scanner: Scanner, monkeypatch: pytest.MonkeyPatch, mood: str
) -> None:
    monkeypatch.setattr(virus_scan, "SECONDS", 1)
    scanner.mood = mood
    answer = send(desk, b"words" * 100_000)
    assert (answer.status_code, "病毒扫描暂时不可用" in answer.text) == (503, True)
    assert desk.all(sa.select(StoredFile)) == []
    scanner.mood = "well"
    assert send(desk, b"words").status_code == 200


@pytest.mark.proves("S39")
def test_a_scanner_that_is_not_there_shuts_the_door(desk: Desk, tmp_path: Path) -> None:
    for address in (f"127.0.0.1:{free_port()}", str(tmp_path / "clamd.sock")):
        named(desk, address)
        assert send(desk, b"words").status_code == 503
    assert desk.all(sa.select(StoredFile)) == []
    assert desk.browser(OFFICER).get("/").status_code == 200, "all else goes on"


@pytest.mark.proves("S39")
def test_it_may_listen_on_a_socket(desk: Desk, tmp_path: Path) -> None:
    with scanning(tmp_path / "clamd.sock") as scanner:
        named(desk, scanner.address)
        assert [send(desk, data).status_code for data in (EICAR, b"words")] == [422, 200]


@pytest.mark.proves("S39")
@both_databases
def test_nobody_waits_for_a_scanner_that_takes_its_time(desk: Desk, scanner: Scanner) -> None:
    """It is asked before anything is locked: others write meanwhile."""
    scanner.mood = "silent"
    answers: list[int] = []
    waiting = threading.Thread(target=lambda: answers.append(send(desk, b"words").status_code))
    officer, buyer = desk.browser(OFFICER), desk.browser("buyer")
    assert officer is not buyer
    waiting.start()
    while not scanner.calls:
        pass
    assert buyer.post("/account/language", data={"language": "en"}).status_code == 303
    assert answers == []
    scanner.asleep.set()
    waiting.join()
    assert answers == [503]


@pytest.mark.proves("S39")
def test_a_form_keeps_what_was_typed_beside_a_file_that_is_refused(desk: Desk, scanner: Scanner) -> None:
    files = {"evidence-upload": (io.BytesIO(EICAR), "照片.txt")}
    answer = desk.browser(OFFICER).post(
        "/customer-service/complaints/new", data={"content": "水管漏水", **files}
    )
    assert NAME in answer.text
    assert "水管漏水" in answer.text
