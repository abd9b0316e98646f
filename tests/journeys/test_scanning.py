"""A scanner's keys and a telephone's camera fill pickers with the item whose code they read."""

from __future__ import annotations

from typing import Any

import pytest
from playwright.sync_api import Browser, Page

from portal.demo.titles import titles
from portal.extensions import db
from portal.models import StockItem
from tests.journeys.conftest import Served, Visit, Visitor

BOOK = titles()[0]
STEEL = "I0001"
# What browsers with a detector bring along; its reading is what the test puts into `window.reading`.
DETECTOR = """
window.BarcodeDetector = class {
  constructor({ formats }) { window.formats = formats; }
  static async getSupportedFormats() { return ["qr_code", "ean_13", "code_128", "aztec"]; }
  async detect() { return window.reading ? [{ rawValue: window.reading }] : []; }
};
"""
WITHOUT = "delete window.BarcodeDetector;"
# The camera is the browser's own made-up one; the test looks at its stream.
CAMERA = """
const real = navigator.mediaDevices.getUserMedia.bind(navigator.mediaDevices);
navigator.mediaDevices.getUserMedia = async (wanted) => (window.stream = await real(wanted));
"""


def label(served: Served, code: str) -> str:
    """An item as pickers show it."""
    with served.app.app_context():
        found = db.session.query(StockItem).filter_by(code=code).one().label
        db.session.remove()
    return found


def into(page: Page, name: str) -> None:
    """Puts the cursor into a picker and waits until it searches."""
    page.locator(f'[name="{name}"]').evaluate("one => (one.tomselect ?? one).focus()")
    page.wait_for_selector(".ts-wrapper.focus input")


def scan(page: Page, code: str) -> None:
    """What a scanner sends: the signs without a pause, then Enter."""
    page.keyboard.type(code)
    page.keyboard.press("Enter")


def value(page: Page, name: str, wanted: str) -> None:
    """Waits until a field holds this."""
    page.wait_for_function(
        "([name, wanted]) => document.getElementsByName(name)[0]?.value === wanted", arg=[name, wanted]
    )


def focused(page: Page, name: str) -> None:
    """Waits until the cursor stands in this field."""
    page.wait_for_function("name => document.activeElement?.name === name", arg=name)


@pytest.fixture
def cashier(served: Served, visit: Visit) -> Visitor:
    """A cashier before an empty slip."""
    visitor = visit(served, "cashier")
    visitor.context.add_init_script(WITHOUT)
    visitor.go("/warehouse/payment-slips/new")
    return visitor


def test_scans_fill_row_after_row_and_submit_nothing(served: Served, cashier: Visitor) -> None:
    page, book, steel = cashier.page, label(served, BOOK.isbn), label(served, STEEL)
    here = page.url
    into(page, "books-0-item")
    scan(page, BOOK.isbn)
    value(page, "books-0-item", book)
    focused(page, "books-0-quantity")
    page.keyboard.type("2")
    page.keyboard.press("Enter")  # on to the next row, which is added
    page.locator("#books-1").wait_for()
    page.wait_for_selector("#books-1 .ts-wrapper.focus input")
    scan(page, STEEL)
    value(page, "books-1-item", steel)
    focused(page, "books-1-quantity")
    page.wait_for_function(
        "() => document.getElementById('total_amount').value.replace(/[^0-9.]/g, '') === '372.00'"
    )
    assert page.url == here
    assert cashier.at("books-0-quantity").input_value() == "2"


def test_the_same_item_again_goes_to_the_next_row(served: Served, cashier: Visitor) -> None:
    page, book = cashier.page, label(served, BOOK.isbn)
    into(page, "books-0-item")
    scan(page, BOOK.isbn)
    focused(page, "books-0-quantity")
    page.keyboard.type("1")
    into(page, "books-0-item")
    scan(page, BOOK.isbn)
    page.locator("#books-1").wait_for()
    value(page, "books-1-item", book)
    value(page, "books-0-item", book)
    focused(page, "books-1-quantity")


def test_a_picker_says_that_nothing_fits(cashier: Visitor) -> None:
    page = cashier.page
    into(page, "books-0-item")
    page.keyboard.type("没有这样的东西", delay=100)  # no scanner
    page.locator(".ts-dropdown .no-results", has_text="没有符合的").wait_for()


def test_an_unknown_code_is_said_so_and_stays_to_be_corrected(served: Served, cashier: Visitor) -> None:
    page = cashier.page
    here = page.url
    into(page, "books-0-item")
    scan(page, "I9999")
    page.get_by_role("status").filter(has_text="找不到“I9999”").wait_for()
    scan(page, STEEL)  # what stands there is marked, so that the next scan takes its place
    value(page, "books-0-item", label(served, STEEL))
    assert page.locator(".scan-said").inner_text() == ""
    assert page.url == here


def test_whoever_types_still_chooses_from_the_list(served: Served, cashier: Visitor) -> None:
    page = cashier.page
    into(page, "books-0-item")
    page.keyboard.type("镀锌")
    page.locator(".ts-dropdown .option", has_text="镀锌角钢").wait_for()
    page.keyboard.press("Enter")
    value(page, "books-0-item", label(served, STEEL))
    assert page.locator(".scan-open").count() == 0  # this browser reads no codes


def test_a_scanned_record_is_found_by_its_number(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.walk("PU-09")
    page = visit(served, "cataloguer").go("/warehouse/book-entries/new")
    into(page, "purchase_list")
    scan(page, number)
    page.wait_for_function(
        "number => document.getElementsByName('purchase_list')[0].value.startsWith(number + ' ')", arg=number
    )
    assert page.url.endswith("/new")


def camera(visit: Visit, served: Served, **shape: Any) -> Visitor:
    """A cashier whose browser reads codes."""
    visitor = visit(served, "cashier", **{"permissions": ["camera"], **shape})
    visitor.context.add_init_script(DETECTOR + CAMERA)
    visitor.go("/warehouse/payment-slips/new")
    return visitor


def test_a_place_scanned_again_stays_in_its_field(served: Served, visit: Visit) -> None:
    visitor = visit(served, "warehouse_keeper")
    visitor.context.add_init_script(WITHOUT)
    visitor.go("/warehouse/write-offs/new")
    page = visitor.page
    visitor.at("damage_found").first.check()
    for _again in range(2):
        into(page, "lines-0-place")
        scan(page, "a-01")
        value(page, "lines-0-place", "A-01")
    assert page.locator("#lines-1").count() == 0
    assert visitor.at("lines-0-item").input_value() == ""


def test_the_camera_reads_a_place(served: Served, visit: Visit) -> None:
    visitor = visit(served, "warehouse_keeper", permissions=["camera"])
    visitor.context.add_init_script(DETECTOR + CAMERA)
    visitor.go("/warehouse/entry-checks/new")
    page = visitor.page
    page.locator(".field", has=visitor.at("storage_place")).get_by_role("button", name="用摄像头扫描").click()
    page.locator("dialog[open] video").wait_for()
    page.evaluate("code => { window.reading = code; }", "B-01")
    value(page, "storage_place", "B-01")


def test_the_camera_fills_the_next_row(served: Served, visit: Visit) -> None:
    visitor = camera(visit, served, phone=True)
    page = visitor.page
    page.get_by_role("button", name="用摄像头扫描").click()
    page.locator("dialog[open] video").wait_for()
    assert page.evaluate("document.activeElement.closest('dialog') !== null")
    visitor.look()
    page.evaluate("code => { window.reading = code; }", BOOK.isbn)
    value(page, "books-0-item", label(served, BOOK.isbn))
    focused(page, "books-0-quantity")
    assert page.locator("dialog").count() == 0
    assert page.evaluate("window.formats") == ["qr_code", "ean_13", "code_128"]
    assert page.evaluate("window.stream.getTracks().every((one) => one.readyState === 'ended')")


def test_escape_closes_the_camera_and_leads_back(served: Served, visit: Visit) -> None:
    page = camera(visit, served).page
    opener = page.get_by_role("button", name="用摄像头扫描")
    opener.focus()
    page.keyboard.press("Enter")
    page.locator("dialog[open] video").wait_for()
    page.wait_for_function("() => window.stream")
    page.keyboard.press("Escape")
    page.locator("dialog").wait_for(state="detached")
    page.wait_for_function("() => document.activeElement?.className.includes('scan-open')")
    assert page.evaluate("window.stream.getTracks().every((one) => one.readyState === 'ended')")
    assert visitor_value(page, "books-0-item") == ""


def visitor_value(page: Page, name: str) -> str:
    """What a field holds."""
    return page.locator(f'[name="{name}"]').input_value()


def test_a_camera_that_is_denied_says_what_else_to_do(served: Served, visit: Visit) -> None:
    page = camera(visit, served, permissions=[]).page
    page.get_by_role("button", name="用摄像头扫描").click()
    page.get_by_text("无法使用摄像头").wait_for()
    page.get_by_role("button", name="关闭").click()
    page.locator("dialog").wait_for(state="detached")


def test_the_portal_s_own_pages_may_use_the_camera(served: Served, chromium: Browser, visit: Visit) -> None:
    visitor = visit(served, "cashier")
    answer = visitor.page.goto(served.address + "/warehouse/payment-slips/new")
    assert answer is not None
    assert "camera=(self)" in (answer.header_value("Permissions-Policy") or "")
