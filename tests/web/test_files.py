"""Files: what is no whole picture is refused with a sentence, also through an outside link."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from portal.storage import files
from tests.architecture.visitors import found
from tests.lib.test_pictures import claiming, made
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"


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


def test_a_picture_that_claims_to_be_vast_is_no_signature(tmp_path: Path) -> None:
    site = found(tmp_path / "data")
    drawing = f"data:image/png;base64,{base64.b64encode(claiming(50_000, 50_000)).decode()}"
    answer = site.browsers["stranger"].post(site.path("/s/<token>"), data={"_hand-drawn": drawing})
    assert answer.status_code == 422
    assert "签名图像无法读取" in answer.text
