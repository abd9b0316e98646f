"""A salesperson registers a contract: what the portal computes, the page shows and goes by."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Served, Visit


def test_the_credit_of_a_new_customer_is_asked_for(served: Served, visit: Visit) -> None:
    chen = visit(served, "salesperson")
    page = chen.go("/customer-service/sales-contracts/new")
    limit = page.locator("#credit_limit")
    assert not limit.is_visible()
    chen.pick("customer", "安吉云峰")
    limit.wait_for(state="visible")
    assert page.locator("#first_cooperation").input_value() == "是"
    chen.at("products-0-quantity").fill("2")
    chen.at("products-0-unit_price").fill("12800.50")
    expect(page.locator("#amount")).to_have_value("25601.00")
    chen.go("/customer-service/sales-contracts/new")
    chen.pick("customer", "泰和物业")
    expect(page.locator("#first_cooperation")).to_have_value("否")
    assert not limit.is_visible()
