"""What one person may upload within a day, counted in files and in megabytes."""

from __future__ import annotations

import io
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta

import pytest
import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.database import transaction
from portal.extensions import db
from portal.models import StoredFile
from portal.services import upload_quota
from tests.conftest import both_databases
from tests.walk import DRAWING
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
NEARLY = 700 * 1024  # of the megabyte that is allowed here


@pytest.fixture
def narrow(desk: Desk) -> Desk:
    """A desk whose people may upload one megabyte within a day."""
    settings = desk.app.config["SETTINGS"]
    desk.app.config["SETTINGS"] = settings.model_copy(update={"upload_day_megabytes": 1})
    return desk


def send(desk: Desk, name: str, data: bytes, login: str = OFFICER) -> TestResponse:
    """Uploads a file."""
    return desk.browser(login).post("/files", data={"file": (io.BytesIO(data), name)})


def kept(desk: Desk) -> list[str]:
    """The names of all that is kept."""
    return desk.all(sa.select(StoredFile.name).order_by(StoredFile.id))


@pytest.mark.proves("S39")
@both_databases
def test_what_goes_beyond_the_megabytes_of_a_day_is_refused_with_what_is_left(narrow: Desk) -> None:
    assert send(narrow, "a.txt", b"a" * NEARLY).status_code == 200
    refused = send(narrow, "b.txt", b"b" * NEARLY)
    assert (refused.status_code, refused.mimetype) == (429, "text/plain")
    assert refused.text == "您 24 小时内最多上传 1 MB，还剩 0.3 MB，“b.txt”有 0.7 MB，没有保存。请稍后再传。"
    folder = narrow.app.config["SETTINGS"].portal_data / "files"
    assert kept(narrow) == ["a.txt"]
    assert len([one for one in folder.rglob("*") if one.is_file()]) == 1
    assert send(narrow, "c.txt", b"c" * 1000).status_code == 200, "a smaller one still fits"
    assert send(narrow, "a.txt", b"a" * NEARLY).status_code == 200, "what was sent before takes no more room"
    assert send(narrow, "b.txt", b"b" * NEARLY, "buyer").status_code == 200, (
        "others have a share of their own"
    )


@pytest.mark.proves("S39")
@both_databases
def test_after_a_day_there_is_room_again(narrow: Desk) -> None:
    send(narrow, "a.txt", b"a" * NEARLY)
    with narrow.app.app_context(), transaction():
        row = db.session.scalars(sa.select(StoredFile)).one()
        row.uploaded_at -= timedelta(hours=25)
    assert send(narrow, "b.txt", b"b" * NEARLY).status_code == 200


@pytest.mark.proves("S39")
@both_databases
def test_files_sent_side_by_side_do_not_share_the_same_room(narrow: Desk) -> None:
    browser = narrow.browser(OFFICER)
    cookie = browser.get_cookie("portal")
    assert cookie is not None

    def one(place: int) -> int:
        other = narrow.app.test_client()
        other.set_cookie("portal", cookie.value)
        data = bytes([place]) * NEARLY
        return other.post("/files", data={"file": (io.BytesIO(b"t" + data), f"{place}.txt")}).status_code

    with ThreadPoolExecutor(4) as hands:
        sent = sorted(hands.map(one, range(65, 69)))
    assert sent == [200, 429, 429, 429]


@pytest.mark.proves("S39")
@both_databases
def test_a_form_with_a_file_too_many_keeps_what_was_typed(narrow: Desk) -> None:
    send(narrow, "a.txt", b"a" * NEARLY)
    data = {"content": "水管漏水", "evidence-upload": (io.BytesIO(b"b" * NEARLY), "b.txt")}
    page = narrow.browser(OFFICER).post("/customer-service/complaints/new", data=data).text
    assert "还剩 0.3 MB" in page
    assert "水管漏水" in page
    assert kept(narrow) == ["a.txt"]


@pytest.mark.proves("S39")
@both_databases
def test_so_many_files_a_day_and_drawn_signatures_count_too(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(upload_quota, "FILES", 3)
    sent = [send(desk, f"{place}.txt", b"%d" % place).status_code for place in range(4)]
    assert sent == [200, 200, 200, 429]
    assert "最多上传 3 个文件" in send(desk, "y.txt", b"y").text
    assert send(desk, "z.txt", b"z", "buyer").status_code == 200, "others are not kept from it"
    page = desk.browser(OFFICER).post("/customer-service/complaints/new", data={"evidence-drawn": DRAWING})
    assert "最多上传 3 个文件" in page.text
