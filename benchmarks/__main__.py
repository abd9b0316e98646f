"""`make bench`: journeys over HTTP, server CPU time beside a bare Flask page. `python -m benchmarks 10000 100000`."""

from __future__ import annotations

import os
import re
import statistics
import subprocess  # nosec B404
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

from benchmarks.browser import Browser, order, sign, submit
from benchmarks.fill import fill
from portal.config import Settings

ROUNDS, RUNS = 25, 7


def start(module: str, port: int, folder: Path) -> subprocess.Popen[bytes]:
    """Starts a server and waits until it answers."""
    environment = {**os.environ, "PORTAL_DATA": str(folder), "SIGNING_WINDOW_MINUTES": "120"}
    process = subprocess.Popen([sys.executable, "-m", module, str(port)], env=environment)  # nosec B603
    for _try in range(200):
        try:
            Browser(port)._ask("GET", "/sign-in" if module.endswith("serve") else "/", None)
            return process
        except (OSError, RuntimeError):
            time.sleep(0.1)
    raise RuntimeError(f"{module} does not answer")


def cpu(process: int) -> float:
    """CPU seconds that the threads of a process have used."""
    threads = Path(f"/proc/{process}/task").glob("*/schedstat")
    return sum(int(one.read_text().split()[0]) for one in threads) / 1e9


def memory(process: subprocess.Popen[bytes]) -> float:
    """Megabytes that the server holds in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def measure(process: subprocess.Popen[bytes], journey: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of one journey."""
    before = cpu(process.pid)
    for _round in range(rounds):
        journey()
    return (cpu(process.pid) - before) / rounds * 1000


def compare(
    portal: subprocess.Popen[bytes],
    journey: Callable[[], object],
    bare: Callable[[], float],
    rounds: int = ROUNDS,
) -> float:
    """How many bare pages a journey costs: the median of `RUNS` runs, each beside the bare page of its own minute."""
    measure(portal, journey, 5)  # warm
    return statistics.median(measure(portal, journey, rounds) / bare() for _run in range(RUNS))


def run(count: int) -> dict[str, float]:
    """All journeys at this many records, as multiples of the bare page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(Settings(portal_data=folder), count)
        bare, begun = start("benchmarks.bare", 8101, folder), time.perf_counter()
        portal = start("benchmarks.serve", 8102, folder)
        rest = {"cold start (s)": time.perf_counter() - begun, "memory at rest (MB)": memory(portal)}
        try:
            plain = Browser(8101)
            manager, buyer = Browser(8102).sign_in("purchasing_manager"), Browser(8102).sign_in("buyer")
            officer = Browser(8102).sign_in("customer_service_officer")
            numbers = iter([order(buyer) for _order in range(80)])
            one = order(buyer)

            def page() -> float:
                return measure(bare, lambda: plain.get("/"), 100)

            def read(path: str) -> float:
                return compare(portal, lambda: manager.get(path), page)

            found = {
                **rest,
                "bare page (ms)": page(),
                "inbox": read("/"),
                "register": read("/purchasing/purchase-orders/"),
                "record": read(f"/purchasing/purchase-orders/{one}"),
                "submit": compare(portal, lambda: submit(officer), page, 10),
                "sign": compare(portal, lambda: sign(manager, next(numbers)), page, 10),
            }
            found["memory after it (MB)"] = memory(portal)
            return found
        finally:
            for process in (bare, portal):
                process.terminate()
                process.wait()


def main() -> None:
    """Prints a table: a row a journey, a column a size."""
    sizes = [int(text) for text in sys.argv[1:]] or [10_000, 100_000, 1_000_000]
    columns = {size: run(size) for size in sizes}
    sys.stdout.write("| journey | " + " | ".join(f"{size:,}" for size in sizes) + " |\n")
    sys.stdout.write("|---|" + "---|" * len(sizes) + "\n")
    for name in columns[sizes[0]]:
        sys.stdout.write(f"| {name} | " + " | ".join(f"{columns[size][name]:.2f}" for size in sizes) + " |\n")


if __name__ == "__main__":
    main()
