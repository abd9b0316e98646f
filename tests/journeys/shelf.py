"""What the stories of the library do again and again: prepare a document, look at its page, write on its draft."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import expect

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now
from tests.documents.library import Library
from tests.journeys.conftest import Served, Visitor
from tests.journeys.hands import fill, press

ARTICLE = "article.document-text"


@contextmanager
def library(served: Served) -> Iterator[Library]:
    """The document control of the portal that is served, in one write; what it does happens now."""
    with served.app.app_context():
        with transaction():
            desk = Library()
            desk.now = now()
            yield desk
        db.session.remove()


def text_of(visitor: Visitor, path: str) -> str:
    """The words of a document as a reader sees them."""
    visitor.go(path)
    return visitor.page.locator(ARTICLE).inner_text()


def write(visitor: Visitor, path: str, old: str, new: str, shown: str = "") -> None:
    """Changes words of a draft in the editor, waits for the preview to show them, and saves."""
    visitor.go(f"{path}/edit")
    text = visitor.at("text")
    before = text.input_value()
    assert old in before, f"“{old}” is not in the draft"
    text.fill(before.replace(old, new))
    if shown and visitor.scripted:
        expect(visitor.page.locator("#preview")).to_contain_text(shown)
    press(visitor, '#draft button[value="save"]')
    expect(visitor.page.locator("body")).to_contain_text("草稿已保存")


def distribute(visitor: Visitor, planned: str, *departments: str) -> None:
    """Says on a release from which day it is planned to hold, and which departments get a copy."""
    fill(visitor, {"planned_effective_on": planned})
    for row, name in enumerate(departments):
        if row:
            visitor.page.locator('button[value="add:distribution"]').click()
            visitor.at(f"distribution-{row}-department").wait_for(state="attached")
        fill(visitor, {f"distribution-{row}-department": name, f"distribution-{row}-copies": "1"})
