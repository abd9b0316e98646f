"""An S3-compatible server of the tests' own, on loopback; what it keeps goes with its process."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

BUCKET = "portal-files"
KEY, SECRET = "portal", "not-a-secret"
PATIENCE = 60


@dataclass
class Server:
    """A server that can be taken away and come back; paused it takes connections and does not answer."""

    port: int
    process: subprocess.Popen[bytes] = field(repr=False)

    @property
    def endpoint(self) -> str:
        """Where it listens."""
        return f"http://127.0.0.1:{self.port}"

    def settings(self, prefix: str = "here") -> dict[str, Any]:
        """The portal's settings for it."""
        return {
            "files_url": f"s3://{BUCKET}/{prefix}",
            "files_endpoint": self.endpoint,
            "files_key": KEY,
            "files_secret": SECRET,
        }

    def pause(self) -> None:
        """It does not answer any more."""
        self.process.send_signal(signal.SIGSTOP)

    def go_on(self) -> None:
        """It answers again."""
        self.process.send_signal(signal.SIGCONT)

    def write(self, name: str, data: bytes) -> None:
        """Puts an object there behind the portal's back."""
        urllib.request.urlopen(
            urllib.request.Request(
                f"{self.endpoint}/{BUCKET}/{name}", data=data, method="PUT", headers=_ANYBODY
            )
        ).close()

    def names(self) -> list[str]:
        """What it holds."""
        with urllib.request.urlopen(
            urllib.request.Request(f"{self.endpoint}/{BUCKET}?list-type=2", headers=_ANYBODY)
        ) as answer:
            text = answer.read().decode()
        return [part.partition("</Key>")[0] for part in text.split("<Key>")[1:]]


# The server believes any signature; without one it takes the caller for a stranger.
_ANYBODY = {"Authorization": f"AWS4-HMAC-SHA256 Credential={KEY}/20260101/us-east-1/s3/aws4_request"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@contextmanager
def served() -> Iterator[Server]:
    """The server with an empty bucket."""
    port = free_port()
    command = [sys.executable, "-W", "ignore", "-m", "moto.server", "-H", "127.0.0.1", "-p", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    server = Server(port, process)
    try:
        _make_bucket(server)
        yield server
    finally:
        process.kill()
        process.wait()


def _make_bucket(server: Server) -> None:
    until = time.monotonic() + PATIENCE
    request = urllib.request.Request(f"{server.endpoint}/{BUCKET}", method="PUT", headers=_ANYBODY)
    while True:
        try:
            urllib.request.urlopen(request).close()
            return
        except urllib.error.URLError:
            assert server.process.poll() is None, "The object store of the tests has ended."
            assert time.monotonic() < until, "The object store of the tests does not answer."
            time.sleep(0.1)
