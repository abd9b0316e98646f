"""What opens or lies at the edge of a phone's screen is within it."""

from __future__ import annotations

from tests import desk
from tests.journeys.conftest import PHONE, Served, Visit

WIDE = PHONE["viewport"]["width"]  # type: ignore[index]


def test_panels_open_within_the_screen(served: Served, visit: Visit) -> None:
    with served.aside():
        desk.start(served.app, "PU-04", "buyer")
    head = visit(served, "purchasing_manager", phone=True)
    page = head.go("/purchasing/purchase-orders/?state=open")
    for panel in page.locator(".page-actions .disclosure, .view-bar .disclosure").all():
        panel.locator("summary").click()
        box = panel.locator(".disclosure-panel").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDE
        panel.locator("summary").click()


def test_where_one_is_stands_in_sight_in_bars_that_are_pushed_along(served: Served, visit: Visit) -> None:
    administrator = visit(served, "administrator", phone=True)
    page = administrator.go("/admin/outbox")
    for bar in (".top-nav", ".tabs"):
        box = page.locator(f"{bar} [aria-current]").bounding_box()
        assert box is not None
        assert box["x"] >= 0
        assert box["x"] + box["width"] <= WIDE


def test_a_period_of_a_role_stays_in_its_card(served: Served, visit: Visit) -> None:
    administrator = visit(served, "administrator", phone=True)
    page = administrator.page
    page.locator("details.menu summary").click()
    administrator.press("English")
    administrator.go("/admin/people?q=E058")
    page.locator("main tbody a").first.click()
    period = page.locator(".admin-table td .nowrap").first
    cell = period.evaluate("one => one.closest('td').getBoundingClientRect().right")
    assert period.evaluate("one => one.getBoundingClientRect().right") <= cell


def test_long_phrases_and_names_of_views_keep_to_the_screen(served: Served, visit: Visit) -> None:
    with served.aside():
        (number,) = desk.start(served.app, "PU-04", "buyer")
    head = visit(served, "purchasing_manager", phone=True)
    page = head.go("/account/phrases")
    page.fill("#text", "请按合同约定的付款条件办理" * 15)
    page.locator("form:has(#text)").get_by_role("button").click()
    head.go("/purchasing/purchase-orders/?state=open")
    page.locator(".view-bar .disclosure summary").click()
    page.fill("#view-name", "等采购经理审批的办公用品和劳保用品订单" * 2)
    page.locator("form:has(#view-name)").get_by_role("button").click()
    for path in ("/purchasing/purchase-orders/", f"/records/{number}"):
        head.go(path)
        shown = page.locator(".saved-view, .phrases .btn").first
        shown.wait_for()
        assert page.evaluate("document.documentElement.scrollWidth") <= WIDE
