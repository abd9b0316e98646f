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
