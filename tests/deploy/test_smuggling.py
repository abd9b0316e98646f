"""Requests that contradict themselves about their length, through nginx before the portal: a hidden one is never served."""

from __future__ import annotations

import socket
import ssl
from contextlib import suppress

import pytest

from tests.deploy.served import CERTIFICATE, Stand

HOST = b"Host: portal.example.com\r\n"
POST = b"POST /sign-in HTTP/1.1\r\n" + HOST
# Addresses that nobody asks for here but in hiding; the log names them.
ASKED = b"GET /check/verifier HTTP/1.1\r\n" + HOST + b"\r\n"
POSTED = b"POST /check/files HTTP/1.1\r\n" + HOST + b"Content-Length: 0\r\n\r\n"
LENGTHS = {
    "both": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\n",
    "both, the other way round": b"Transfer-Encoding: chunked\r\nContent-Length: 5\r\n",
    "two lengths": b"Content-Length: 5\r\nContent-Length: 0\r\n",
    "twice the same length": b"Content-Length: 5\r\nContent-Length: 5\r\n",
    "two lengths in one line": b"Content-Length: 5, 0\r\n",
    "a length with a sign": b"Content-Length: +5\r\n",
    "a coding nobody knows": b"Content-Length: 5\r\nTransfer-Encoding: xchunked\r\n",
    "a coding before it": b"Content-Length: 5\r\nTransfer-Encoding: gzip, chunked\r\n",
    "a coding after it": b"Content-Length: 5\r\nTransfer-Encoding: chunked, identity\r\n",
    "codings twice": b"Content-Length: 5\r\nTransfer-Encoding: chunked\r\nTransfer-Encoding: identity\r\n",
    "a tab": b"Content-Length: 5\r\nTransfer-Encoding:\tchunked\r\n",
    "a vertical tab": b"Content-Length: 5\r\nTransfer-Encoding: \x0bchunked\r\n",
    "a blank before the colon": b"Content-Length: 5\r\nTransfer-Encoding : chunked\r\n",
    "a folded line": b"Content-Length: 5\r\nTransfer-Encoding:\r\n chunked\r\n",
    "a bare line feed": b"Content-Length: 5\nTransfer-Encoding: chunked\r\n",
    "a bare carriage return": b"Content-Length: 5\r\nX: y\rTransfer-Encoding: chunked\r\n",
}
CHUNKS = {
    "an odd size": b"0x0\r\n\r\n",
    "a size too large for a number": b"10000000000000000\r\n\r\n",
    "a size with a sign": b"-0\r\n\r\n",
}
LENIENT = {
    "a bare line feed after the size": b"0\n\n",
    "an extension with a line feed": b"0;a\n\r\n",
}


@pytest.fixture(autouse=True, scope="module")
def awake(served: Stand) -> None:
    """The portal answers, so that silence later on is one of nginx."""
    assert sent(served, b"GET /alive HTTP/1.1\r\n" + HOST + b"\r\n", patience=90)


def sent(served: Stand, data: bytes, patience: float = 3) -> bytes:
    """Sends bytes over TLS; gives all that comes back until the line is shut or nothing comes any more."""
    context = ssl.create_default_context(cafile=str(CERTIFICATE))
    answer = b""
    with (
        socket.create_connection(("127.0.0.1", served.port), timeout=patience) as line,
        context.wrap_socket(line, server_hostname="localhost") as safe,
        suppress(ConnectionError, ssl.SSLError, TimeoutError),
    ):
        safe.sendall(data)
        while part := safe.recv(65536):
            answer += part
            safe.settimeout(0.5)
    return answer


def hidden(served: Stand) -> int:
    """How many hidden requests the portal has answered."""
    return sum(served.log().count(f'"{endpoint}"') for endpoint in ("check.verifier", "check.file"))


@pytest.mark.proves("F18")
@pytest.mark.parametrize("version", [b"HTTP/1.1", b"HTTP/1.0"])
@pytest.mark.parametrize("name", LENGTHS)
def test_a_request_with_two_lengths_is_never_taken_for_two(served: Stand, name: str, version: bytes) -> None:
    head = POST.replace(b"HTTP/1.1", version) + b"Connection: keep-alive\r\n" + LENGTHS[name]
    for second in (ASKED, POSTED):
        answer = sent(served, head + b"\r\n0\r\n\r\n" + second)
        assert answer.count(b"HTTP/1.") == 1, answer
        assert answer.split(b" ", 2)[1] in (b"400", b"501"), answer
    assert hidden(served) == 0


@pytest.mark.proves("F18")
def test_a_name_with_an_underscore_is_passed_over(served: Stand) -> None:
    """The length that is left says where the next request begins: here in the midst of a word."""
    head = POST + b"Content-Length: 5\r\nTransfer_Encoding: chunked\r\n"
    answer = sent(served, head + b"\r\n0\r\n\r\n" + b"\0" + ASKED)
    assert answer.count(b"HTTP/1.") <= 2
    assert hidden(served) == 0


@pytest.mark.proves("F18")
@pytest.mark.parametrize("name", CHUNKS)
def test_nor_is_one_whose_chunks_make_no_sense(served: Stand, name: str) -> None:
    for second in (ASKED, POSTED):
        answer = sent(served, POST + b"Transfer-Encoding: chunked\r\n\r\n" + CHUNKS[name] + second)
        assert answer.count(b"HTTP/1.") == 1, answer
        assert answer.split(b" ", 2)[1] == b"400", answer
    assert hidden(served) == 0


@pytest.mark.proves("F18")
@pytest.mark.parametrize("name", LENIENT)
def test_where_nginx_is_lenient_it_says_the_length_anew(served: Stand, name: str) -> None:
    """It takes a line feed for the end of a line: two requests, for it and for the portal alike."""
    before = hidden(served)
    answer = sent(served, POST + b"Transfer-Encoding: chunked\r\n\r\n" + LENIENT[name] + ASKED)
    assert answer.count(b"HTTP/1.1 ") == 2, answer
    assert hidden(served) - before == 1


@pytest.mark.proves("F18")
def test_honest_requests_on_one_line_are_all_answered(served: Stand) -> None:
    """Comes last: what the tests above look for would be seen, and has not come late."""
    before = hidden(served)
    assert sent(served, ASKED + POSTED + ASKED, patience=30).count(b"HTTP/1.1 ") == 3
    assert hidden(served) - before == 3
