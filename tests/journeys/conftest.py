"""The portal as people see it: served on a free port, opened in a real browser, its console and every page watched."""

from __future__ import annotations

import re
import shutil
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from axe_playwright_python.base import AXE_SCRIPT
from flask import Flask
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Locator, Page, sync_playwright

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.lib.hashing import sha256
from portal.web.server import listen
from tests.conftest import make_app
from tests.walk import Walker

BROWSERS = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
FLAGS = ["--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run"]
FLAGS += ["--use-fake-device-for-media-stream"]
MISSING = "The journeys need Chromium, which is not installed: run bin/browser, or apt-get install chromium."
PHONE = {"viewport": {"width": 390, "height": 844}, "is_mobile": True, "has_touch": True}
DESK = {"viewport": {"width": 1280, "height": 900}}
REFUSED = re.compile(
    r"Failed to load resource: .* status of 4(00|01|03|09|10|22)"
)  # a refusal that the page itself shows
REPORT_VIOLATIONS = """
document.addEventListener("securitypolicyviolation", (event) =>
  console.error(`policy: ${event.violatedDirective} ${event.blockedURI} ${event.sourceFile}:${event.lineNumber}`));
"""
HEIGHT = """() => new Promise((tell) => requestAnimationFrame(() => requestAnimationFrame(() =>
  tell(document.documentElement.scrollHeight))))"""
GRAVE = ("serious", "critical")
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
CONTRAST = "color-contrast"
# Every element by its own style classes and states and those of all around it, which give it its colours in any language.
STATES = [
    "class",
    "type",
    "open",
    "hidden",
    "disabled",
    "readonly",
    "checked",
    "fill",
    "data-state",
    "data-theme",
]
STATES += ["data-bs-theme", "aria-current", "aria-expanded", "aria-invalid"]
PIECES = """(states) => [...new Set([...document.body.querySelectorAll("*")].map((one) => {
  const names = [];
  for (; one; one = one.parentElement)
    names.push([one.localName, ...states.map((key) => one.getAttribute(key))].join());
  return names.join(" ");
}))]"""
CHOICE = re.compile(r"/[A-Z]{2}-\d+-\d{4}-\d+|/\d+|(?<=/s/)[\w-]+")  # what differs between pages of one kind


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Every journey needs a browser."""
    for item in items:
        if Path(__file__).parent in item.path.parents:
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """The browser, started once."""
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.fail(MISSING, pytrace=False)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=FLAGS)
        yield browser
        browser.close()


@dataclass
class Served:
    """A portal with the small company that listens on a port of its own."""

    app: Flask
    address: str
    walker: Walker

    @contextmanager
    def aside(self) -> Iterator[Walker]:
        """What other people do meanwhile, told without a browser."""
        self.app.config["WTF_CSRF_ENABLED"] = False
        try:
            yield self.walker
        finally:
            self.app.config["WTF_CSRF_ENABLED"] = True


@contextmanager
def serving(folder: Path, template: Path, **values: object) -> Iterator[Served]:
    """Serves a copy of the small company until the story is over."""
    shutil.copytree(template, folder)
    with listening(make_app(folder, **values)) as portal:
        yield portal


def _run(server: Any) -> None:
    with suppress(OSError):  # when it is closed, its sockets may be gone from under its poll
        server.run()


@contextmanager
def listening(app: Flask) -> Iterator[Served]:
    """Serves a portal that stands already."""
    app.config["WTF_CSRF_ENABLED"] = True
    server = listen(app, "127.0.0.1", 0, threads=4)
    thread = threading.Thread(target=_run, args=(server,), daemon=True)
    thread.start()
    try:
        yield Served(app, f"http://127.0.0.1:{server.effective_port}", Walker(app))
    finally:
        server.close()
        thread.join(5)
        with app.app_context():
            db.session.remove()
            db.engine.dispose()


@pytest.fixture
def served(tmp_path: Path, sqlite_template: Path) -> Iterator[Served]:
    """The portal as it runs, with tokens checked."""
    with serving(tmp_path / "data", sqlite_template) as portal:
        yield portal


@pytest.fixture
def strict(tmp_path: Path, sqlite_template: Path) -> Iterator[Served]:
    """The same, where each signature asks for the password."""
    with serving(tmp_path / "data", sqlite_template, signing_window_minutes=0) as portal:
        yield portal


class Examined:
    """The pages that have been looked at for people who cannot see, or not well: each kind once, whichever process does."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(exist_ok=True)

    def first(self, kind: str) -> bool:
        """Whether nobody has looked at a page of this kind yet; from now on somebody has."""
        try:
            (self.folder / sha256(kind.encode())).touch(exist_ok=False)
        except FileExistsError:
            return False
        return True


@pytest.fixture(scope="session")
def examined(tmp_path_factory: pytest.TempPathFactory, worker_id: str) -> Examined:
    """What has been looked at in this run."""
    base = tmp_path_factory.getbasetemp()
    return Examined((base if worker_id == "master" else base.parent) / "examined")


@dataclass
class Visitor:
    """Somebody at a browser; what goes wrong in it is kept until the end of the story."""

    page: Page
    context: BrowserContext
    address: str
    examined: Examined
    phone: bool = False
    scripted: bool = True
    complaints: list[str] = field(default_factory=list)

    def hear(self, message: ConsoleMessage) -> None:
        """Keeps errors of the console."""
        if message.type == "error" and not REFUSED.match(message.text):
            self.complaints.append(f"{self.page.url}: {message.text}")

    def go(self, path: str) -> Page:
        """Opens a page and looks at it."""
        self.page.goto(self.address + path)
        return self.look()

    def sign_in(self, login: str) -> Visitor:
        """Signs in by the sign-in page."""
        self.go("/sign-in")
        self.page.fill("#login", login)
        self.page.fill("#password", DEMO_PASSWORD)
        self.press("登录", "Sign in", within="form.stack")
        return self

    def press(self, *names: str, within: str = "body") -> Page:
        """Presses the button with one of these names, waits for the page it leads to, and looks at that.

        It is the next page that loads: a saved draft writes its address anew, which a browser calls a navigation, too.
        """
        pattern = re.compile("^\\s*(" + "|".join(map(re.escape, names)) + ")\\s*$")
        with self.page.expect_event("load"):
            self.page.locator(within).get_by_role("button", name=pattern).first.click()
        return self.look()

    def at(self, name: str) -> Locator:
        """The input of a field."""
        return self.page.locator(f'[name="{name}"]').first

    def pick(self, name: str, typed: str) -> None:
        """Chooses from what a picker offers, by keyboard."""
        if not self.scripted:
            self.at(name).fill(typed)
            return
        self.at(name).evaluate("one => (one.tomselect ?? one).focus()")
        self.page.wait_for_selector(".ts-wrapper.focus input")
        self.page.keyboard.type(typed)
        self.page.locator(".ts-dropdown .option", has_text=typed).first.wait_for()
        self.page.keyboard.press("Enter")
        self.page.keyboard.press("Tab")
        done = (
            "name => { const one = document.getElementsByName(name)[0]; return one.value && !one.tomselect; }"
        )
        self.page.wait_for_function(done, arg=name)

    def draw(self, within: str = "body") -> None:
        """Draws a signature with the mouse."""
        canvas = self.page.locator(f"{within} .drawing-pad canvas").first
        canvas.scroll_into_view_if_needed()
        self.page.wait_for_function("() => document.querySelector('[data-ready]') && window.SignaturePad")
        box = canvas.bounding_box()
        assert box is not None
        x, y = box["x"] + 40, box["y"] + box["height"] / 2
        self.page.mouse.move(x, y)
        self.page.mouse.down()
        for step in range(1, 8):
            self.page.mouse.move(x + 20 * step, y + (18 if step % 2 else -18))
        self.page.mouse.up()
        self.page.wait_for_selector(f"{within} .drawing-pad.is-drawn")

    def saved(self) -> None:
        """Waits until what was typed has reached the server."""
        self.page.wait_for_selector('#saved[data-state="saved"]', timeout=8000)

    def look(self) -> Page:
        """The page fits the screen, and everybody can use it, once for each kind of page in each language.

        Colours are looked at in light and in dark where some piece of it is one that no page of this width had before.
        """
        page = self.page
        assert "系统出现意外错误" not in page.content(), page.url
        if self.phone:
            # not innerWidth: a phone's browser widens that to show too wide a page whole
            wide = page.evaluate("document.documentElement.scrollWidth") - PHONE["viewport"]["width"]
            assert wide <= 1, f"{page.url} is {wide} px too wide for a phone"
        assert page.title().partition(" · ")[0].strip(), f"{page.url} has no title"
        spoken = page.locator("html").get_attribute("lang")
        kind = f"{spoken} {CHOICE.sub('/*', page.url.removeprefix(self.address).partition('?')[0])}"
        if not self.scripted or not self.examined.first(kind):
            return page
        size = page.viewport_size
        assert size is not None
        # As high as the page, so that no bar lies over what comes after scrolling; rows may grow when they come in sight.
        high = size["height"]
        for _again in range(3):
            last, high = high, max(size["height"], page.evaluate(HEIGHT))
            if high == last:
                break
            page.set_viewport_size({**size, "height": high})
        page.evaluate(AXE_SCRIPT)
        pieces = page.evaluate(PIECES, STATES)
        coloured = [one for one in pieces if self.examined.first(f"{self.phone} {one}")]
        self._examine("light", {"type": "tag", "values": TAGS}, {CONTRAST: {"enabled": bool(coloured)}})
        if coloured:
            page.emulate_media(color_scheme="dark")
            page.wait_for_function("() => document.getAnimations().length === 0")  # colours change softly
            self._examine("dark", {"type": "rule", "values": [CONTRAST]})
            page.emulate_media(color_scheme="light")
        page.set_viewport_size(size)
        return page

    def _examine(self, scheme: str, only: dict[str, Any], rules: dict[str, Any] | None = None) -> None:
        options = {"resultTypes": ["violations"], "runOnly": only, "rules": rules or {}}
        for one in self.page.evaluate("async (options) => (await axe.run(options)).violations", options):
            if one["impact"] in GRAVE:
                places = "; ".join(f"{node['target'][0]} {node['html'][:90]}" for node in one["nodes"][:3])
                self.complaints.append(f"{self.page.url} in {scheme}: {one['id']}: {one['help']}: {places}")


Visit = Callable[..., Visitor]


@pytest.fixture
def visit(chromium: Browser, examined: Examined) -> Iterator[Visit]:
    """Opens browsers on a portal: `visit(served)`, `visit(served, "buyer")`, `visit(served, phone=True)`."""
    opened: list[Visitor] = []

    def open_browser(
        portal: Served, login: str = "", *, phone: bool = False, scripted: bool = True, **options: Any
    ) -> Visitor:
        shape: dict[str, Any] = {
            **(PHONE if phone else DESK),
            "locale": "zh-CN",
            "color_scheme": "light",
            **options,
        }
        context = chromium.new_context(java_script_enabled=scripted, **shape)
        context.set_default_timeout(10_000)
        context.add_init_script(REPORT_VIOLATIONS)
        page = context.new_page()
        visitor = Visitor(page, context, portal.address, examined, phone, scripted)
        page.on("console", visitor.hear)
        page.on("pageerror", lambda error: visitor.complaints.append(f"{page.url}: {error}"))
        opened.append(visitor)
        return visitor.sign_in(login) if login else visitor

    yield open_browser
    complaints = [one for visitor in opened for one in visitor.complaints]
    for visitor in opened:
        visitor.context.close()
    assert not complaints, "\n".join(complaints)
