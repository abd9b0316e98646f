"""`python -m benchmarks.crash`: kills the server in the midst of many submissions and signatures, again and again.

What the server has acknowledged must be there once and whole; what it has not, whole or not at all, and once when it
is sent again. `--database` takes the address of an empty PostgreSQL.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path
from random import Random

from benchmarks.crash_books import Books
from benchmarks.crash_server import Server, Try, storm

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


def run(
    folder: Path,
    url: str = "",
    *,
    rounds: int = 20,
    requests: int = 1000,
    connections: int = 32,
    seed: int = 1,
    empty: bool = True,
) -> Iterator[dict[str, int]]:
    """Makes a portal and yields what each round has done.

    Raises:
        Broken: something was lost, doubled or left half done.
    """
    rng = Random(seed)  # nosec B311 -- the same moments each time
    books = Books(folder, url)
    books.open(empty)
    each = requests // 5
    waiting = books.orders(rounds * each)
    server = Server(folder, url)
    server.start()
    try:
        for round in range(rounds):
            mine = signatures(waiting[round * each : (round + 1) * each])
            tries = [*submissions(round, requests - each), *mine]
            rng.shuffle(tries)
            enough = rng.randrange(connections, requests - connections)
            done, lost = storm(server, tries, connections, enough, delay=rng.uniform(0, 0.05))
            server.start()
            found = books.examine(done, lost)
            again, _none = storm(server, lost, connections)
            books.examine([*done, *lost], [])
            yield {
                "acknowledged": len(done),
                "under way": len(lost),
                "of them written": found,
                "again": len(again),
            }
    finally:
        server.kill()
    books.examine_jobs()


def main() -> None:
    """Prints a row for each round."""
    asked = argparse.ArgumentParser(description=__doc__)
    asked.add_argument("--rounds", type=int, default=20)
    asked.add_argument("--requests", type=int, default=1000)
    asked.add_argument("--seed", type=int, default=1)
    asked.add_argument("--database", default="")
    given = asked.parse_args()
    began = time.perf_counter()
    with tempfile.TemporaryDirectory() as name:
        rows = run(Path(name), given.database, rounds=given.rounds, requests=given.requests, seed=given.seed)
        for number, row in enumerate(rows, 1):
            if number == 1:
                sys.stdout.write("| round | " + " | ".join(row) + " |\n|" + "---|" * (len(row) + 1) + "\n")
            sys.stdout.write(f"| {number} | " + " | ".join(str(value) for value in row.values()) + " |\n")
            sys.stdout.flush()
    sys.stdout.write(f"Nothing lost, doubled or half done; {time.perf_counter() - began:.0f} s.\n")


if __name__ == "__main__":
    main()
