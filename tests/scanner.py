"""A clamd on loopback that knows one virus, the harmless one of EICAR, and can be made to misbehave."""

from __future__ import annotations

import socketserver
import struct
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

# In two halves, so that no scanner takes this file for it.
EICAR = rb"X5O!P%@AP[4\PZX54(P^)7CC)7}$" + b"EICAR-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"
NAME = "Win.Test.EICAR_HDB-1"


@dataclass
class Scanner:
    """What it was shown; `mood` is `well`, `silent`, `slow`, `full` (hangs up at the first bytes) or `odd`."""

    address: str = ""
    mood: str = "well"
    seen: list[bytes] = field(default_factory=list)
    calls: int = 0
    asleep: threading.Event = field(default_factory=threading.Event)  # set it, and a silent one hangs up


class Line(socketserver.StreamRequestHandler):
    """One conversation."""

    def handle(self) -> None:
        """Reads what is shown, as the protocol says, and answers."""
        scanner: Scanner = self.server.scanner  # type: ignore[attr-defined]
        scanner.calls += 1
        if scanner.mood == "silent":
            scanner.asleep.wait(20)
            return
        assert self.rfile.read(10) == b"zINSTREAM\0"
        if scanner.mood == "full":
            self.wfile.write(b"INSTREAM size limit exceeded. ERROR\0")
            return
        shown = b""
        while size := struct.unpack(">I", self.rfile.read(4))[0]:
            shown += self.rfile.read(size)
        scanner.seen.append(shown)
        self._answer(scanner.mood, shown)

    def _answer(self, mood: str, shown: bytes) -> None:
        said = f"stream: {NAME} FOUND" if EICAR in shown else "stream: OK"
        said = "no such command" if mood == "odd" else said
        for letter in said.encode() + b"\0":
            self.wfile.write(bytes([letter]))
            time.sleep(0.3 if mood == "slow" else 0)


@contextmanager
def scanning(socket: Path | None = None) -> Iterator[Scanner]:
    """The scanner on a port, or on a socket at this path."""
    kind = socketserver.ThreadingUnixStreamServer if socket else socketserver.ThreadingTCPServer
    with kind(str(socket) if socket else ("127.0.0.1", 0), Line) as server:  # type: ignore[arg-type]
        server.daemon_threads = True
        scanner = Scanner(str(socket) if socket else f"127.0.0.1:{server.server_address[1]!s}")
        server.scanner = scanner  # type: ignore[union-attr]
        thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
        thread.start()
        try:
            yield scanner
        finally:
            scanner.asleep.set()
            server.shutdown()
            thread.join()
