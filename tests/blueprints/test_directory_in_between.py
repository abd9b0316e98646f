"""Somebody sits between the portal and its directory: no password is sent before the line is encrypted, no answer is slipped in."""

from __future__ import annotations

import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field

import pytest

from portal.lib import directory_asked
from portal.lib.directory import Directory, Unreachable
from tests import slapd
from tests.slapd import HOST, Slapd

GOOD = "Berge und Seen, 41"
STARTTLS, BIND = 0x78, 0x61  # answers, as LDAP numbers them


@dataclass(frozen=True)
class Answer:
    """One answer of a directory, to the first request or to one so many later."""

    kind: int
    code: int
    later: int = 0

    def to(self, request: bytes) -> bytes:
        body = bytes([self.kind, 7, 0x0A, 1, self.code, 4, 0, 4, 0])
        asked = int.from_bytes(
            request[4 : 4 + request[3]]
        )  # the library counts on from one conversation to the next
        return bytes([0x30, 6 + len(body), 2, 4]) + (asked + self.later).to_bytes(4) + body


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slapd]:
    with slapd.served(tmp_path_factory.mktemp("slapd"), {"buyer": GOOD}) as found:
        yield found


@dataclass
class Between:
    """Whoever sits there: answers the request for encryption by itself, then sees what comes in the clear."""

    says: tuple[Answer, ...]
    seen: bytes = b""
    then: Callable[[socket.socket, Between], None] | None = None
    door: socket.socket = field(default_factory=lambda: socket.create_server((HOST, 0)))

    def __post_init__(self) -> None:
        self.thread = threading.Thread(target=self._sit, daemon=True)
        self.thread.start()

    def directory(self, server: Slapd, **changed: str) -> Directory:
        """The directory as the portal knows it, reached by way of here."""
        given = {"base": slapd.BASE, "attribute": "uid", "account": slapd.ACCOUNT, "secret": slapd.SECRET}
        url = f"ldap://{HOST}:{self.door.getsockname()[1]}"
        return Directory(url=url, roots=str(server.root), seconds=5, person="", **{**given, **changed})

    def close(self) -> bytes:
        self.thread.join(30)
        self.door.close()
        return self.seen

    def _sit(self) -> None:
        link, _who = self.door.accept()
        with suppress(OSError), link:
            self.seen += link.recv(65536)
            link.sendall(b"".join(one.to(self.seen) for one in self.says))
            if self.then is not None:
                self.then(link, self)
            while piece := link.recv(65536):
                self.seen += piece


@pytest.mark.parametrize("code", [1, 2, 10, 52, 53])
def test_a_refusal_of_encryption_sends_no_password(server: Slapd, code: int) -> None:
    between = Between((Answer(STARTTLS, code),))
    with pytest.raises(Unreachable, match="startTLS failed"):
        directory_asked.fits(between.directory(server), "buyer", GOOD)
    seen = between.close()
    assert GOOD.encode() not in seen
    assert slapd.SECRET.encode() not in seen


def test_encryption_by_another_certificate_sends_no_password(server: Slapd) -> None:
    between = Between((Answer(STARTTLS, 0),))  # and then speaks on in the clear
    with pytest.raises(Unreachable):
        directory_asked.fits(between.directory(server), "buyer", GOOD)
    seen = between.close()
    assert GOOD.encode() not in seen


def passing_on(server: Slapd) -> Callable[[socket.socket, Between], None]:
    """What comes after is passed on to the real directory, and back, as it is."""

    def carry(source: socket.socket, to: socket.socket, between: Between) -> None:
        with suppress(OSError):
            while piece := source.recv(65536):
                between.seen += piece
                to.sendall(piece)

    def both(link: socket.socket, between: Between) -> None:
        with socket.create_connection((HOST, server.plain)) as real:
            real.sendall(between.seen)
            real.recv(65536)  # its own yes to the encryption, which was given already
            back = threading.Thread(target=carry, args=(real, link, between), daemon=True)
            back.start()
            carry(link, real, between)

    return both


@pytest.mark.parametrize("slipped", [(), (Answer(BIND, 0, 1),), (Answer(BIND, 0, 1), Answer(BIND, 0, 3))])
def test_an_answer_that_was_slipped_in_before_the_encryption_is_none(
    server: Slapd, slipped: tuple[Answer, ...]
) -> None:
    """It would stand for the answer to the password that is asked about later, inside."""
    between = Between((Answer(STARTTLS, 0), *slipped), then=passing_on(server))
    directory = between.directory(server)
    if slipped:
        with pytest.raises(Unreachable):
            directory_asked.fits(directory, "buyer", "not the password")
    else:
        assert not directory_asked.fits(directory, "buyer", "not the password")
    assert GOOD.encode() not in between.close()


def test_by_way_of_somebody_who_only_passes_on_the_password_fits(server: Slapd) -> None:
    between = Between((Answer(STARTTLS, 0),), then=passing_on(server))
    assert directory_asked.fits(between.directory(server), "buyer", GOOD)
    assert GOOD.encode() not in between.close()


@pytest.mark.timeout(60)
def test_a_directory_that_says_a_little_now_and_then_is_not_waited_for(
    server: Slapd, monkeypatch: pytest.MonkeyPatch
) -> None:
    def drip(link: socket.socket, _between: Between) -> None:
        link.sendall(bytes([0x30, 0x84, 0x7F, 0xFF, 0xFF, 0xFF]))  # an answer of two gigabytes
        while True:
            link.sendall(b"\0")
            threading.Event().wait(0.001)

    monkeypatch.setattr(directory_asked, "ANSWERS", 0.05)
    between = Between((), then=drip)
    with pytest.raises(Unreachable):
        directory_asked.fits(between.directory(server), "buyer", GOOD)
    between.close()
