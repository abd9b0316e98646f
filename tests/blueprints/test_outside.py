"""An outside party signs by a link also where the browser runs no scripts."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

import pytest
import sqlalchemy as sa

from portal.blueprints.outside import apart
from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.forms.catalogue import FORMS
from portal.forms.sheet import Cell, Line
from portal.models import StoredFile, Task, records
from tests.architecture.visitors import Site, found
from tests.walk import DRAWING


def test_a_picture_of_a_signature_serves_as_well_as_a_drawn_one(
    tmp_path: Path, sqlite_template: Path
) -> None:
    site = found(tmp_path / "data", sqlite_template)
    path, browser = site.path("/s/<token>"), site.browsers["stranger"]
    seen = re.search(r'name="_seen" value="(\w+)"', browser.get(path).text)
    assert seen is not None
    sent = {"_outside_name": "钱女士", "_seen": seen[1], "briefing_content": "水电走向、饰面做法"}
    sent["briefing_ended_at"] = "2026-03-02T10:30"
    unsigned = browser.post(path, data=sent)
    assert unsigned.status_code == 422
    assert "水电走向、饰面做法" in unsigned.text, "what was typed is not lost"
    wrong = {**sent, "_hand-upload": (io.BytesIO(b"no picture"), "signature.png")}
    assert "签名图像无法读取" in browser.post(path, data=wrong).text
    picture = io.BytesIO(base64.b64decode(DRAWING.partition(",")[2]))
    answer = browser.post(path, data={**sent, "_hand-upload": (picture, "signature.png")})
    assert answer.status_code == 200
    assert "已签字，谢谢" in answer.text


def test_the_page_speaks_english_to_whoever_asks_for_it(tmp_path: Path, sqlite_template: Path) -> None:
    site = found(tmp_path / "data", sqlite_template)
    path, browser = site.path("/s/<token>"), site.browsers["stranger"]
    assert 'name="language"' in browser.get(path).text
    back = browser.post("/account/language", data={"language": "en", "next": path})
    assert back.headers["Location"] == path
    page = browser.get(path).text
    assert '<html lang="en"' in page
    assert "Name of the signer" in page


def test_a_signature_that_was_drawn_is_not_lost_when_something_else_is_wrong(
    tmp_path: Path, sqlite_template: Path
) -> None:
    site = found(tmp_path / "data", sqlite_template)
    path, browser = site.path("/s/<token>"), site.browsers["stranger"]
    answer = browser.post(path, data={"_outside_name": "钱女士", "_hand-drawn": DRAWING})
    assert answer.status_code == 422
    assert f'name="_hand-drawn" value="{DRAWING}"' in answer.text
    assert 'name="_hand-drawn" value=""' in browser.get(path).text


def test_what_is_refused_leaves_no_file(tmp_path: Path, sqlite_template: Path) -> None:
    site = found(tmp_path / "data", sqlite_template)
    path, browser = site.path("/s/<token>"), site.browsers["stranger"]
    before = _files(site)
    sent = {"_outside_name": "钱女士", "_hand-drawn": DRAWING, "briefing_ended_at": "gestern"}
    assert browser.post(path, data=sent).status_code == 422
    assert browser.post(path, data={"_hand-drawn": DRAWING, "_seen": "old"}).status_code == 422
    assert _files(site) == before


def test_a_step_that_the_record_was_not_made_with_is_signed_all_the_same(
    tmp_path: Path, sqlite_template: Path
) -> None:
    site = found(tmp_path / "data", sqlite_template)
    with site.app.app_context():
        task = db.session.scalars(sa.select(Task).where(Task.outside != "", Task.state == "open")).one()
        number, version = task.record.number, task.record.form_version
        steps = [step for step in version.definition["steps"] if step["key"] != task.step]
        defined, sha256 = {**version.definition, "steps": steps}, version.sha256
        title = str(FORMS["EN-18"].signoff.step(task.step).title)
        db.session.remove()
    foreman = site.app.test_client()
    foreman.post("/sign-in", data={"login": "foreman", "password": DEMO_PASSWORD})
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(records._definitions, sha256, defined)
        outside = site.browsers["stranger"].get(site.path("/s/<token>"))
        inside = foreman.get(f"/records/{number}", follow_redirects=True)
    assert (outside.status_code, inside.status_code) == (200, 200)
    assert title in outside.text
    assert title in inside.text


def test_the_page_shows_nothing_that_opens_only_for_people_who_sign_in() -> None:
    photo = {"id": 7, "name": "现场.jpg", "type": "image/jpeg", "size": 9}
    table = Line(
        "parts",
        "零件",
        "line_items",
        Cell(""),
        ("零件",),
        (False,),
        ((Cell("密封圈", linked="CS-77-2026-0001"),),),
    )
    for line in (
        Line("order", "派工单", "record_link", Cell("CS-77-2026-0001 泰和", linked="CS-77-2026-0001")),
        Line("photos", "照片", "photo", Cell("", files=(photo, {**photo, "name": "铭牌.jpg"}))),
        table,
    ):
        shown = apart(line)
        cells = [shown.cell, *(cell for row in shown.rows for cell in row)]
        assert not [cell for cell in cells if cell.files or cell.linked or cell.kind]
        assert shown.headers == line.headers
    assert apart(table).rows[0][0].text == "密封圈"
    assert (
        "铭牌.jpg"
        in apart(Line("photos", "照片", "photo", Cell("", files=({**photo, "name": "铭牌.jpg"},)))).cell.text
    )


def _files(site: Site) -> int:
    with site.app.app_context():
        return db.session.scalar(sa.select(sa.func.count()).select_from(StoredFile)) or 0
