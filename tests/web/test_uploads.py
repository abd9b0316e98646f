"""What comes up as a file: its name, its ending, its content, and how many; kept under a name that nobody outside knows."""

from __future__ import annotations

import io
import re
import zipfile

import pytest
import sqlalchemy as sa

from portal.models import StoredFile
from tests.lib.test_pictures import made
from tests.web.conftest import Desk

OFFICER = "customer_service_officer"
HTML = b"<!DOCTYPE html><script>alert(1)</script>"
PDF = b"%PDF-1.7\n%\xe2\xe3\xcf\xd3\n1 0 obj\n<<>>\nendobj\n"


def packed(**members: bytes) -> bytes:
    """A ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def put(desk: Desk, name: str, data: bytes) -> tuple[int, str]:
    """Sends a file; gives the status, and the id under which it was kept."""
    answer = desk.browser(OFFICER).post("/files", data={"file": (io.BytesIO(data), name)})
    found = re.search(r'value="(\d+)"', answer.text)
    return answer.status_code, found[1] if found else ""


REFUSED = {
    "a page": ("a.html", HTML),
    "a page in capitals": ("a.HTM", HTML),
    "a drawing with script": ("a.svg", b"<svg xmlns='http://www.w3.org/2000/svg' onload='alert(1)'/>"),
    "a script": ("a.js", b"alert(1)"),
    "a program": ("a.exe", b"MZ\x90\x00" + b"\0" * 60),
    "a shell script": ("a.sh", b"#!/bin/sh\necho\n"),
    "a program in disguise": ("a.pdf", b"MZ\x90\x00" + b"\0" * 60),
    "a page as a PDF": ("a.pdf", HTML),
    "a page as a picture": ("a.png", HTML),
    "a PDF as a picture": ("a.jpg", PDF),
    "a picture as a PDF": ("a.pdf", made((9, 9), "PNG")),
    "a picture as a text": ("a.txt", made((9, 9), "PNG")),
    "a program as a text": ("a.csv", b"\x7fELF" + b"\0" * 60),
    "a ZIP as a Word file of old": ("a.doc", packed(a=b"x")),
    "a double ending": ("a.pdf.html", PDF),
    "no ending": ("noending", PDF),
    "only an ending": (".pdf.php", PDF),
    "nothing in it": ("a.pdf", b""),
    "a broken picture": ("a.png", made((90, 90), "PNG")[:100]),
    "an ending behind a NUL": ("a.html\0.pdf", HTML),
}


@pytest.mark.proves("S35")
def test_what_is_not_what_it_says_is_refused(desk: Desk) -> None:
    taken = {what: put(desk, *file)[0] for what, file in REFUSED.items()}
    assert {what for what, status in taken.items() if status != 422} == set()
    assert desk.all(sa.select(StoredFile)) == []


@pytest.mark.proves("S35")
def test_what_is_what_it_says_is_taken(desk: Desk) -> None:
    for name, data in (
        ("a.PDF", PDF),
        ("b.jpeg", made((9, 9), "JPEG")),
        ("c.zip", packed(a=b"x")),
        ("d.txt", b"x"),
    ):
        assert put(desk, name, data)[0] == 200, name


@pytest.mark.proves("S35", "S37")
def test_a_page_inside_a_good_file_is_never_shown_as_one(desk: Desk) -> None:
    _status, id = put(desk, "polyglot.pdf", PDF + HTML)
    _status, text = put(desk, "page.txt", HTML)
    for one in (id, text):
        for show in ("", "?show"):
            answer = desk.browser(OFFICER).get(f"/files/{one}{show}")
            assert answer.mimetype in ("application/pdf", "text/plain")
            assert answer.headers["X-Content-Type-Options"] == "nosniff"
            assert "default-src 'none'" in answer.headers["Content-Security-Policy"]


NAMES = ["../../x.txt", "/etc/x.txt", "C:\\x.txt", "..\\..\\x.txt", "%2e%2e%2fx.txt", "a\0b.txt", "x" * 300 + ".txt", "CON.txt",
         "\u202etxt.exe.txt", "....//x.txt", "~.txt", "中文 名.txt"]  # fmt: skip


@pytest.mark.proves("S30", "S36")
def test_a_name_names_nothing_on_the_disk(desk: Desk) -> None:
    folder = desk.app.config["SETTINGS"].portal_data
    before = {path for path in folder.rglob("*") if path.is_file() and "files" not in path.parts}
    for place, name in enumerate(NAMES):
        status, id = put(desk, name, f"words {place}".encode())
        assert status == 200, name
        answer = desk.browser(OFFICER).get(f"/files/{id}")
        (said,) = answer.headers.getlist("Content-Disposition")
        assert said.isascii()
        assert not re.search(r"[\r\n\0]", said)
        assert "/" not in said
        assert answer.data == f"words {place}".encode()
    kept = {path for path in folder.rglob("*") if path.is_file()}
    new = [
        path.relative_to(folder).as_posix() for path in kept - before if not path.name.startswith("portal.db")
    ]
    assert len(new) == len(NAMES)
    assert all(re.fullmatch(r"files/[0-9a-f]{2}/[0-9a-f]{64}", one) for one in new), new
    digest = new[0].rsplit("/", 1)[-1]
    for path in (f"/{new[0]}", f"/static/../{new[0]}", f"/files/{digest}", f"/static/%2e%2e/{new[0]}"):
        assert desk.browser(OFFICER).get(path).status_code == 404, path


@pytest.mark.proves("S35")
def test_a_file_that_is_too_large_is_refused_with_a_sentence(desk: Desk) -> None:
    most = desk.app.config["SETTINGS"].upload_megabytes * 1024 * 1024
    answer = desk.browser(OFFICER).post("/files", data={"file": (io.BytesIO(b"x" * (most + 1)), "large.txt")})
    assert (answer.status_code, "超过" in answer.text) == (422, True)
