"""How long pages take with many people at once among very many records: `python -m benchmarks.load`."""

from __future__ import annotations

import argparse
import os
import re
import subprocess  # nosec B404
import sys
import tempfile
import threading
import time
from collections import defaultdict
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from queue import Empty, SimpleQueue
from random import Random
from urllib.parse import quote

from benchmarks.browser import Browser, order, sign, submit
from benchmarks.fill import CODES, fill
from benchmarks.made_up import WORDS
from portal.config import ROOT, Settings
from portal.forms.titles import register_path

PORT = 8103
LOGINS = ("purchasing_manager", "buyer", "customer_service_officer", "employee", "foreman", "general_manager")
ACTS = {"home": 30, "register": 20, "record": 25, "search": 10, "write": 15}
RECORD = re.compile(r'href="(/[a-z-]+/[a-z-]+/[A-Z]{2}-\d+-\d{4}-\d+)"')
KINDS = (
    (re.compile(r"GET /$"), "home"),
    (re.compile(r"GET /find"), "search"),
    (re.compile(r"GET /[a-z-]+/[a-z-]+/$"), "register"),
    (re.compile(r"GET /[a-z-]+/[a-z-]+/new"), "form"),
    (re.compile(r"POST /[a-z-]+/[a-z-]+/new"), "submit"),
    (re.compile(r"POST .*/signatures"), "sign"),
    (re.compile(r"GET /[a-z-]+/[a-z-]+/[A-Z]"), "record"),
)
PAGES = ("home", "register", "form", "record")
ROWS = (*dict.fromkeys(kind for _shape, kind in KINDS), "pages")


class Clock:
    """How long each kind of request took, in milliseconds."""

    def __init__(self) -> None:
        self.took: dict[str, list[float]] = defaultdict(list)

    def watch(self, method: str, path: str, status: int, seconds: float) -> None:
        """Takes a request down."""
        kind = next((kind for shape, kind in KINDS if shape.match(f"{method} {path}")), "")
        if kind and status < 400:
            self.took[kind].append(seconds * 1000)

    def take(self, other: Clock) -> None:
        """Takes what another has seen."""
        for kind, took in other.took.items():
            self.took[kind] += took

    def of(self, kind: str, share: float) -> float:
        """What this share of the requests took at most."""
        found = sorted(self.all(kind))
        return found[min(int(len(found) * share), len(found) - 1)] if found else float("nan")

    def all(self, kind: str) -> list[float]:
        """All requests of a kind; of `pages` those of all pages that nothing is looked for or written by."""
        return [took for each in (PAGES if kind == "pages" else (kind,)) for took in self.took[each]]

    def __str__(self) -> str:
        return "ninety-five in a hundred take " + ", ".join(
            f"{kind} {self.of(kind, 0.95):.0f}" for kind in ROWS
        )


class Someone(threading.Thread):
    """Somebody who clicks, waits, and clicks again until told to stop."""

    def __init__(self, login: str, seed: int, think: float, orders: SimpleQueue[str]) -> None:
        super().__init__(daemon=True)
        self._browser, self._login, self._think, self._orders = Browser(PORT), login, think, orders
        self._rng, self._seen, self.clock = Random(seed), [""], Clock()
        self.stop, self.refused = threading.Event(), 0
        self._browser.sign_in(login)

    def run(self) -> None:
        """Clicks."""
        acts = self._rng.choices(list(ACTS), list(ACTS.values()), k=10_000)
        for act in acts:
            if self.stop.wait(self._rng.expovariate(1 / self._think)):
                return
            self._browser.watch = self.clock.watch
            try:
                self._seen += RECORD.findall(self._act(act))
            except (OSError, RuntimeError):
                self.refused += 1
            self._seen = self._seen[-200:]

    def _act(self, act: str) -> str:
        match act:
            case "register":
                return self._browser.get(register_path(self._rng.choice(CODES)))
            case "record" if self._seen[-1]:
                return self._browser.get(self._rng.choice(self._seen[1:]))
            case "search":
                return self._browser.get(f"/find?q={quote(self._rng.choice(WORDS))}")
            case "write":
                return self._write()
        return self._browser.get("/")

    def _write(self) -> str:
        if self._login == "customer_service_officer":
            return submit(self._browser)
        if self._login == "buyer":
            self._orders.put(order(self._browser))
        if self._login == "purchasing_manager":
            try:
                return sign(self._browser, self._orders.get_nowait())
            except Empty:
                pass
        return ""


def serve(
    settings: dict[str, str], workers: int, app: str = "app:app", port: int = PORT, door: str = "/sign-in"
) -> subprocess.Popen[bytes]:
    """gunicorn as in deploy/, in front of this database; it answers at its door."""
    environment = {
        **os.environ,
        **settings,
        "PORT": str(port),
        "WEB_WORKERS": str(workers),
        "LOG_LEVEL": "ERROR",
    }
    environment |= {"SIGNING_WINDOW_MINUTES": "120"}
    gunicorn = [
        sys.executable,
        "-m",
        "gunicorn",
        "-c",
        "deploy/gunicorn.conf.py",
        "--log-level",
        "error",
        app,
    ]
    server = subprocess.Popen(gunicorn, cwd=ROOT, env=environment)  # nosec B603
    for _try in range(300):
        try:
            Browser(port).get(door)
            return server
        except (OSError, RuntimeError):
            time.sleep(0.1)
    raise RuntimeError("the portal does not answer")


def jobs(settings: dict[str, str]) -> list[subprocess.Popen[bytes]]:
    """All that goes on beside the requests: the jobs, a search that is made anew, one print after the other."""
    environment = {**os.environ, **settings, "LOG_LEVEL": "ERROR", "PORT": str(PORT)}
    commands = (["flask", "--app", "app", "jobs", "run"], ["flask", "--app", "app", "search", "rebuild"])
    return [
        subprocess.Popen(
            [sys.executable, "-m", *command], cwd=ROOT, env=environment, stdout=subprocess.DEVNULL,
            start_new_session=True,  # as services are
        )  # nosec B603
        for command in commands
    ]  # fmt: skip


def print_on(stop: threading.Event) -> int:
    """A print every two seconds or so until told to stop; how many it was."""
    browser, count = Browser(PORT).sign_in("purchasing_manager"), 0
    records = RECORD.findall(browser.get(register_path("PU-04")))
    while not stop.wait(2):
        browser.get_file(f"{records[count % len(records)]}.pdf")
        count += 1
    return count


@dataclass
class Load:
    """What was seen of a crowd in one window, or in several together."""

    clock: Clock = field(default_factory=Clock)
    refused: int = 0
    seconds: float = 0

    def add(self, other: Load) -> None:
        """Takes another window in."""
        self.clock.take(other.clock)
        self.refused += other.refused
        self.seconds += other.seconds

    def __str__(self) -> str:
        answered = sum(map(len, self.clock.took.values())) / self.seconds
        return f"{answered:.0f} requests a second, {self.refused} refused"


def measure(people: int, seconds: float, think: float, seed: int) -> Load:
    """All people for so long."""
    orders: SimpleQueue[str] = SimpleQueue()
    crowd = [Someone(LOGINS[n % len(LOGINS)], seed + n, think, orders) for n in range(people)]
    begun = time.monotonic()
    for one in crowd:
        one.start()
    time.sleep(seconds)
    for one in crowd:
        one.stop.set()
    for one in crowd:
        one.join()
    together = Load(seconds=time.monotonic() - begun)
    for one in crowd:
        together.clock.take(one.clock)
        together.refused += one.refused
    return together


def measure_beside(settings: dict[str, str], crowd: Callable[[], Load]) -> tuple[Load, int]:
    """The crowd with all that goes on beside it, once that has looked at what was left undone; and how many prints it was."""
    running, stop = jobs(settings), threading.Event()
    try:
        time.sleep(30)
        with ThreadPoolExecutor(1) as beside:
            prints = beside.submit(print_on, stop)
            seen = crowd()
            stop.set()
            return seen, prints.result()
    finally:
        for process in running:
            process.terminate()
            process.wait()


def main() -> None:
    """Prints a row for each kind of request: without jobs and with them."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.load", description=__doc__)
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument(
        "--think", type=float, default=3.0, help="seconds between an answer and the next click"
    )
    parser.add_argument(
        "--seconds", type=float, default=60, help="of each window, one without jobs and one with"
    )
    parser.add_argument(
        "--rounds", type=int, default=1, help="pairs of windows, taken together; every other begins with jobs"
    )
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--database", default="", help="address of an empty PostgreSQL")
    parser.add_argument("--keep", type=Path, help="a folder to measure in again")
    given = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = given.keep or Path(name)
        settings = {
            "PORTAL_DATA": str(folder),
            **({"DATABASE_URL": given.database} if given.database else {}),
        }
        if not folder.exists() or not any(folder.iterdir()):
            url = {"database_url": given.database} if given.database else {}
            fill(Settings(portal_data=folder, **url), given.records, searchable=True)
        alone, busy, prints = Load(), Load(), 0
        server = serve(settings, given.workers)
        try:
            # First to warm up, and so that no job is left undone.
            measure_beside(settings, partial(measure, given.people, 10, given.think, 1))
            for window in range(2 * given.rounds):
                # The two of a pair do the same; neither kind comes later on the whole, when there is more.
                pair, beside = window // 2 + 1, window % 4 in (1, 2)
                crowd = partial(measure, given.people, given.seconds, given.think, pair * 1000)
                seen, printed = measure_beside(settings, crowd) if beside else (crowd(), 0)
                (busy if beside else alone).add(seen)
                prints += printed
                say(f"{'with jobs' if beside else 'alone'}: {seen.clock}")
        finally:
            server.terminate()
            server.wait()
    tell(alone, busy)
    sys.stdout.write(f"{prints} prints beside it\n")


def say(line: str) -> None:
    """Tells at once how a window went."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


def tell(alone: Load, busy: Load) -> None:
    """Writes the table."""
    sys.stdout.write(
        "| request | half take | ninety-five in a hundred | times | with jobs | times |\n|---|---|---|---|---|---|\n"
    )
    for kind in ROWS:
        half, most, beside = alone.clock.of(kind, 0.5), alone.clock.of(kind, 0.95), busy.clock.of(kind, 0.95)
        sys.stdout.write(
            f"| {kind} ({len(alone.clock.all(kind))}) | {half:.0f} | {most:.0f} | {most / half:.1f} | {beside:.0f} | {beside / most:.2f} |\n"
        )
    sys.stdout.write(f"alone: {alone}\nwith jobs: {busy}\n")


if __name__ == "__main__":
    main()
