"""Files: what is no whole picture is refused with a sentence, also through an outside link."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa
from PIL import Image

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import Person, Record
from portal.queries import files as readable
from portal.queries.actors import actor
from portal.services import tasks, uploads
from portal.storage import files
from tests.architecture.visitors import found
from tests.desk import counted
from tests.lib.test_pictures import claiming, made
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"


@pytest.mark.proves("S35")
def test_half_a_photo_is_refused(desk: Desk) -> None:
    whole = made((900, 700), "JPEG")
    sent = {"file": (io.BytesIO(whole[: len(whole) // 2]), "现场.jpg"), "name": "evidence"}
    answer = desk.browser(OFFICER).post("/files", data=sent)
    assert (answer.status_code, "不是完好的图片" in answer.text) == (422, True)


def test_a_photo_has_a_thumbnail_unless_it_is_damaged(desk: Desk, monkeypatch) -> None:  # type: ignore[no-untyped-def]
    browser, whole = desk.browser(OFFICER), made((900, 700), "JPEG")
    answer = browser.post("/files", data={"file": (io.BytesIO(whole), "现场.jpg"), "name": "evidence"})
    id = re.findall(r'value="(\d+)"', answer.text)[0]
    small = browser.get(f"/files/{id}/thumbnail")
    assert (small.status_code, small.mimetype) == (200, "image/webp")
    monkeypatch.setattr(files, "get", lambda _sha256: whole[:5000])
    assert browser.get(f"/files/{id}/thumbnail").status_code == 404


def test_a_picture_that_claims_to_be_vast_is_no_signature(tmp_path: Path, sqlite_template: Path) -> None:
    site = found(tmp_path / "data", sqlite_template)
    drawing = f"data:image/png;base64,{base64.b64encode(claiming(50_000, 50_000)).decode()}"
    answer = site.browsers["stranger"].post(site.path("/s/<token>"), data={"_hand-drawn": drawing})
    assert answer.status_code == 422
    assert "签名图像无法读取" in answer.text


def test_a_sheet_on_which_nothing_is_drawn_is_no_signature(tmp_path: Path, sqlite_template: Path) -> None:
    site, out = found(tmp_path / "data", sqlite_template), io.BytesIO()
    Image.new("RGBA", (300, 100), (255, 255, 255, 0)).save(out, "PNG")
    drawing = f"data:image/png;base64,{base64.b64encode(out.getvalue()).decode()}"
    answer = site.browsers["stranger"].post(
        site.path("/s/<token>"), data={"_hand-drawn": drawing, "_outside_name": "张三"}
    )
    assert answer.status_code == 422
    assert "请在签名框内签名。" in answer.text


@pytest.mark.proves("S36")
@pytest.mark.both_databases
def test_who_may_see_a_copy_may_see_its_files(desk: Desk) -> None:
    photo = {"file": (io.BytesIO(made((90, 70), "JPEG")), "现场.jpg"), "name": "evidence"}
    id = re.findall(r'value="(\d+)"', desk.browser(OFFICER).post("/files", data=photo).text)[0]
    sheet = [("_op", "submit"), ("evidence", id), *desk.told("CS-51")]
    first, second = (
        desk.post(OFFICER, "/customer-service/complaints/new", sheet).location.rsplit("/", 1)[-1]
        for _again in (1, 2)
    )

    def answer() -> int:
        return desk.browser("security_guard").get(f"/files/{id}").status_code

    assert answer() == 404
    with desk.app.app_context():
        with transaction():
            guard = db.session.scalars(sa.select(Person.id).where(Person.login == "security_guard")).one()
            copy = db.session.scalars(sa.select(Record).where(Record.number == second)).one()
            tasks.let_read(copy, [f"person:{guard}"])
        db.session.remove()
    assert desk.browser("security_guard").get(f"/records/{first}").status_code == 404
    assert answer() == 200
    assert desk.browser("employee").get(f"/files/{id}").status_code == 404


def test_many_files_are_one_question(desk: Desk) -> None:
    with desk.app.app_context():
        by = actor(
            db.session.scalars(sa.select(Person).where(Person.login == OFFICER)).unique().one(), today()
        )
        with transaction():
            kept = {uploads.keep("x.txt", b"x", "text/plain", by=by.id, now=now()).id for _one in range(20)}
        assert by.scopes
        with counted(desk.app) as sent:
            found = readable.references(kept | {10**6}, by)
        db.session.remove()
    assert set(found) == kept
    assert len([one for one in sent if one.startswith("SELECT")]) == 1, sent
