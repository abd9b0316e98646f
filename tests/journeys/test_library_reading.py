"""Reading what is in force: a department is asked to, one of it confirms, its head sees who has, the others are reminded."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from portal.lib.clock import today
from tests.documents.library import NUMBER
from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import follow, press
from tests.journeys.shelf import ARTICLE, library

PAGE = f"/documents/{NUMBER}"


def test_a_department_reads_and_its_head_sees_who_has(served: Served, visit: Visit) -> None:
    with library(served) as desk:
        desk.load(effective_on=today(), readers=["quality"])

    # the first page of a reader says so, until the document is read and confirmed
    inspector = visit(served, "quality_inspector", phone=True)
    follow(inspector, inspector.page.locator("main").get_by_role("link", name=re.compile(NUMBER)))
    expect(inspector.page.locator(ARTICLE)).to_contain_text("每批抽取 5 件")
    press(inspector, 'button:has-text("我已阅读")')
    expect(inspector.page.locator("main")).to_contain_text("确认阅读")
    assert inspector.page.get_by_role("button", name="我已阅读").count() == 0
    inspector.go("/")
    assert NUMBER not in inspector.page.locator("main").inner_text()

    # others are not asked, though they may read it
    buyer = visit(served, "buyer")
    assert NUMBER not in buyer.page.locator("main").inner_text()
    buyer.go(PAGE)
    assert buyer.page.get_by_role("button", name="我已阅读").count() == 0

    # the head of the department sees who has read it, and reminds the others; once more the same day reminds nobody
    head = visit(served, "quality_manager")
    head.go(PAGE)
    follow(head, head.page.get_by_role("link", name="阅读情况"))
    read = head.page.locator(".list-card", has=head.page.get_by_role("heading", name=re.compile("^已读")))
    waiting = head.page.locator(".list-card", has=head.page.get_by_role("heading", name=re.compile("^未读")))
    expect(read).to_contain_text("杜鹃")
    many = waiting.locator("tbody tr").count()
    assert many > 1
    head.press("提醒未读人员")
    expect(head.page.locator("body")).to_contain_text(f"已提醒 {many} 人")
    head.press("提醒未读人员")
    expect(head.page.locator("body")).to_contain_text("已提醒 0 人")

    # the reminder leads a colleague to the document; the document controller sees the same figures in the list
    colleague = visit(served, "quality_inspector_2")
    page = colleague.go("/notices")
    follow(colleague, page.locator(".notice-link", has_text=NUMBER).first)
    press(colleague, 'button:has-text("我已阅读")')
    controller = visit(served, "document_controller")
    row = controller.go(f"/documents/?q={NUMBER}").locator("table.register tbody tr")
    expect(row).to_contain_text(f"2/{many + 1}")


def test_a_page_does_not_slide(served: Served, visit: Visit) -> None:
    """What slides on between press and release of a button was not pressed."""
    page = visit(served, "employee").go("/documents/WH-S-01")
    assert page.evaluate("() => { scrollTo(0, 300); return scrollY }") == 300
