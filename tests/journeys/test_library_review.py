"""A text in review: changed on the way, which begins the review anew, and stopped where a form would lose its clause."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa
from playwright.sync_api import expect

from portal.extensions import db
from portal.lib.clock import today
from portal.models import Record
from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import on, press, problems, sign, take_up
from tests.journeys.shelf import distribute, library, text_of, write

NUMBER = "QA-P-91"
PAGE = f"/documents/{NUMBER}/1.0"
BOUND = "WH-S-01"  # 盘存报表 (WH-06) is bound to its clause `report`
PLAN = {"planned_effective_on": today(), "next_review_on": today() + timedelta(days=365)}
SUBMIT = 'button[form="sheet"][value="submit"]'


def test_an_edit_on_the_way_begins_the_review_anew(served: Served, visit: Visit) -> None:
    with library(served) as desk:
        release = desk.sign(desk.sent(desk.begun(), **PLAN)).number
    assert served.walker.step(release) == "countersign"

    # whoever countersigns reads the text; its author sees a mistake in it and takes it back, with a reason
    keeper = visit(served, "warehouse_supervisor")
    assert "每批抽取 5 件" in text_of(keeper, PAGE)
    inspector = visit(served, "quality_inspector")
    inspector.go(PAGE)
    expect(inspector.page.locator("main h1")).to_contain_text("审批中")
    inspector.page.fill("#take-back-reason", "抽样数与标准不符")
    inspector.press("收回修改")
    expect(inspector.page.locator("body")).to_contain_text("审批从头开始")
    write(inspector, PAGE, "每批抽取 5 件", "每批抽取 8 件", shown="每批抽取 8 件")
    assert served.walker.state(release) == "returned"
    keeper.go("/")
    assert release not in keeper.page.locator("main").inner_text(), "it is nobody's turn to sign"

    # sent round again, it begins with the first step; what was signed before counts no more
    take_up(inspector, release)
    inspector.page.fill('[name="_reason"]', "抽样数改为 8 件")
    press(inspector, SUBMIT)
    assert not problems(inspector.page)
    assert served.walker.step(release) == "department_check"
    head = visit(served, "quality_manager")
    take_up(head, release)
    sign(head)
    take_up(keeper, release)
    sign(keeper)
    with served.aside() as walker:
        while walker.sign(release):
            pass
    assert "每批抽取 8 件" in text_of(keeper, f"/documents/{NUMBER}")


def test_a_text_that_takes_a_form_its_clause_is_not_sent_round(served: Served, visit: Visit) -> None:
    with library(served) as desk:
        desk.asked(number=BOUND)
        releases = db.session.scalar(sa.select(sa.func.count()).where(Record.form_code == "DC-01"))
    inspector = visit(served, "quality_inspector")
    page = f"/documents/{BOUND}/1.1"

    # somebody gives the heading another id, and the page says what hangs on it
    write(inspector, page, "{#report", "{#stock-report")
    inspector.go(page)
    expect(inspector.page.locator(".note-error")).to_contain_text("WH-06")
    expect(inspector.page.locator(".note-error")).to_contain_text("“report”")

    # the release is refused with the same words, and nothing of it is kept
    take_up(inspector, "DC-02")
    distribute(inspector, on(), "库房")
    press(inspector, SUBMIT)
    assert "WH-06" in problems(inspector.page)
    with library(served) as desk:
        query = sa.select(sa.func.count()).where(Record.form_code == "DC-01")
        assert db.session.scalar(query) == releases
        one = desk.draft(BOUND)
        assert (one.release_id, desk.state(one, today())) == (None, "draft")

    # the id put back, the same text goes round
    write(inspector, page, "{#stock-report", "{#report")
    inspector.go(page)
    assert inspector.page.locator(".note-error").count() == 0
    take_up(inspector, "DC-02")
    distribute(inspector, on(), "库房")
    press(inspector, SUBMIT)
    assert not problems(inspector.page), problems(inspector.page)
    inspector.go(page)
    expect(inspector.page.locator("main h1")).to_contain_text("审批中")
