"""What a browser fetches for a page: packed, and not much."""

from __future__ import annotations

import os
import re
from pathlib import Path

import pytest
from flask.testing import FlaskClient

from portal.web import statics
from portal.web.statics import compress
from tests.web.conftest import Desk

FIRST, AGAIN = 200_000, 80_000  # bytes of a page with all it needs, and of the page alone
PACKED = {"Accept-Encoding": "gzip"}


@pytest.mark.parametrize(
    "path", ["/", "/purchasing/", "/purchasing/purchase-orders/", "/purchasing/purchase-orders/new"]
)
def test_a_page_is_light(desk: Desk, path: str) -> None:
    buyer = desk.browser("buyer")
    page = buyer.get(path)
    found = set(re.findall(r'(?:href|src|data-script|data-style)="(/static/[^"#]+)', page.text))
    assert len(found) > 5
    files = {one: buyer.get(one, headers=PACKED) for one in found}
    plain = [one for one, file in files.items() if file.headers.get("Content-Encoding") != "gzip"]
    assert [one for one in plain if not one.startswith("/static/favicon")] == []
    assert len(page.data) < AGAIN
    assert len(page.data) + sum(len(file.data) for file in files.values()) < FIRST


def test_a_changed_file_is_packed_anew(tmp_path: Path) -> None:
    style = tmp_path / "portal.css"
    style.write_text("a { color: red }")
    compress(tmp_path)
    packed = tmp_path / "portal.css.gz"
    before = packed.read_bytes()
    style.write_text("a { color: blue }")
    os.utime(style, (packed.stat().st_mtime + 1,) * 2)
    compress(tmp_path)
    assert packed.read_bytes() != before
    assert sorted(one.name for one in tmp_path.iterdir()) == ["portal.css", "portal.css.gz"]


def test_the_worker_may_open_pages_and_no_other_script_may(client: FlaskClient) -> None:
    address = statics.worker()
    answer = client.get(address)
    assert (answer.status_code, answer.headers["Service-Worker-Allowed"]) == (200, "/")
    assert "Service-Worker-Allowed" not in client.get(statics.static("js/outbox.js")).headers
