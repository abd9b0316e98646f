"""A change of a document in force: asked for, written, sent round, released, read by everybody."""

from __future__ import annotations

import re

from playwright.sync_api import expect

from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import fill, follow, on, press, sign, submit, take_up
from tests.journeys.shelf import ARTICLE, distribute, text_of, write

NUMBER = "CS-P-06"
PAGE = f"/documents/{NUMBER}"
OLD, NEW = "客服主管每天抽查", "客服主管每周抽查两次并留下记录"


def test_a_change_from_its_request_to_the_text_that_readers_see(served: Served, visit: Visit) -> None:
    # an employee asks for it from the page of the document
    employee = visit(served, "employee")
    page = employee.go(PAGE)
    expect(page.locator(ARTICLE)).to_contain_text(OLD)
    follow(employee, page.get_by_role("link", name="申请更改"))
    assert employee.at("document").input_value().endswith(NUMBER)
    fill(
        employee,
        {
            "clause": "5.1",
            "old_text": OLD,
            "new_text": NEW,
            "reason": "每天抽查占用接待时间",
            "impact": "无",
            "urgency": "normal",
        },
    )
    request = submit(employee)
    with served.aside() as walker:
        while walker.sign(request):
            pass
    assert served.walker.state(request) == "finished"

    # the draft of the next version is there, with the words in force; the change is written, the preview follows
    employee.go(f"{PAGE}/1.1")
    expect(employee.page.locator("main h1")).to_contain_text("草稿")
    assert employee.page.get_by_role("link", name=request).count() == 1
    write(employee, f"{PAGE}/1.1", OLD, NEW, shown=NEW)
    assert OLD in text_of(employee, PAGE), "what is in force has not changed"

    # held against what is in force, it shows what it takes away and what it says instead
    follow(employee, employee.go(f"{PAGE}/1.1").get_by_role("link", name=re.compile("对照")).first)
    expect(employee.page.locator("del").first).to_be_visible()
    changed = employee.page.locator(".redline-page")
    expect(changed).to_contain_text(NEW)
    expect(changed.locator("ins")).not_to_have_count(0)

    # the release goes round; the text is locked and says so
    take_up(employee, request)
    assert employee.at("text").input_value().endswith(f"{NUMBER}/1.1")
    distribute(employee, on(), "客户服务", "质量")
    release = submit(employee)
    employee.go(f"{PAGE}/1.1")
    expect(employee.page.locator("main h1")).to_contain_text("审批中")
    assert employee.page.get_by_role("link", name="编写", exact=True).count() == 0

    # the head checks; another department's head reads what they countersign, and signs
    with served.aside() as walker:
        walker.sign(release)
    quality = visit(served, "quality_manager")
    take_up(quality, release)
    sign(quality)
    assert NEW in text_of(quality, f"{PAGE}/1.1")
    with served.aside() as walker:
        walker.sign(release)
    assert served.walker.step(release) == "release"
    controller = visit(served, "document_controller")
    take_up(controller, release)
    fill(controller, {"effective_on": on()})
    sign(controller)

    # everybody reads the new words, and is asked to
    reader = visit(served, "customer_service_officer", phone=True)
    row = reader.page.get_by_role("link", name=re.compile(NUMBER))
    expect(row.first).to_be_visible()
    assert NEW in text_of(reader, PAGE)
    expect(reader.page.locator("main h1")).to_contain_text("现行有效")
    press(reader, 'button:has-text("我已阅读")')
    controller.go(f"{PAGE}/1.0")
    expect(controller.page.locator("main h1")).to_contain_text("已被替代")
