"""What a journey costs beside a bare page with many people at once among very many records: `python -m benchmarks.multiples`."""

from __future__ import annotations

import argparse
import statistics
import sys
import threading
import time
from collections.abc import Callable, Iterable
from pathlib import Path
from queue import SimpleQueue
from random import Random

from benchmarks.__main__ import cpu
from benchmarks.browser import Browser, order, sign, submit
from benchmarks.load import PORT, serve

Journey = Callable[[Browser], object]
ROUNDS = 5
AIMS = {"inbox": 8, "register": 8, "record": 7, "submit": 22, "sign": 22}
BARE, ORDERS = PORT + 1, "/purchasing/purchase-orders/"
LOGINS = {"submit": "customer_service_officer"}


def used(server: int) -> float:
    """CPU seconds of gunicorn and its workers."""
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return sum(cpu(int(one)) for one in [str(server), *children])


def together(people: Iterable[Browser], journey: Journey, seconds: float, think: float) -> int:
    """All of them take this journey again and again, and think before each. Returns how often it was taken."""
    done, over = SimpleQueue[None](), time.monotonic() + seconds

    def go_on(person: Browser, rng: Random) -> None:
        while time.monotonic() + (pause := rng.expovariate(1 / think)) < over:
            time.sleep(pause)
            journey(person)
            done.put(None)

    crowd = [threading.Thread(target=go_on, args=(one, Random(seed))) for seed, one in enumerate(people)]
    for one in crowd:
        one.start()
    for one in crowd:
        one.join()
    return done.qsize()


def cost(server: int, people: list[Browser], journey: Journey, seconds: float, think: float) -> float:
    """CPU milliseconds of a journey."""
    before = used(server)
    count = together(people, journey, seconds, think)
    return (used(server) - before) / count * 1000


def main() -> None:
    """Prints a row for each journey."""
    parser = argparse.ArgumentParser(prog="python -m benchmarks.multiples", description=__doc__)
    parser.add_argument("--people", type=int, default=64)
    parser.add_argument("--think", type=float, default=3.0, help="seconds before each journey")
    parser.add_argument("--seconds", type=float, default=20, help="of each round")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument(
        "--database", default="", help="address of the PostgreSQL that benchmarks.load filled"
    )
    parser.add_argument("--keep", type=Path, required=True, help="the folder that benchmarks.load filled")
    given = parser.parse_args()
    settings = {"PORTAL_DATA": str(given.keep)}
    settings |= {"DATABASE_URL": given.database} if given.database else {}
    bare = serve(settings, given.workers, "benchmarks.bare:app", BARE, "/")
    portal = serve(settings, given.workers)
    try:
        plain = [Browser(BARE) for _one in range(given.people)]
        buyer = Browser(PORT).sign_in("buyer")
        seen, orders = order(buyer), SimpleQueue[str]()
        journeys: dict[str, Journey] = {
            "inbox": lambda one: one.get("/"),
            "register": lambda one: one.get(ORDERS),
            "record": lambda one: one.get(f"{ORDERS}{seen}"),
            "submit": submit,
            "sign": lambda one: sign(one, orders.get()),
        }
        sys.stdout.write(
            "| journey | aim | times the bare page | ms | bare page, ms |\n|---|---|---|---|---|\n"
        )
        for name, journey in journeys.items():
            login = LOGINS.get(name, "purchasing_manager")
            crowd = [Browser(PORT).sign_in(login) for _one in range(given.people)]
            if name == "sign":
                for _order in range(int(given.people * given.seconds / given.think * (ROUNDS + 1) * 1.2)):
                    orders.put(order(buyer))
            pace = given.seconds, given.think
            together(crowd, journey, *pace)  # warm
            found = []
            for _round in range(ROUNDS):
                yardstick = cost(bare.pid, plain, lambda one: one.get("/"), *pace)
                found.append((cost(portal.pid, crowd, journey, *pace), yardstick))
            times = statistics.median(own / yardstick for own, yardstick in found)
            own, yardstick = (statistics.median(column) for column in zip(*found, strict=True))
            sys.stdout.write(f"| {name} | {AIMS[name]} | {times:.1f} | {own:.1f} | {yardstick:.2f} |\n")
            sys.stdout.flush()
    finally:
        for server in (bare, portal):
            server.terminate()
            server.wait()


if __name__ == "__main__":
    main()
