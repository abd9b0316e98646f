"""Speaks with clamd, the daemon of the virus scanner ClamAV: bytes go out, what was found in them comes back."""

from __future__ import annotations

import socket
import struct
import time
from contextlib import suppress
from typing import IO

CHUNK = 1 << 16
LONGEST_ANSWER = 4096


class ScannerSilent(Exception):
    """The scanner cannot be reached, takes too long, or does not say what is asked."""


def scan(address: str, stream: IO[bytes], seconds: float) -> str:
    """What the scanner at this address (`host:port`, or the path of a socket) finds in what the stream has left.

    Returns:
        The name of what was found; nothing for a clean file.

    Raises:
        ScannerSilent: it has not said so within these seconds.
    """
    until = time.monotonic() + seconds
    try:
        with _connected(address, until) as line:
            with suppress(ConnectionError):  # it has heard enough, and says why
                _send(line, stream, until)
            return _found(_answer(line, until))
    except OSError as problem:
        raise ScannerSilent(str(problem)) from problem


def split(address: str) -> tuple[str, int] | None:
    """Host and port of an address; None for the path of a socket.

    Raises:
        ValueError: it is neither.
    """
    if address.startswith("/"):
        return None
    host, _colon, port = address.rpartition(":")
    if not host or not 0 < int(port) <= 65535:
        raise ValueError(address)
    return host.removeprefix("[").removesuffix("]"), int(port)


def _connected(address: str, until: float) -> socket.socket:
    place = split(address)
    if place is not None:
        return socket.create_connection(place, timeout=_left(until))
    line = socket.socket(socket.AF_UNIX)
    try:
        line.settimeout(_left(until))
        line.connect(address)
    except OSError:
        line.close()
        raise
    return line


def _send(line: socket.socket, stream: IO[bytes], until: float) -> None:
    line.sendall(b"zINSTREAM\0")
    while part := stream.read(CHUNK):
        line.settimeout(_left(until))
        line.sendall(struct.pack(">I", len(part)) + part)
    line.sendall(struct.pack(">I", 0))


def _answer(line: socket.socket, until: float) -> str:
    said = b""
    while not said.endswith(b"\0") and len(said) < LONGEST_ANSWER:
        line.settimeout(_left(until))
        if not (part := line.recv(LONGEST_ANSWER)):
            break
        said += part
    return said.rstrip(b"\0\n").decode("utf-8", "replace")


def _found(said: str) -> str:
    what = said.removeprefix("stream: ")
    if what == "OK":
        return ""
    if what.endswith(" FOUND"):
        return what.removesuffix(" FOUND")
    raise ScannerSilent(said[:200] or "it hung up")


def _left(until: float) -> float:
    left = until - time.monotonic()
    if left <= 0:
        raise TimeoutError("it takes too long")
    return left
