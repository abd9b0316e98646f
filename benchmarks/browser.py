"""A browser without a screen, and what people do in it."""

from __future__ import annotations

import http.client
import itertools
import re
import time
from collections.abc import Callable
from datetime import UTC, datetime
from urllib.parse import urlencode

from portal.domain.demo import DEMO_PASSWORD

Watch = Callable[[str, str, int, float], None]  # method, path, status, seconds
REQUISITIONS = 100  # which orders go by in turn: each looks at all orders of its own
_turns = itertools.cycle(range(1, REQUISITIONS + 1))


class Browser:
    """A signed-in browser without a screen: cookies, CSRF tokens, forms."""

    def __init__(self, port: int, watch: Watch | None = None) -> None:
        self.port, self.cookie, self.watch = port, "", watch

    def get(self, path: str) -> str:
        """The page, redirects followed."""
        return self._ask("GET", path, None)

    def get_file(self, path: str) -> bytes:
        """A file, whatever the answer says."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)
        connection.request("GET", path, None, {"Cookie": self.cookie})
        data = connection.getresponse().read()
        connection.close()
        return data

    def post(self, path: str, fields: dict[str, str]) -> str:
        """The page after the post."""
        return self._ask("POST", path, urlencode(fields))

    def _ask(self, method: str, path: str, body: str | None) -> str:
        begun = time.perf_counter()
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
        if self.watch is not None:
            self.watch(method, path, answer.status, time.perf_counter() - begun)
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
        "supplier": "S0001", "requisition": f"PU-03-{datetime.now(UTC):%Y}-{next(_turns):04d}", "lines-0-item": "I0001", "lines-0-name": "螺栓",
        "lines-0-quantity": "10", "lines-0-unit": "件", "lines-0-unit_price": "2",
        "delivery_date": "2027-01-04", "delivery_place": "一号库", "payment_terms": "月结", "quality_terms": "国标",
        "price_compared": "yes",
    }  # fmt: skip
    found = re.search(r"PU-04-\d{4}-\d+", buyer.post("/purchasing/purchase-orders/new", fields))
    if found is None:
        raise RuntimeError("the order was not taken")
    return found.group()
