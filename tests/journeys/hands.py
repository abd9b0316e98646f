"""What people do again and again in the stories: fill in a sheet, submit it, sign a turn, take up what waits."""

from __future__ import annotations

import io
import re
from datetime import datetime, timedelta

from PIL import Image
from playwright.sync_api import Locator, Page, expect

from portal.database import transaction
from portal.extensions import db
from portal.forms.duties import OBLIGATIONS
from portal.jobs.reminding import keep_obligations
from portal.lib.clock import ZONE
from portal.services import obligations
from tests.journeys.conftest import Served, Visitor

TURN = "#turn"
SIGNED = re.compile(r"[A-Z]{2}-\d+-\d{4}-\d{4}$")


def ago(**before: float) -> str:
    """A moment so long ago, as fields for moments take it."""
    return f"{datetime.now(ZONE) - timedelta(**before):%Y-%m-%dT%H:%M}"


def on(days: int = 0) -> str:
    """The company's day so many days from today, as fields for days take it."""
    return f"{datetime.now(ZONE).date() + timedelta(days=days)}"


def photo(name: str = "现场.jpg") -> dict[str, object]:
    """A photo as a phone takes it."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a5230").save(out, "JPEG")
    return {"name": name, "mimeType": "image/jpeg", "buffer": out.getvalue()}


def fill(visitor: Visitor, answers: dict[str, str]) -> None:
    """Answers these fields as a person does: by choosing, picking or typing."""
    for name, answer in answers.items():
        field = visitor.at(name)
        kind = field.get_attribute("type")
        if kind == "radio":
            visitor.page.locator(f'label:has([name="{name}"][value="{answer}"])').click()
        elif field.get_attribute("data-picker") is not None:
            visitor.pick(name, answer)
        elif field.evaluate("one => one.tagName") == "SELECT":
            field.select_option(answer)
        else:
            field.fill(answer)


def attach(visitor: Visitor, name: str) -> None:
    """Puts a photo into a field and waits until it has been sent."""
    field = visitor.page.locator(f'.files[data-name="{name}"]')
    field.locator("input[type=file]").first.set_input_files([photo()])  # type: ignore[list-item]
    field.locator(".file-chip").first.wait_for()


def submit(visitor: Visitor) -> str:
    """Submits the sheet; gives the new record's number."""
    press(visitor, 'button[form="sheet"][value="submit"]')
    number = SIGNED.search(visitor.page.url)
    assert number, problems(visitor.page)
    return number[0]


def sign(visitor: Visitor) -> None:
    """Signs the turn that the page shows."""
    press(visitor, f'{TURN} button.btn-primary[value="sign"]')
    assert not problems(visitor.page), problems(visitor.page)


def press(visitor: Visitor, selector: str) -> Page:
    """Presses a button, waits for the page that it leads to, and looks at that."""
    with visitor.page.expect_event("load"):
        visitor.page.locator(selector).click()
    return visitor.look()


def follow(visitor: Visitor, link: Locator) -> Page:
    """Follows a link and looks at the page."""
    with visitor.page.expect_event("load"):
        link.click()
    return visitor.look()


def take_up(visitor: Visitor, *words: str) -> Page:
    """Opens what waits in the person's inbox, found by the words of its row."""
    visitor.go("/")
    row = visitor.page.locator("table.tasks tbody tr")
    for word in words:
        row = row.filter(has_text=word)
    expect(row, f"{words} waits once").to_have_count(1)
    return follow(visitor, row.locator(".task-what a"))


def link(visitor: Visitor, name: str) -> str:
    """Makes the one-time link by which somebody from outside signs."""
    page = visitor.page
    page.locator("summary", has_text="发送一次性签字链接").click()
    page.fill("#link-to", name)
    visitor.press("生成链接")
    found = re.search(r"/s/[\w-]+", page.locator("main").inner_text())
    assert found is not None
    return found[0]


def sign_outside(customer: Visitor, address: str, name: str, answers: dict[str, str]) -> None:
    """The customer's part: opens the link, answers, draws a signature."""
    customer.go(address)
    fill(customer, answers)
    customer.page.fill("#outside-name", name)
    customer.draw()
    customer.press("签字确认")
    assert "已签字，谢谢" in customer.page.locator("main").inner_text(), problems(customer.page)


def look_after(served: Served) -> None:
    """What the job does every few minutes."""
    with served.app.app_context():
        keep_obligations()
        db.session.remove()


def look_after_at(served: Served, moment: datetime, *keys: str) -> None:
    """The same for some obligations, as if it were that moment."""
    with served.app.app_context():
        for key in keys:
            with transaction():
                obligations.run(OBLIGATIONS[key], now=moment)
        db.session.remove()


def problems(page: Page) -> str:
    """What the page complains about."""
    said = page.locator("#errors, .note-error, .field-error").all_inner_texts()
    return " | ".join(said)
