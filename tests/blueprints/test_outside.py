"""An outside party signs by a link also where the browser runs no scripts."""

from __future__ import annotations

import base64
import io
import re
from pathlib import Path

from tests.architecture.visitors import found
from tests.walk import DRAWING


def test_a_picture_of_a_signature_serves_as_well_as_a_drawn_one(tmp_path: Path) -> None:
    site = found(tmp_path / "data")
    path, browser = site.path("/s/<token>"), site.browsers["stranger"]
    seen = re.search(r'name="_seen" value="(\w+)"', browser.get(path).text)
    assert seen is not None
    sent = {"_outside_name": "钱女士", "_seen": seen[1], "briefing_content": "水电走向、饰面做法"}
    sent["briefing_ended_at"] = "2026-03-02T10:30"
    assert browser.post(path, data=sent).status_code == 422
    wrong = {**sent, "_hand-upload": (io.BytesIO(b"no picture"), "signature.png")}
    assert "签名图像无法读取" in browser.post(path, data=wrong).text
    picture = io.BytesIO(base64.b64decode(DRAWING.partition(",")[2]))
    answer = browser.post(path, data={**sent, "_hand-upload": (picture, "signature.png")})
    assert answer.status_code == 200
    assert "已签字，谢谢" in answer.text
