"""`python -m benchmarks.crash`: kills the server in the midst of many submissions and signatures, again and again.

What the server has acknowledged must be there once and whole; what it has not, whole or not at all, and once when it
is sent again. It is tried on SQLite and on a PostgreSQL of its own, unless `--database` names one of them or the address
of an empty one; with `--kill database` PostgreSQL is killed instead, and the portal goes on.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from random import Random
from typing import Protocol

from benchmarks.crash_books import Books
from benchmarks.crash_server import Server
from benchmarks.crash_storm import Blow, Try, storm
from benchmarks.postgres import own_server

OFFICERS = ("customer_service_officer", "customer_service_officer_2")
SIGNER = "purchasing_manager"
REGISTER, ORDERS = "/customer-service/customer-registrations/new", "/purchasing/purchase-orders/"


def submissions(round: int, count: int) -> Iterator[Try]:
    """New customers, each from a page of its own."""
    for n in range(count):
        serial = round * 10_000 + n
        fields = {
            "_op": "submit", "_key": f"crash-{serial}", "customer_name": f"测试客户{serial}", "customer_type": "company",
            "registered_address": "建设路 1 号", "contact_person": "王先生", "contact_phone": f"138{serial:08d}",
            "delivery_address": "建设路 2 号", "industry": "制造", "region": "华东", "source": "referral",
        }  # fmt: skip
        yield Try("submit", f"crash-{serial}", OFFICERS[n % 2], REGISTER, fields)


def signatures(waiting: list[tuple[str, int, str]]) -> Iterator[Try]:
    """Orders to be approved."""
    for number, task, seen in waiting:
        fields = {"_op": "sign", "_task": str(task), "_seen": seen, "_opinion": "同意"}
        yield Try("sign", number, SIGNER, f"{ORDERS}{number}/signatures", fields)


class Victim(Protocol):
    """What is killed, and then brought back or replaced."""

    def kill(self) -> None:
        """Ends it at once."""

    def start(self) -> None:
        """Lets it, or what stands in for it, work again."""


@dataclass
class Round:
    """One death in the midst of the requests, what is found after it, and what was under way sent again."""

    books: Books
    server: Server
    connections: int
    sent: set[Try] = field(default_factory=set)

    def play(self, tries: list[Try], victim: Victim, after: int, delay: float) -> dict[str, int]:
        """What was acknowledged, was under way, and came of it.

        Raises:
            Broken: something was lost, doubled or left half done.
        """
        done, lost = storm(self.server, tries, self.connections, Blow(victim.kill, after, delay))
        self.sent = {*done, *lost}
        victim.start()
        found = self.books.examine(done, lost)
        again, _none = storm(self.server, lost, self.connections)
        self.books.examine([*done, *lost], [])
        counts = {"acknowledged": len(done), "under way": len(lost), "of them written": found}
        return {**counts, "again": len(again)}


def run(
    folder: Path,
    url: str = "",
    *,
    victim: Victim | None = None,
    rounds: int = 20,
    requests: int = 1000,
    connections: int = 32,
    seed: int = 1,
    empty: bool = True,
) -> Iterator[dict[str, int]]:
    """Makes a portal and yields what each round has done; the portal itself is killed unless there is another victim.

    Raises:
        Broken: something was lost, doubled or left half done.
    """
    books, server = Books(folder, url), Server(folder, url)
    books.open(empty)
    rng = Random(seed)  # nosec B311 -- the same moments each time
    waiting: list[Try] = []
    server.start()
    try:
        for number in range(rounds):
            waiting += signatures(books.orders(requests // 5 - len(waiting)))
            tries = [*submissions(number, requests - requests // 5), *waiting]
            rng.shuffle(tries)
            after, delay = rng.randrange(connections, requests - connections), rng.uniform(0, 0.05)
            round = Round(books, server, connections)
            yield round.play(tries, victim or server, after, delay)
            waiting = [one for one in waiting if one not in round.sent]
    finally:
        server.kill()
    books.examine_jobs()


def trial(database: str, kill: str, rounds: int, requests: int, seed: int) -> None:
    """Prints a row for each round on one database: `sqlite`, `postgresql` for one of its own, or an address."""
    began = time.perf_counter()
    with tempfile.TemporaryDirectory(prefix="portal-crash-") as name, ExitStack() as ends:
        folder, url, victim = Path(name), "", None
        if database == "postgresql":
            victim = ends.enter_context(own_server(folder / "cluster"))
            url = victim.url("portal")
        elif database != "sqlite":
            url = database
        killed = victim if kill == "database" else None
        rows = run(folder, url, victim=killed, rounds=rounds, requests=requests, seed=seed)
        for number, row in enumerate(rows, 1):
            if number == 1:
                sys.stdout.write(
                    f"| {database} | " + " | ".join(row) + " |\n|" + "---|" * (len(row) + 1) + "\n"
                )
            sys.stdout.write(f"| {number} | " + " | ".join(str(value) for value in row.values()) + " |\n")
            sys.stdout.flush()
    sys.stdout.write(f"Nothing lost, doubled or half done; {time.perf_counter() - began:.0f} s.\n\n")


def main() -> None:
    """Tries each database after the other."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=20)
    asked.add_argument("--requests", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", action="append", default=[])
    asked.add_argument("--kill", choices=("portal", "database"), default="portal")
    given = asked.parse_args()
    databases = given.database or (["sqlite", "postgresql"] if given.kill == "portal" else ["postgresql"])
    if given.kill == "database" and databases != ["postgresql"]:
        asked.error("only a PostgreSQL of its own is killed")
    for database in databases:
        trial(database, given.kill, given.rounds, given.requests, given.seed)


if __name__ == "__main__":
    main()
