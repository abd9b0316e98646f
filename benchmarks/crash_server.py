"""A server that is killed, and the browsers that send to it all the while."""

from __future__ import annotations

import http.client
import os
import re
import signal
import socket
import subprocess  # nosec B404
import sys
import threading
import time
from dataclasses import dataclass, field
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

from portal.config import ROOT
from portal.domain.demo import DEMO_PASSWORD

PATIENCE = 60  # seconds for the server to begin
GONE = (OSError, http.client.HTTPException)


class Refused(Exception):
    """The server is there and says no."""


@dataclass(frozen=True)
class Try:
    """One act: who sends what where, and the page or record that it is about."""

    kind: str
    about: str
    login: str
    path: str
    fields: dict[str, str] = field(hash=False)


class Server:
    """`python -m portal` in a process group of its own."""

    def __init__(self, folder: Path, url: str = "") -> None:
        with socket.create_server(("127.0.0.1", 0)) as free:
            self.port = int(free.getsockname()[1])
        given = {"PORTAL_DATA": str(folder), "DATABASE_URL": url, "PORT": str(self.port)}
        self._environment = {**os.environ, **given, "SIGNING_WINDOW_MINUTES": "120", "LOG_LEVEL": "ERROR"}
        self._log = folder / "server.log"
        self.cookies: dict[str, tuple[str, str]] = {}  # of who is signed in, with the token for posts
        self._process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Starts it and waits until it is well.

        Raises:
            Refused: it does not begin.
        """
        command = [sys.executable, "-m", "portal"]
        with self._log.open("ab") as log:
            self._process = subprocess.Popen(  # nosec B603
                command, cwd=ROOT, env=self._environment, stdout=log, stderr=log, start_new_session=True
            )
        until = time.monotonic() + PATIENCE
        while time.monotonic() < until and self._process.poll() is None:
            try:
                with socket.create_connection(("127.0.0.1", self.port), 1):
                    return
            except OSError:
                self._wait(0.05)
        raise Refused("the server does not begin")

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


class Browser:
    """Somebody signed in, over a connection that stays open."""

    def __init__(self, server: Server, login: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._cookie, self._token = server.cookies.get(login, ("", ""))
        if not self._token:
            token = _token(self._ask("GET", "/sign-in")[1])
            self._ask("POST", "/sign-in", {"csrf_token": token, "login": login, "password": DEMO_PASSWORD})
            self._token = _token(self._ask("GET", "/account/password")[1])
            server.cookies[login] = self._cookie, self._token

    def send(self, one: Try) -> bool:
        """Sends the act; whether it was taken, False where somebody has done it before.

        Raises:
            Refused: the server says no.
            OSError: it is gone.
        """
        status, page = self._ask("POST", one.path, {**one.fields, "csrf_token": self._token})
        if status not in (303, 409):
            said = re.sub(r"<[^>]+>|\s+", " ", page)
            raise Refused(f"{one.path}: {status} {said[-800:]}")
        return status == 303

    def close(self) -> None:
        """Hangs up."""
        self._connection.close()

    def _ask(self, method: str, path: str, fields: dict[str, str] | None = None) -> tuple[int, str]:
        headers = {"Cookie": self._cookie}
        if fields is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        self._connection.request(method, path, urlencode(fields) if fields is not None else None, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("portal="):
                self._cookie = cookie.split(";")[0]
        return answer.status, answer.read().decode()


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)
    if found is None:
        raise Refused("the page has no token")
    return found[1]


def storm(
    server: Server, tries: list[Try], connections: int, kill_after: int | None = None, delay: float = 0
) -> tuple[list[Try], list[Try]]:
    """Sends all that over many connections, until so many are acknowledged; some moments later the server is killed.

    Gives what was acknowledged, and what was under way at that moment.

    Raises:
        Refused: the server has said no to something.
    """
    logins = {one.login for one in tries}
    queues: dict[str, SimpleQueue[Try]] = {login: SimpleQueue() for login in logins}
    for one in tries:
        queues[one.login].put(one)
    done: list[Try] = []
    lost: list[Try] = []
    refused: list[Refused] = []
    death, enough = threading.Event(), len(tries) if kill_after is None else kill_after

    def strike() -> None:
        death.wait()
        threading.Event().wait(delay)
        server.kill()

    def work(browser: Browser, queue: SimpleQueue[Try]) -> None:
        while True:
            try:
                one = queue.get_nowait()
            except Empty:
                return
            try:
                browser.send(one)
            except GONE:
                lost.append(one)
                return
            except Refused as problem:
                refused.append(problem)
                return
            done.append(one)
            if len(done) >= enough:
                death.set()

    places = [(login, queues[login]) for login in sorted(logins)]
    browsers = [(Browser(server, login), queue) for login, queue in (places * connections)[:connections]]
    threads = [threading.Thread(target=work, args=one) for one in browsers]
    striker = threading.Thread(target=strike)
    if kill_after is not None:
        striker.start()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for browser, _queue in browsers:
        browser.close()
    death.set()
    if kill_after is not None:
        striker.join()
    if refused:
        raise refused[0]
    return done, lost
