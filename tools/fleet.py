"""Several hosts in network namespaces of this machine, under load, while one after the other is cut off.

Two web hosts, a jobs host, PostgreSQL with a synchronous standby, an object store. Needs root, `ip` and PostgreSQL's
programs. Prints what was acknowledged in each stretch of time, and whether any of it is lost afterwards.

    .venv/bin/python tools/fleet.py
"""

from __future__ import annotations

import http.client
import re
import secrets
import shutil
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

from fleet_hosts import ROOT, Fleet, address, enter_hub

STRETCH = 15  # seconds of each stretch of load
LOGINS = ("buyer", "warehouse_keeper", "quality_inspector", "foreman")  # each may upload 2,000 files a day
PAUSE = 0.1  # seconds between two acts of one of them
PASSWORD = "demo-2026"


@dataclass
class Client:
    """Somebody who signs in and uploads, again and again, and notes what was acknowledged."""

    web: str
    login: str
    cookies: dict[str, str] = field(default_factory=dict)
    token: str = ""

    def ask(
        self, method: str, path: str, body: bytes = b"", kind: str = "application/x-www-form-urlencoded"
    ) -> tuple[int, bytes]:
        """One request, ended after a while."""
        there = http.client.HTTPConnection(address(self.web), 8000, timeout=40)
        try:
            head = {"Host": "portal.example.com", "Content-Type": kind, "X-CSRFToken": self.token}
            head["Cookie"] = "; ".join(f"{name}={value}" for name, value in self.cookies.items())
            there.request(method, path, body or None, head)
            answer = there.getresponse()
            for line in answer.headers.get_all("Set-Cookie") or []:
                name, _is, value = line.partition(";")[0].partition("=")
                self.cookies[name] = value
            return answer.status, answer.read()
        finally:
            there.close()

    def sign_in(self) -> bool:
        """A session that the database keeps."""
        self.cookies, self.token = {}, ""
        self.token = self._token("/sign-in")
        status, _text = self.ask("POST", "/sign-in", f"login={self.login}&password={PASSWORD}".encode())
        if status == 303:
            self.token = self._token("/")
        return status == 303

    def _token(self, path: str) -> str:
        return "".join(re.findall(r'"X-CSRFToken": "([^"]+)"', self.ask("GET", path)[1].decode())[:1])

    def upload(self, data: bytes) -> tuple[int, int]:
        """The answer's number, and the file's id where it was taken."""
        line = b"--edge\r\n"
        body = line + b'Content-Disposition: form-data; name="name"\r\n\r\nevidence\r\n' + line
        body += (
            b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n'
            + data
            + b"\r\n--edge--\r\n"
        )
        status, text = self.ask("POST", "/files", body, "multipart/form-data; boundary=edge")
        found = re.findall(r'value="(\d+)"', text.decode()) if status == 200 else []
        return status, int(found[0]) if found else 0


class Load:
    """The clients; each goes to the other web host when its own does not answer."""

    def __init__(self) -> None:
        self.files: dict[int, tuple[str, bytes]] = {}
        self.counts: Counter[str] = Counter()
        self.last, self.gap, self.going = time.monotonic(), 0.0, True
        self._lock = threading.Lock()
        self.threads = [threading.Thread(target=self._work, args=(number,)) for number in range(len(LOGINS))]
        for thread in self.threads:
            thread.start()

    def _work(self, number: int) -> None:
        client, signed_in = Client(f"web{number % 2 + 1}", LOGINS[number]), False
        while self.going:
            data = secrets.token_hex(2000).encode()
            try:
                signed_in = signed_in or client.sign_in()
                status, id = client.upload(data) if signed_in else (503, 0)
            except (OSError, http.client.HTTPException):
                client.web, status, id = ("web2" if client.web == "web1" else "web1"), 0, 0
            with self._lock:
                if id:
                    self.files[id] = (client.login, data)
                    self.gap, self.last = max(self.gap, time.monotonic() - self.last), time.monotonic()
                self.counts["acknowledged" if id else f"answer {status}" if status else "no answer"] += 1
            signed_in = signed_in and (bool(id) or status == 503)
            time.sleep(PAUSE)

    def warm(self) -> None:
        """Waits until everybody has done something."""
        while len(self.files) < 10 * len(LOGINS) and self.going:
            time.sleep(0.5)

    def stretch(self, name: str, seconds: int = STRETCH) -> None:
        """Lets them work, and tells how it went."""
        with self._lock:
            self.counts.clear()
            self.gap = 0.0
        time.sleep(seconds)
        with self._lock:
            since = max(self.gap, time.monotonic() - self.last)
            told = ", ".join(f"{count} {what}" for what, count in sorted(self.counts.items()))
        print(f"{name:<42} {told or 'nothing'}; longest without one {since:.1f} s", flush=True)

    def stop(self) -> None:
        """Lets them end."""
        self.going = False
        for thread in self.threads:
            thread.join()


def lost(files: dict[int, tuple[str, bytes]]) -> int:
    """How many of the acknowledged files are not given out, as they were, to who uploaded them."""
    clients = {login: Client("web2", login) for login in LOGINS}
    assert all(client.sign_in() for client in clients.values())
    return sum(
        clients[login].ask("GET", f"/files/{id}") != (200, data) for id, (login, data) in files.items()
    )


def trial() -> int:
    """Cuts one host off after the other; from inside the hub, where the clients are."""
    folder = Path(tempfile.mkdtemp(prefix="fleet-"))
    folder.chmod(0o755)
    fleet = Fleet(folder)
    try:
        fleet.lay()
        fleet.database()
        fleet.portal()
        enter_hub()
        load = Load()
        load.warm()
        load.stretch("all there")
        fleet.wire("web1", "down")
        load.stretch("web1 cut off")
        fleet.wire("web1", "up")
        load.stretch("web1 back")
        fleet.wire("store", "down")
        load.stretch("object store cut off")
        fleet.wire("store", "up")
        load.stretch("object store back")
        fleet.wire("db1", "down")
        load.stretch("primary cut off", 5)
        fleet.promote()
        load.stretch("standby leads", 45)
        load.stretch("after that")
        load.stop()
        wrong = lost(load.files)
        print(f"{len(load.files)} files were acknowledged, {wrong} are lost.")
        fleet.do("jobs", ROOT / ".venv/bin/flask", "audit", "verify")
        fleet.do("jobs", ROOT / ".venv/bin/flask", "files", "check")
        print("Every chain of the audit trail holds, and every file that the database knows is in the store.")
        return 1 if wrong else 0
    finally:
        fleet.remove()
        if "--keep" not in sys.argv:
            shutil.rmtree(folder, ignore_errors=True)


if __name__ == "__main__":
    sys.exit(trial())
