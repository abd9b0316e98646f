"""`make bench`: journeys over HTTP, server CPU time beside a bare Flask page. `python -m benchmarks 10000 100000`."""

from __future__ import annotations

import http.client
import os
import re
import statistics
import subprocess  # nosec B404
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import urlencode

from benchmarks.fill import fill
from portal.domain.demo import DEMO_PASSWORD

ROUNDS, RUNS = 25, 7
TICK = os.sysconf("SC_CLK_TCK")


class Browser:
    """A signed-in browser without a screen: cookies, CSRF tokens, forms."""

    def __init__(self, port: int) -> None:
        self.port, self.cookie = port, ""

    def get(self, path: str) -> str:
        """The page, redirects followed."""
        return self._ask("GET", path, None)

    def post(self, path: str, fields: dict[str, str]) -> str:
        """The page after the post."""
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> str:
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        headers = {"Cookie": self.cookie, "Accept-Encoding": "gzip"}
        if body is not None:
            headers["Content-Type"] = "application/x-www-form-urlencoded"
        connection.request(method, path, body, headers)
        answer = connection.getresponse()
        if cookie := answer.getheader("Set-Cookie"):
            self.cookie = cookie.split(";")[0]
        text = answer.read().decode()
        connection.close()
        if answer.status in (302, 303):
            return self.get(str(answer.getheader("Location")))
        if answer.status != 200:
            said = re.sub(r"<[^>]+>|\s+", " ", text)
            raise RuntimeError(f"{method} {path}: {answer.status} {said[-600:]}")
        return text

    def sign_in(self, login: str) -> Browser:
        """Signs in as a demo person."""
        token = hidden(self.get("/sign-in"), "csrf_token")
        self.post("/sign-in", {"csrf_token": token, "login": login, "password": DEMO_PASSWORD})
        return self


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    if found is None:
        raise RuntimeError(f"the page has no field {name}")
    return found.group(1)


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


def cpu(process: subprocess.Popen[bytes]) -> float:
    """CPU seconds that the server has used, user and system."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rsplit(")", 1)[1].split()
    return (int(fields[11]) + int(fields[12])) / TICK


def memory(process: subprocess.Popen[bytes]) -> float:
    """Megabytes that the server holds in memory."""
    status = Path(f"/proc/{process.pid}/status").read_text()
    return int(re.findall(r"VmRSS:\s+(\d+)", status)[0]) / 1024


def measure(process: subprocess.Popen[bytes], journey: Callable[[], object], rounds: int) -> float:
    """CPU milliseconds of one journey."""
    before = cpu(process)
    for _round in range(rounds):
        journey()
    return (cpu(process) - before) / rounds * 1000


def compare(
    portal: subprocess.Popen[bytes],
    journey: Callable[[], object],
    bare: Callable[[], float],
    rounds: int = ROUNDS,
) -> float:
    """How many bare pages a journey costs: the median of `RUNS` runs, each beside the bare page of its own minute."""
    measure(portal, journey, 5)  # warm
    return statistics.median(measure(portal, journey, rounds) / bare() for _run in range(RUNS))


def submit(browser: Browser) -> str:
    """Page, post and result of a form with twelve answers: CS-30, whose page has eighteen fields."""
    page = browser.get("/customer-service/customer-registrations/new")
    serial = time.time_ns()
    fields = {
        "csrf_token": hidden(page, "csrf_token"), "_key": hidden(page, "_key"), "_op": "submit",
        "customer_name": f"测试客户{serial}", "customer_type": "company", "registered_address": "建设路 1 号",
        "contact_person": "王先生", "contact_phone": f"138{serial % 10**8:08d}", "email": "wang@example.cn",
        "delivery_address": "建设路 2 号", "industry": "制造", "region": "华东", "source": "referral",
        "legal_representative": "王某", "main_products": "阀门",
    }  # fmt: skip
    return browser.post("/customer-service/customer-registrations/new", fields)


def sign(signer: Browser, number: str) -> str:
    """Page, post and result of signing a step."""
    page = signer.get(f"/purchasing/purchase-orders/{number}")
    fields = {name: hidden(page, name) for name in ("csrf_token", "_task", "_seen")}
    address = re.search(r'action="([^"]+/signatures)"', page)
    if address is None:
        raise RuntimeError("the record has no turn")
    return signer.post(address.group(1), {**fields, "_op": "sign", "_opinion": "同意"})


def order(buyer: Browser) -> str:
    """A new purchase order's number, for signing."""
    page = buyer.get("/purchasing/purchase-orders/new")
    fields = {
        "csrf_token": hidden(page, "csrf_token"), "_key": hidden(page, "_key"), "_op": "submit",
        "supplier": "S0001", "requisition": f"PU-03-{datetime.now(UTC):%Y}-0001", "lines-0-item": "I0001", "lines-0-name": "螺栓",
        "lines-0-quantity": "10", "lines-0-unit": "件", "lines-0-unit_price": "2",
        "delivery_date": "2027-01-04", "delivery_place": "一号库", "payment_terms": "月结", "quality_terms": "国标",
        "price_compared": "yes",
    }  # fmt: skip
    found = re.search(r"PU-04-\d{4}-\d+", buyer.post("/purchasing/purchase-orders/new", fields))
    if found is None:
        raise RuntimeError("the order was not taken")
    return found.group()


def run(count: int) -> dict[str, float]:
    """All journeys at this many records, as multiples of the bare page."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        fill(folder, count)
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
