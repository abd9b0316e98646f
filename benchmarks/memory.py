"""`python -m benchmarks.memory`: sends very many mixed requests, and tells how the server's memory goes on meanwhile.

Pages, searches, submissions, signatures, files and prints, by several people at once. `--database` takes the address of
an empty PostgreSQL.
"""

from __future__ import annotations

import argparse
import secrets
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle, islice
from pathlib import Path

from benchmarks.crash import OFFICERS, ORDERS, REGISTER, SIGNER, signatures, submissions
from benchmarks.crash_books import Books
from benchmarks.crash_server import Server
from benchmarks.crash_storm import Browser, Try

TURN = 50  # requests of one person, of which five are submissions or signatures, one is a file, one a print
PAGES = ("/", "/mine", "/find?q=%E6%B5%8B%E8%AF%95", "/notices", "/account/notices", "/documents/")
FILES = 1500  # of one person: a day allows two thousand
STRETCHES = 10
MEGABYTE = 1 << 20


class Person:
    """Somebody who goes on working, over one connection."""

    def __init__(self, server: Server, login: str, tries: Iterator[Try], printed: str, *pages: str) -> None:
        self._browser, self._tries, self._files = Browser(server, login), tries, 0
        self._pages, self._print = cycle((*PAGES, *pages)), printed

    def work(self, turns: int) -> None:
        """So many turns."""
        for _turn in range(turns):
            for page in islice(self._pages, TURN - 7):
                self._browser.get(page)
            for one in islice(self._tries, 5):
                self._browser.send(one)
            self._browser.get(self._print)
            if self._files < FILES:
                self._files += 1
                self._browser.upload("a.txt", secrets.token_bytes(2000).hex().encode())

    def close(self) -> None:
        """Hangs up."""
        self._browser.close()


def run(folder: Path, url: str, requests: int) -> Iterator[tuple[int, float, float]]:
    """Yields again and again the requests so far, and the megabytes of the server and of the process that prints."""
    books, server = Books(folder, url), Server(folder, url)
    books.open(empty=True)
    turns = requests // TURN // 3 // STRETCHES
    count = STRETCHES * turns * 5
    orders = books.orders(count + 1)
    server.start()
    try:
        list_, order = REGISTER.removesuffix("new"), f"{ORDERS}{orders[0][0]}"
        people = [
            Person(server, who, submissions(n, count), f"{list_}blank.pdf", list_, REGISTER)
            for n, who in enumerate(OFFICERS)
        ]
        people.append(Person(server, SIGNER, signatures(orders[1:]), f"{order}.pdf", ORDERS, order))
        yield 0, *memory(server)
        for stretch in range(1, STRETCHES + 1):
            with ThreadPoolExecutor() as pool:
                list(pool.map(lambda person: person.work(turns), people))
            yield stretch * turns * TURN * 3, *memory(server)
        for person in people:
            person.close()
    finally:
        server.kill()


def memory(server: Server) -> tuple[float, float]:
    """Resident megabytes of the server, and of the process that prints for it."""
    first = server.process
    others = sum(one.memory_info().rss for one in first.children(recursive=True))
    return first.memory_info().rss / MEGABYTE, others / MEGABYTE


def main() -> None:
    """Prints a row for each stretch."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--requests", type=int, default=30_000)
    asked.add_argument("--database", default="")
    given = asked.parse_args()
    sys.stdout.write("| requests | server, MB | process that prints, MB |\n|---|---|---|\n")
    with tempfile.TemporaryDirectory() as name:
        for requests, own, printing in run(Path(name), given.database, given.requests):
            sys.stdout.write(f"| {requests:,} | {own:.0f} | {printing:.0f} |\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
