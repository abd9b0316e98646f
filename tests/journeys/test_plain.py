"""Without scripts everything works too; language and colours are remembered."""

from __future__ import annotations

from tests.journeys.conftest import Served, Visit

ORDER = {
    "supplier": "浙北钢材供应有限公司",
    "delivery_date": "2027-01-20",
    "delivery_place": "二号库",
    "payment_terms": "月结 60 天",
    "quality_terms": "按样件验收",
}
LINE = {
    "lines-0-item": "镀锌角钢 50×5",
    "lines-0-name": "镀锌角钢 50×5",
    "lines-0-quantity": "12",
    "lines-0-unit": "米",
    "lines-0-unit_price": "32.50",
}


def test_an_order_without_scripts(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        requisition = walker.requisition()
    buyer = visit(served, "buyer", scripted=False)
    page = buyer.page
    buyer.go("/purchasing/purchase-orders/new")
    for name, text in {**ORDER, **LINE, "requisition": requisition}.items():
        buyer.at(name).fill(text)
    page.locator('[name="price_compared"][value="yes"]').check()
    buyer.press("添加一行")
    assert page.locator("#rows-lines tbody tr").count() == 2
    for name, text in LINE.items():
        assert buyer.at(name).input_value().startswith(text), name
    page.locator("#lines-1 button[value^='remove:']").click()
    page.wait_for_load_state()
    assert page.locator("#rows-lines tbody tr").count() == 1
    buyer.press("提交")
    assert "已提交，编号 PU-04" in page.locator("main").inner_text()
    number = page.url.rsplit("/", 1)[-1]

    sun = visit(served, "purchasing_manager", scripted=False)
    sun.go(f"/records/{number}")
    sun.page.fill("#opinion", "同意")
    sun.press("批准", within="#turn")
    assert "孙德明" in sun.page.locator(".signature-line").last.inner_text()


def test_english_and_dark_are_remembered(served: Served, visit: Visit) -> None:
    lin = visit(served, "customer_service_officer")
    page = lin.page
    page.locator("details.menu summary").click()
    lin.press("English")
    assert page.locator("html").get_attribute("lang") == "en"
    page.locator("details.menu summary").click()
    lin.press("Dark")
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"
    lin.go("/customer-service/complaints/new")
    assert "Customer" in page.locator("h1").inner_text()
    assert page.locator("html").get_attribute("data-bs-theme") == "dark"

    elsewhere = visit(served, "customer_service_officer")
    assert elsewhere.page.locator("html").get_attribute("lang") == "en"
    assert elsewhere.page.locator("html").get_attribute("data-bs-theme") == "dark"
    elsewhere.page.locator("details.menu summary").click()
    elsewhere.press("中文")
    lin.go("/")
    assert page.locator("html").get_attribute("lang") == "zh-CN"
