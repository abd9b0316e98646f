"""Requests as no browser sends them, over a bare connection to the portal's own server: refused, and nobody else suffers."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import TYPE_CHECKING

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from portal.web import server
from portal.web.server import listen

if TYPE_CHECKING:
    from _typeshed.wsgi import StartResponse, WSGIEnvironment

HOST = b"Host: 127.0.0.1\r\n"
CLOSE = b"Connection: close\r\n"
Ask = Callable[..., bytes]


@contextmanager
def serving(app: Flask) -> Iterator[int]:
    """The portal on a port of its own, as `python -m portal` serves it, with two threads."""
    served = listen(app, "127.0.0.1", 0, threads=2)

    def run() -> None:
        with suppress(OSError):  # when it is closed, its sockets may be gone from under its poll
            served.run()

    thread = threading.Thread(target=run, daemon=True)
    thread.start()
    try:
        yield int(served.effective_port)
    finally:
        served.close()
        thread.join(5)


@pytest.fixture
def port(app: Flask) -> Iterator[int]:
    """Where the portal listens."""
    with serving(app) as number:
        yield number


def sent(port: int, data: bytes, *, shut: bool = False) -> bytes:
    """Sends bytes; gives all that comes back until the server closes the line."""
    parts = []
    with socket.create_connection(("127.0.0.1", port), timeout=20) as line:
        with suppress(ConnectionError):  # the server may have heard enough
            line.sendall(data)
            if shut:
                line.shutdown(socket.SHUT_WR)
        with suppress(ConnectionError):
            while part := line.recv(65536):
                parts.append(part)
    return b"".join(parts)


@pytest.fixture
def ask(port: int) -> Ask:
    """Sends bytes to the portal."""
    return partial(sent, port)


def status(answer: bytes) -> int:
    """The status of an answer; 0 where the server said nothing and hung up."""
    return int(answer.split(b" ", 2)[1]) if answer else 0


def well(ask: Ask) -> bool:
    """Whether others are served."""
    return status(ask(b"GET /health HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n")) == 200


MANY = b"".join(b"X-%d: y\r\n" % number for number in range(10_000))
PARTS = b"".join(b'--b\r\nContent-Disposition: form-data; name="f%d"\r\n\r\nx\r\n' % n for n in range(60_000))
FORM = b"Content-Type: multipart/form-data; boundary=b\r\n"
POST = b"POST /sign-in HTTP/1.1\r\n" + HOST + CLOSE


def sized(head: bytes, body: bytes) -> bytes:
    """A request with its right length."""
    return head + b"Content-Length: %d\r\n\r\n" % len(body) + body


MALFORMED = {
    "no request": b"\x00\x01\x02\r\n\r\n",
    "half a line": b"GET\r\n\r\n",
    "a bare line feed": b"GET /health HTTP/1.1\n" + HOST + b"X: a\nY: b\r\n\r\n",
    "blanks in a name": b"GET /health HTTP/1.1\r\n" + HOST + b"X Y : a\r\n\r\n",
    "a negative length": POST + b"Content-Length: -5\r\n\r\nabcdef",
    "a length in letters": POST + b"Content-Length: 0x10\r\n\r\nabcdef",
    "two lengths": POST + b"Content-Length: 5\r\nContent-Length: 6\r\n\r\nabcdef",
    "an unknown coding": POST + b"Transfer-Encoding: xchunked\r\n\r\n0\r\n\r\n",
    "a bad chunk": POST + b"Transfer-Encoding: chunked\r\n\r\nzz\r\nabc\r\n0\r\n\r\n",
    "a head without end": b"GET / HTTP/1.1\r\n" + HOST + b"X: " + b"y" * 400_000,
    "bytes that are no text": b"GET /\xff\xfe HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n",
    "a form without boundary": sized(POST + b"Content-Type: multipart/form-data\r\n", b"--b\r\nx"),
    "half a form": sized(POST + FORM, b'--b\r\nContent-Disposition: form-data; name="login"\r\n\r\nx'),
    "a part without a name": sized(POST + FORM, b"--b\r\nContent-Disposition: form-data\r\n\r\nx\r\n--b--"),
    "more parts than any page has": sized(POST + FORM, PARTS + b"--b--\r\n"),
    "fields that are no text": sized(
        POST + b"Content-Type: application/x-www-form-urlencoded\r\n",
        b"login=%ff%fe&password=\xff\xfe&%00=%00",
    ),
    "TRACE": b"TRACE /sign-in HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n",
    "CONNECT": b"CONNECT example.com:443 HTTP/1.1\r\n" + HOST + CLOSE + b"\r\n",
}


@pytest.mark.proves("F17", "S44")
def test_what_is_malformed_is_refused_and_others_are_served(ask: Ask) -> None:
    wrong = {}
    for name, data in MALFORMED.items():
        answer = ask(data)
        code = status(answer)
        if not (400 <= code < 500 or code in (0, 501)):
            wrong[name] = answer[:80]
        assert b"Traceback" not in answer, name
        assert b"waitress" not in answer.lower(), name
        assert b"server:" not in answer.lower().partition(b"\r\n\r\n")[0], name
        assert well(ask), name
    assert not wrong


@pytest.mark.proves("F17")
def test_ten_thousand_headers_do_no_harm(ask: Ask) -> None:
    assert status(ask(b"GET /health HTTP/1.1\r\n" + HOST + MANY + CLOSE + b"\r\n")) in (200, 431)
    assert well(ask)


@pytest.mark.proves("F17")
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(body=st.binary(max_size=300), end=st.sampled_from([b"", b"\r\n", b"\r\n--b--\r\n"]))
def test_no_bytes_in_a_form_break_anything(ask: Ask, body: bytes, end: bytes) -> None:
    answer = ask(sized(POST + FORM, b"--b\r\n" + body + end))
    assert 400 <= status(answer) < 500, answer[:200]


@pytest.mark.proves("F17")
def test_a_body_that_breaks_off_is_no_request(ask: Ask) -> None:
    answer = ask(POST + b"Content-Length: 500\r\n\r\nlogin=buyer", shut=True)
    assert status(answer) == 0
    assert well(ask)


SAYS_TWICE = {
    "both": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "both, the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "in disguise": b"Content-Length: 5\r\nTransfer-Encoding:\tchunked\r\n",
    "codings twice": b"Content-Length: 5\r\nTransfer-Encoding: chunked, chunked\r\n",
}


@pytest.mark.proves("F18")
@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
def test_a_request_that_says_two_lengths_is_not_taken_for_two(ask: Ask, version: bytes) -> None:
    hidden = b"GET /health HTTP/1.1\r\n" + HOST + b"\r\n"
    for name, lengths in SAYS_TWICE.items():
        head = b"POST /sign-in " + version + b"\r\n" + HOST + b"Connection: keep-alive\r\n" + lengths
        answer = ask(head + b"\r\n0\r\n\r\n" + hidden)
        assert status(answer) in (400, 501), name
        assert answer.count(b"HTTP/1.") == 1, name


# Too large, too slow


@pytest.mark.proves("F14", "S35")
def test_what_is_too_large_is_refused_before_it_has_come(app: Flask, ask: Ask) -> None:
    largest = app.config["MAX_CONTENT_LENGTH"]
    answer = ask(b"POST /files HTTP/1.1\r\n" + HOST + b"Content-Length: %d\r\n\r\nx" % (largest + 2))
    assert status(answer) == 413


@pytest.mark.proves("F14", "S35")
def test_nor_does_hiding_the_length_help(app: Flask) -> None:
    app.config["MAX_CONTENT_LENGTH"] = 10_000
    chunks = (b"400\r\n" + b"x" * 1024 + b"\r\n") * 50
    with serving(app) as port:
        answer = sent(
            port, b"POST /files HTTP/1.1\r\n" + HOST + b"Transfer-Encoding: chunked\r\n\r\n" + chunks
        )
        assert status(answer) in (413, 0), "told, or hung up before it could be told"
        assert well(partial(sent, port))


@pytest.mark.proves("F14")
def test_whoever_sends_slowly_takes_nobody_s_place(port: int, ask: Ask) -> None:
    with ExitStack() as lines:
        for _one in range(150):
            line = lines.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            line.sendall(POST + b"Content-Length: 1000\r\n\r\nlogin=")
        for _again in range(5):
            assert well(ask), "two threads serve, and 150 people send slowly"


def hung_up(line: socket.socket) -> bool:
    """Whether the server ends the line without a word."""
    try:
        return line.recv(1) == b""
    except ConnectionResetError:
        return True


@pytest.mark.proves("F14")
def test_whoever_asks_ever_more_and_reads_nothing_takes_nobody_s_place(port: int, ask: Ask) -> None:
    with ExitStack() as lines:
        for _one in range(4):
            line = lines.enter_context(deaf(port))
            with suppress(ConnectionError):
                line.sendall((b"GET /static/vendor/tabler.min.css HTTP/1.1\r\n" + HOST + b"\r\n") * 100)
        assert all(well(ask) for _time in range(60)), "also once as much waits as the server holds"


@pytest.mark.proves("F14")
def test_whoever_reads_a_large_answer_slowly_takes_nobody_s_place(app: Flask) -> None:
    inner = app.wsgi_app

    def large(environ: WSGIEnvironment, start_response: StartResponse) -> Iterable[bytes]:
        if environ["PATH_INFO"] != "/large":
            return inner(environ, start_response)
        start_response("200 OK", [("Content-Length", str(40 << 20))])
        return (bytes(1 << 20) for _piece in range(40))

    app.wsgi_app = large  # type: ignore[method-assign]
    with serving(app) as port, ExitStack() as lines:
        for _one in range(4):
            lines.enter_context(deaf(port)).sendall(b"GET /large HTTP/1.1\r\n" + HOST + b"\r\n")
        assert well(partial(sent, port))


def deaf(port: int) -> socket.socket:
    """A line on which next to nothing can come back before somebody reads."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    line.connect(("127.0.0.1", port))
    return line


@pytest.mark.proves("F14")
def test_nobody_takes_all_connections(port: int, ask: Ask, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(server, "PER_ADDRESS", 20)
    with ExitStack() as lines:
        begun = [lines.enter_context(socket.create_connection(("127.0.0.1", port), 20)) for _one in range(40)]
        for line in begun:
            with suppress(ConnectionError):
                line.sendall(b"GET /health HTTP/1.1\r\n" + HOST)
        assert well(ask)
        assert hung_up(begun[0]), "the idlest one has given place"
        begun[-1].sendall(CLOSE + b"\r\n")
        assert status(begun[-1].recv(65536)) == 200
