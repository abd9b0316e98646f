"""A server of the portal that is killed and started again."""

from __future__ import annotations

import os
import signal
import socket
import subprocess  # nosec B404
import sys
import time
from pathlib import Path

import psutil

from portal.config import ROOT

PATIENCE = 60  # seconds for the server to begin
PORTAL = (sys.executable, "-m", "portal")
PAGES = (sys.executable, "-m", "benchmarks.serve")  # without the jobs


class NotBegun(Exception):
    """The server does not begin."""


class Server:
    """`python -m portal`, or another command that serves it, in a process group of its own."""

    def __init__(self, folder: Path, url: str = "", command: tuple[str, ...] = PORTAL, **more: str) -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        given = {"PORTAL_DATA": str(folder), "DATABASE_URL": url, "PORT": str(self.port)}
        self._command = command
        self._environment = {
            **os.environ,
            **given,
            "SIGNING_WINDOW_MINUTES": "120",
            "LOG_LEVEL": "ERROR",
        } | more
        self._log = folder / "server.log"
        self.cookies: dict[str, tuple[str, str]] = {}  # of who is signed in, with the token for posts
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it is well.

        Raises:
            NotBegun: it does not begin.
        """
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # nosec B603
                self._command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                self._wait(0.05)
        raise NotBegun("the server does not begin")

    @property
    def process(self) -> psutil.Process:
        """Its first process."""
        if self._process is None:
            raise NotBegun("the server has not begun")
        return psutil.Process(self._process.pid)

    def kill(self) -> None:
        """Ends all its processes at once, as a power cut would."""
        if self._process is not None and self._process.poll() is None:
            os.killpg(self._process.pid, signal.SIGKILL)
            self._process.wait()

    def _wait(self, seconds: float) -> None:
        if self._process is not None:
            try:
                self._process.wait(seconds)
            except subprocess.TimeoutExpired:
                return
