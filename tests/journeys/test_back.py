"""The back button and loading anew: after a page that answered a post nobody is asked whether to send it again."""

from __future__ import annotations

from tests import desk
from tests.journeys.conftest import Served, Visit

NEW = "/purchasing/purchase-orders/new"


def test_back_and_anew_after_a_refused_form(served: Served, visit: Visit) -> None:
    buyer = visit(served, "buyer")
    page = buyer.go(NEW)
    buyer.press("提交")
    assert page.locator("#errors").count() == 1
    page.reload()
    assert page.locator("#errors").count() == 0
    buyer.press("提交")
    assert page.locator("#errors").count() == 1
    buyer.go("/")
    page.go_back()
    assert page.url == served.address + NEW
    assert page.get_by_role("button", name="提交").count() == 1


def test_back_to_what_became_of_several_approvals(served: Served, visit: Visit) -> None:
    with served.aside():
        (number,) = desk.start(served.app, "PU-04", "buyer")
    manager = visit(served, "purchasing_manager")
    page = manager.page
    page.locator("input[name=task]").first.check()
    manager.press("批准所选")
    page.locator(".outcomes a").first.click()
    page.wait_for_url(f"**/{number}")
    page.go_back()
    assert page.url == f"{served.address}/"
    assert "我的待办" in page.locator("main").inner_text()
