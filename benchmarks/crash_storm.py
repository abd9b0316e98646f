"""Browsers that send to the portal over many connections, while something is killed."""

from __future__ import annotations

import http.client
import re
import threading
from collections.abc import Callable
from dataclasses import dataclass, field
from queue import Empty, SimpleQueue
from urllib.parse import urlencode

from benchmarks.crash_server import Server
from portal.domain.demo import DEMO_PASSWORD


class Refused(Exception):
    """The server is there and says no."""


class Away(Exception):
    """The server is there, but not what it needs."""


FORM, UPLOAD = "application/x-www-form-urlencoded", "multipart/form-data; boundary=edge"
GONE = (OSError, http.client.HTTPException, Away)


@dataclass(frozen=True)
class Try:
    """One act: who sends what where, and the page or record that it is about."""

    kind: str
    about: str
    login: str
    path: str
    fields: dict[str, str] = field(hash=False)


class Browser:
    """Somebody signed in, over a connection that stays open."""

    def __init__(self, server: Server, login: str) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", server.port, timeout=60)
        self._cookie, self._token = server.cookies.get(login, ("", ""))
        if not self._token:
            token = _token(self._ask("GET", "/sign-in")[1])
            given = {"csrf_token": token, "login": login, "password": DEMO_PASSWORD}
            self._ask("POST", "/sign-in", urlencode(given).encode())
            self._token = _token(self._ask("GET", "/account/password")[1])
            server.cookies[login] = self._cookie, self._token

    def send(self, one: Try) -> bool:
        """Sends the act; whether it was taken, False where somebody has done it before.

        Raises:
            Refused: the server says no.
            Away: it cannot do anything now.
            OSError: it is gone.
        """
        fields = {**one.fields, "csrf_token": self._token}
        status, page = self._ask("POST", one.path, urlencode(fields).encode())
        if status == 503:
            raise Away
        if status not in (303, 409):
            said = re.sub(r"<[^>]+>|\s+", " ", page)
            raise Refused(f"{one.path}: {status} {said[-800:]}")
        return status == 303

    def close(self) -> None:
        """Hangs up; whoever sends again calls anew."""
        self._connection.close()

    def get(self, path: str) -> str:
        """Opens a page.

        Raises:
            Refused: it is not there.
        """
        status, page = self._ask("GET", path)
        if status != 200:
            raise Refused(f"{path}: {status}")
        return page

    def upload(self, name: str, data: bytes) -> int:
        """Hands a file in, and gives the status of the answer."""
        part = "--edge\r\nContent-Disposition: form-data; name="
        text = f'{part}"csrf_token"\r\n\r\n{self._token}\r\n{part}"name"\r\n\r\nevidence\r\n'
        head = f'{text}{part}"file"; filename="{name}"\r\n\r\n'.encode()
        return self._ask("POST", "/files", head + data + b"\r\n--edge--\r\n", UPLOAD)[0]

    def _ask(self, method: str, path: str, body: bytes | None = None, kind: str = FORM) -> tuple[int, str]:
        headers = {"Cookie": self._cookie, **({"Content-Type": kind} if body is not None else {})}
        self._connection.request(method, path, body, headers)
        answer = self._connection.getresponse()
        for cookie in answer.headers.get_all("Set-Cookie") or []:
            if cookie.startswith("portal="):
                self._cookie = cookie.split(";")[0]
        return answer.status, answer.read().decode(errors="replace")


def _token(page: str) -> str:
    found = re.search(r'name="csrf_token"[^>]*value="([^"]*)"', page)
    if found is None:
        raise Refused("the page has no token")
    return found[1]


@dataclass(frozen=True)
class Blow:
    """What is killed once so many acts are acknowledged, and whether the server outlives it."""

    strike: Callable[[], None]
    after: int
    delay: float = 0
    outlived: bool = False


class Storm:
    """Many browsers at once: what was acknowledged, and what was under way when something was killed."""

    def __init__(self, tries: list[Try], blow: Blow | None) -> None:
        self.done: list[Try] = []
        self.lost: list[Try] = []
        self.refused: list[Exception] = []
        self._queues: dict[str, SimpleQueue[Try]] = {one.login: SimpleQueue() for one in tries}
        for one in tries:
            self._queues[one.login].put(one)
        self._blow, self._due = blow, threading.Event()

    def rage(self, server: Server, connections: int) -> None:
        """Sends everything, or as much as is sent until the blow."""
        places = (sorted(self._queues) * connections)[:connections]
        browsers = [Browser(server, login) for login in places]
        threads = [
            threading.Thread(target=self._work, args=one)
            for one in zip(browsers, (self._queues[login] for login in places), strict=True)
        ]
        striker = threading.Thread(target=self._strike)
        for thread in (striker, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        self._due.set()
        striker.join()
        for browser in browsers:
            browser.close()

    def _work(self, browser: Browser, queue: SimpleQueue[Try]) -> None:
        while not self.refused:
            try:
                one = queue.get_nowait()
            except Empty:
                return
            try:
                browser.send(one)
            except GONE:
                self.lost.append(one)
                if self._blow is None or not self._blow.outlived:
                    return
                browser.close()
            except Refused as problem:
                self.refused.append(problem)
            else:
                self._acknowledged(one)

    def _acknowledged(self, one: Try) -> None:
        self.done.append(one)
        if self._blow is not None and len(self.done) >= self._blow.after:
            self._due.set()

    def _strike(self) -> None:
        self._due.wait()
        if self._blow is not None:
            threading.Event().wait(self._blow.delay)
            self._blow.strike()


def storm(
    server: Server, tries: list[Try], connections: int, blow: Blow | None = None
) -> tuple[list[Try], list[Try]]:
    """Sends all that over many connections; gives what was acknowledged, and what was under way when the blow came.

    Raises:
        Refused: the server has said no to something.
    """
    one = Storm(tries, blow)
    one.rage(server, connections)
    if one.refused:
        raise one.refused[0]
    return one.done, one.lost
