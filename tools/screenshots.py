"""Make the pictures of the README: start the demo company in a folder of its own, look at it with Chromium.

``.venv/bin/python tools/screenshots.py`` writes docs/screenshots/*.png. It needs Chromium and what ``make setup``
installs; the fonts are the portal's own, so that the pictures look the same on every machine.
"""

from __future__ import annotations

import io
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from pathlib import Path

import pypdfium2
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, sync_playwright

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from portal.domain.demo import DEMO_PASSWORD  # noqa: E402 -- from the folder named above
from portal.pdf.fonts import FOLDER, configuration  # noqa: E402

TARGET = ROOT / "docs" / "screenshots"
BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
LARGEST = 250_000  # bytes of a picture
PATIENCE = 600  # seconds until the demo company stands
DESK, PHONE = ViewportSize(width=1280, height=860), ViewportSize(width=390, height=800)
ORDERS, REQUISITIONS = "/purchasing/purchase-orders/", "/purchasing/requisitions/"
ORDER = {
    "supplier": "宁波海天液压件厂 S0004",
    "lines-0-item": "镀锌角钢 50×5 I0001",
    "lines-0-name": "镀锌角钢 50×5",
    "lines-0-quantity": "80",
    "lines-0-unit": "米",
    "lines-0-unit_price": "32.80",
    "delivery_place": "一号库房东门",
    "payment_terms": "货到验收合格后 30 天付款",
}


@contextmanager
def portal(folder: Path) -> Iterator[str]:
    """The demo company, served from this folder; gives its address."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    env = {
        **os.environ,
        "PORTAL_MODE": "demo",
        "PORTAL_DATA": str(folder),
        "PORT": str(port),
        "DATABASE_URL": "",
    }
    env |= {"HOST": "127.0.0.1", "PROXIES": "0", "TRUSTED_HOSTS": ""}
    process = subprocess.Popen([sys.executable, "-m", "portal"], cwd=ROOT, env=env)
    address = f"http://127.0.0.1:{port}"
    try:
        await_health(process, address)
        yield address
    finally:
        process.terminate()
        process.wait(30)


def await_health(process: subprocess.Popen[bytes], address: str) -> None:
    """Waits until the portal answers."""
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        if process.poll() is not None:
            sys.exit("The portal did not start.")
        try:
            with urllib.request.urlopen(f"{address}/health", timeout=5):
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit("The portal did not come up in time.")


def browser_program() -> str:
    """The path of Chromium."""
    named = os.environ.get("CHROMIUM", "")
    for name in (named, *BROWSERS):
        if name and (found := shutil.which(name)):
            return found
    sys.exit("Chromium is missing. Install it with: sudo apt-get install chromium")


@contextmanager
def chromium(folder: Path) -> Iterator[Browser]:
    """A headless browser that knows no fonts but the portal's."""
    file = folder / "fonts.conf"
    file.write_text(configuration(FOLDER, folder / "font-cache"), encoding="utf-8")
    env: dict[str, str | float | bool] = {**os.environ, "FONTCONFIG_FILE": str(file)}
    env |= {"LANGUAGE": "zh_CN", "LANG": "zh_CN.UTF-8"}
    sandbox = [] if os.geteuid() else ["--no-sandbox"]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=browser_program(), args=["--lang=zh-CN", *sandbox], env=env
        )
        yield browser
        browser.close()


def signed_in(browser: Browser, address: str, login: str, *, phone: bool = False, dark: bool = False) -> Page:
    """The home page of this person."""
    context = browser.new_context(
        base_url=address,
        viewport=PHONE if phone else DESK,
        device_scale_factor=2 if phone else 1,
        has_touch=phone,
        is_mobile=phone,
        locale="zh-CN",
        timezone_id="Asia/Shanghai",
        color_scheme="dark" if dark else "light",
        reduced_motion="reduce",
    )
    page = context.new_page()
    page.goto(f"/sign-in?login={login}")
    page.fill("#password", DEMO_PASSWORD)
    page.click("main button[type=submit].btn-primary, .sign-in button.btn-primary")
    page.wait_for_url(f"{address}/")
    return page


def save(name: str, data: bytes) -> None:
    """Writes a picture with few colours, smaller until it is small enough."""
    picture = Image.open(io.BytesIO(data)).convert("RGB")
    while True:
        out = io.BytesIO()
        picture.quantize(256, dither=Image.Dither.NONE).save(out, "PNG", optimize=True)
        if out.tell() <= LARGEST:
            break
        picture = picture.resize(
            (picture.width * 9 // 10, picture.height * 9 // 10), Image.Resampling.LANCZOS
        )
    (TARGET / f"{name}.png").write_bytes(out.getvalue())
    print(f"docs/screenshots/{name}.png  {picture.width}x{picture.height}  {out.tell() // 1000} kB")


def shoot(page: Page, name: str, path: str = "") -> None:
    """A picture of what a person sees."""
    if path:
        page.goto(path)
    page.wait_for_load_state("networkidle")
    save(name, page.screenshot())


def fill_order(page: Page) -> None:
    """Begins a purchase order, with its flow in sight. Every field takes plain text, pickers too."""
    page.goto(REQUISITIONS)
    needed = page.locator(f"a[href^='{REQUISITIONS}PU']").first.inner_text()
    page.goto(f"{ORDERS}new")
    page.locator("details.next-step summary").click()
    wanted = date.today() + timedelta(days=21)  # noqa: DTZ011
    for name, value in {**ORDER, "requisition": needed, "delivery_date": f"{wanted}"}.items():
        page.eval_on_selector(
            f"[name^='{name}']",
            "(field, value) => { field.value = value; field.dispatchEvent(new Event('change', {bubbles: true})) }",
            value,
        )
    page.wait_for_timeout(1500)  # the amounts come back


def finished_order(page: Page) -> str:
    """The path of a finished purchase order."""
    page.goto(ORDERS)
    row = page.locator("tr", has_text="已完成").first
    return str(row.locator(f"a[href^='{ORDERS}']").first.get_attribute("href"))


def project(page: Page) -> str:
    """The path of the permit project that has come furthest without being through."""
    page.goto("/projects/?kind=permit&state=running")
    bars = page.eval_on_selector_all("progress", "all => all.map(one => one.value * (one.value < one.max))")
    links = page.locator("tbody th a")
    return str(links.nth(bars.index(max(bars))).get_attribute("href"))


def first_page(data: bytes) -> bytes:
    """The first page of a PDF as PNG."""
    document = pypdfium2.PdfDocument(data)
    out = io.BytesIO()
    document[0].render(scale=1.5).to_pil().save(out, "PNG")
    document.close()
    return out.getvalue()


def take(browser: Browser, address: str) -> None:
    """All pictures."""
    shoot(signed_in(browser, address, "customer_service_director"), "home")
    head = signed_in(browser, address, "purchasing_manager")
    shoot(head, "register", ORDERS)
    order = finished_order(head)
    shoot(head, "record", order)
    save("pdf", first_page(head.request.get(f"{order}.pdf", timeout=180_000).body()))
    buyer = signed_in(browser, address, "buyer")
    fill_order(buyer)
    shoot(buyer, "form")
    shoot(buyer, "document", "/documents/WH-S-01/redline")
    shoot(signed_in(browser, address, "general_manager", phone=True), "phone")
    planner = signed_in(browser, address, "planning_manager")
    shoot(planner, "project", project(planner))
    shoot(signed_in(browser, address, "quality_manager", dark=True), "dark", "/quality/")


def main() -> None:
    """Makes the pictures."""
    TARGET.mkdir(parents=True, exist_ok=True)
    with (
        tempfile.TemporaryDirectory(prefix="portal-screenshots-") as folder,
        portal(Path(folder) / "data") as address,
        chromium(Path(folder)) as browser,
    ):
        take(browser, address)


if __name__ == "__main__":
    main()
