"""Two controllers before the same release: the page of the second says who was first, and one text is in force."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.extensions import db
from portal.lib.clock import today
from portal.models import AuditEvent, Person
from portal.queries import revisions
from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import TURN, fill, on, take_up
from tests.journeys.shelf import library

PAGE = "/documents/QA-P-91"
PLAN = {"planned_effective_on": today(), "next_review_on": today() + timedelta(days=365)}


def test_of_two_controllers_who_publish_at_once_one_does(served: Served, visit: Visit) -> None:
    with library(served) as desk:
        second = db.session.scalars(sa.select(Person).where(Person.login == "quality_manager_2")).one()
        second.grants[0].role = "document_controller"
        release = desk.sent(desk.begun(), **PLAN)
        while release.step != "release":
            desk.sign(release)
        number, name = release.number, second.name
    first, other = visit(served, "document_controller"), visit(served, "quality_manager_2", phone=True)
    for one in (first, other):
        take_up(one, number)
        fill(one, {"effective_on": on()})

    # both press at the same moment; neither waits for the other's page
    buttons = [one.page.locator(f'{TURN} button.btn-primary[value="sign"]') for one in (first, other)]
    for button in buttons:
        button.evaluate("one => setTimeout(() => one.click(), 200)")
    for one in (first, other):
        one.page.wait_for_load_state("load")
        one.page.wait_for_function(
            "() => !document.querySelector('#turn button[value=sign]')", timeout=20_000
        )
        one.look()
    pages = [one.page.locator("main").inner_text() for one in (first, other)]
    told = [text for text in pages if "已由" in text or "已经" in text]
    assert len(told) == 1, pages
    assert any(each in told[0] for each in (name, "文件管理员")) or number in told[0]

    # one revision is in force, released once
    with library(served) as desk:
        one = revisions.effective("QA-P-91", today())
        assert one is not None
        assert one.number == "1.0"
        query = sa.select(sa.func.count()).where(
            AuditEvent.kind == "document_released", AuditEvent.record_id == one.release_id
        )
        assert db.session.scalar(query) == 1
    reader = visit(served, "employee")
    reader.go(PAGE)
    expect(reader.page.locator("main h1")).to_contain_text("现行有效")
