"""The memory that an upload takes of the server which receives it: some times the largest file, whatever is sent."""

from __future__ import annotations

import http.client
import re
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.crash_server import Server
from benchmarks.crash_storm import Browser
from portal.config import Settings

MEGABYTE = 1 << 20
LARGEST = Settings.model_fields["upload_megabytes"].default
SPARE = 16  # megabytes of pages, buffers and what the first upload loads
HEAD = b'--b\r\nContent-Disposition: form-data; name="file"; filename="large.txt"\r\n\r\n'
PART = b"words \n" * (MEGABYTE // 7) + b"." * (MEGABYTE % 7)


@pytest.fixture
def server(sqlite_template: Path, tmp_path: Path) -> Iterator[Server]:
    """`python -m portal` for the small company, warm: a file has been sent before."""
    shutil.copytree(sqlite_template, tmp_path / "data")
    running = Server(tmp_path / "data")
    running.start()
    try:
        Browser(running, "buyer").close()
        assert upload(running, 1) == 200
        yield running
    finally:
        running.kill()


def upload(server: Server, megabytes: int, *, chunked: bool = False) -> int:
    """Sends a file bit by bit; gives the status."""
    cookie, token = server.cookies["buyer"]
    tail = b"\r\n--b--\r\n"
    line = http.client.HTTPConnection("127.0.0.1", server.port, timeout=120)
    line.putrequest("POST", "/files")
    headers = {"Cookie": cookie, "X-CSRFToken": token, "Content-Type": "multipart/form-data; boundary=b"}
    length = len(HEAD) + megabytes * MEGABYTE + len(tail)
    headers |= {"Transfer-Encoding": "chunked"} if chunked else {"Content-Length": str(length)}
    for name, value in headers.items():
        line.putheader(name, value)
    line.endheaders()
    try:
        for part in (HEAD, *[PART] * megabytes, tail):
            line.send(b"%x\r\n%s\r\n" % (len(part), part) if chunked else part)
        line.send(b"0\r\n\r\n" if chunked else b"")
        return line.getresponse().status
    except ConnectionError:  # it has heard enough
        return 413
    finally:
        line.close()


def peak(server: Server) -> float:
    """The most memory that the server has ever had, in megabytes."""
    assert server._process is not None
    status = Path(f"/proc/{server._process.pid}/status").read_text()
    found = re.search(r"VmHWM:\s+(\d+) kB", status)
    assert found is not None
    return int(found[1]) / 1024


@pytest.mark.proves("F14")
def test_an_upload_takes_no_more_than_twice_its_size(server: Server) -> None:
    before = peak(server)
    assert upload(server, LARGEST) == 200
    assert peak(server) - before < 2 * LARGEST + SPARE


@pytest.mark.proves("F14")
def test_what_is_too_large_takes_no_more_than_the_largest_that_is_allowed(server: Server) -> None:
    before = peak(server)
    assert upload(server, 4 * LARGEST) == 422, "more than a file may have, less than a form with several"
    assert upload(server, 4 * LARGEST, chunked=True) == 422, "nor does hiding the length help"
    assert upload(server, 8 * LARGEST + 1) == 413
    assert upload(server, 8 * LARGEST + 1, chunked=True) == 413
    assert peak(server) - before < 2 * LARGEST + SPARE
