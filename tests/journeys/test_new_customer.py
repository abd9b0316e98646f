"""A new customer: from the first answer to a delivered and paid order, with a paper missing on the way."""

from __future__ import annotations

from playwright.sync_api import expect

from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import (
    ago,
    attach,
    fill,
    follow,
    link,
    on,
    press,
    problems,
    sign,
    sign_outside,
    submit,
    take_up,
)

NAME, PERSON, PHONE = "德清明远机械租赁有限公司", "沈明远", "13957200123"
LIFT, CART = "小型液压升降机", "电动巡检车"
REFUSED = "该客户尚未建立客户档案，不能办理；请先办理“客户档案建立表”（CS-36），取得档案编号"
MISSING = 3  # the letter of guarantee, by its place in the list of papers


def finish(served: Served, number: str, until: str = "") -> None:
    """Signs on for the others, to the end or as far as a step."""
    with served.aside() as walker:
        while walker.step(number) != until and walker.sign(number):
            pass


def test_a_prospect_becomes_a_customer(served: Served, visit: Visit) -> None:
    chen = visit(served, "salesperson")
    offer = quoted(served, visit, chen)
    customer = visit(served, phone=True)
    chen.go(f"/records/{offer}")
    sign_outside(customer, link(chen, f"{PERSON} {PHONE}"), PERSON, {"accepted": "yes"})
    assert served.walker.state(offer) == "finished"

    # what was accepted cannot be ordered while the customer has no file
    take_up(chen, "客户订单", offer)
    order_lines(chen)
    refuse(chen)
    registered(served, chen)
    contract = contracted(served, chen)
    refuse_again(chen, offer)
    filed(served, visit, contract)

    take_up(chen, "客户订单", offer)
    assert chen.at("lines-0-wanted_by").input_value() == on(30)
    order = submit(chen)
    assert offer in chen.page.locator("main").inner_text()
    finish(served, order, "customer_confirm")
    chen.go(f"/records/{order}")
    sign_outside(customer, link(chen, PERSON), PERSON, {})
    assert served.walker.state(order) == "finished"

    delivered(served, visit, chen, customer, order)
    paid(served, visit, chen, order)
    chen.go("/registers/orders")
    row = chen.page.locator("tbody tr", has_text=order)
    assert "已交付并结清" in row.inner_text()
    chen.go("/customer-service/customers/?q=dqmy")
    follow(chen, chen.page.get_by_role("link", name=NAME))
    card = chen.page.locator("section li", has_text=order).first.inner_text()
    assert "已交付" in card
    assert "已付清" in card


def quoted(served: Served, visit: Visit, chen: Visitor) -> str:
    """The prospect, and the quotation that came of it; gives its number."""
    chen.go("/customer-service/prospects/new")
    assert "陈喆" in chen.at("owner").input_value()
    fill(
        chen,
        {
            "prospect_name": NAME,
            "contact_person": PERSON,
            "contact_phone": PHONE,
            "marketing_channel": "online_marketing",
            "response_at": ago(hours=2),
            "response_content": "想买两台升降机。",
            "interested_products-0-product": LIFT,
            "interested_products-0-quantity": "2",
        },
    )
    lead = submit(chen)
    fill(
        chen,
        {"need_clear": "yes", "budget_known": "enough", "value_score": "80", "worth_following": "yes"},
    )
    assert chen.at("nurture_reason").is_hidden()
    sign(chen)
    gao = visit(served, "sales_manager")
    take_up(gao, lead)
    assert "陈喆" in gao.at("allocated_to").input_value()
    sign(gao)
    chen.go(f"/records/{lead}")
    fill(chen, {"actions-0-action": "上门查看现场", "actions-0-planned_on": on()})
    sign(chen)
    assert "77" in chen.at("expected_amount").input_value()
    fill(chen, {"probability": "80", "expected_close_on": on(20), "outcome": "quote"})
    sign(chen)
    assert served.walker.state(lead) == "finished"

    take_up(chen, "报价单", lead)
    assert NAME in chen.at("customer").input_value()
    fill(
        chen,
        {
            "lines-0-price": "38600",
            "delivery_terms": "确认后一个月内送到工地",
            "payment_terms": "货到一个月内付清",
        },
    )
    expect(chen.page.locator("#total_amount")).to_have_value("77200.00")
    offer = submit(chen)
    finish(served, offer, "customer_answer")
    return offer


def order_lines(chen: Visitor) -> None:
    """What the draft of the order does not know yet."""
    fill(chen, {"lines-0-wanted_by": on(30), "delivery_address": "德清县临溪街 6 号"})


def refuse(chen: Visitor) -> None:
    """The order is refused beside the customer, with what to do."""
    press(chen, 'button[form="sheet"][value="submit"]')
    assert REFUSED in problems(chen.page)
    assert chen.at("delivery_address").input_value() == "德清县临溪街 6 号"


def refuse_again(chen: Visitor, offer: str) -> None:
    """A contract alone is not enough; what was typed into the draft is still there."""
    take_up(chen, "客户订单", offer)
    assert chen.at("delivery_address").input_value() == "德清县临溪街 6 号"
    refuse(chen)


def registered(served: Served, chen: Visitor) -> None:
    """The customer's data."""
    chen.go("/customer-service/customer-registrations/new")
    fill(
        chen,
        {
            "customer_name": NAME,
            "customer_type": "company",
            "credit_code": "91330521MA2D5TQX8P",
            "registered_address": "德清县临溪街 6 号",
            "contact_person": PERSON,
            "contact_phone": PHONE,
            "region": "德清",
            "source": "online_marketing",
        },
    )
    number = submit(chen)
    finish(served, number)
    assert served.walker.state(number) == "finished"


def contracted(served: Served, chen: Visitor) -> str:
    """The first contract, signed and accepted; gives its number."""
    chen.go("/customer-service/sales-contracts/new")
    fill(
        chen,
        {
            "contract_no": "HT-2026-118",
            "contract_kind": "sales_contract",
            "customer": NAME,
            "products-0-product": CART,
            "products-0-quantity": "1",
            "products-0-unit_price": "26800",
            "main_terms": "质保一年，货到一个月内付清。",
            "start_date": on(),
            "end_date": on(365),
            "our_signer": "陈喆",
            "customer_signer": PERSON,
        },
    )
    chen.page.locator("#credit_limit").wait_for(state="visible")
    fill(chen, {"credit_days": "30", "credit_limit": "200000"})
    attach(chen, "contract_file")
    number = submit(chen)
    finish(served, number)
    assert served.walker.state(number) == "finished"
    return number


def filed(served: Served, visit: Visit, contract: str) -> None:
    """The file, made although a paper is missing, which the marketing director allows."""
    lin = visit(served, "customer_service_officer")
    take_up(lin, "客户档案建立表", contract)
    assert NAME in lin.at("customer").input_value()
    done = [f"papers_checklist-{place}-done" for place in range(9)]
    assert lin.page.locator(f'[name="{done[0]}"][value="yes"]').is_checked()
    fill(lin, {name: "no" if place == MISSING else "yes" for place, name in enumerate(done)})
    fill(
        lin,
        {
            "customer_data": "设备租赁公司，注册资本 500 万元。",
            "paper_rows-0-paper": "营业执照",
            "paper_rows-0-number": "91330521MA2D5TQX8P",
            "paper_rows-0-original_seen": "yes",
            "missing_reason": "担保人出差，下周补签。",
            "promised_date": on(7),
        },
    )
    number = submit(lin)

    fang = visit(served, "customer_service_supervisor")
    take_up(fang, number)
    fill(fang, {"papers_complete": "yes"})
    press(fang, '#turn button.btn-primary[value="sign"]')
    assert "首次合作资料中还有未完成的项目，资料不齐全" in problems(fang.page)
    fill(fang, {"papers_complete": "no", "missing_papers": "担保书"})
    sign(fang)
    director = visit(served, "marketing_director")
    take_up(director, number)
    fill(director, {"approval_decision": "file_and_trade_allowed", "risk_note": "额度内，风险可控。"})
    sign(director)
    take_up(lin, number, "建档编号")
    assert lin.page.locator("#turn #file_no").input_value().startswith("DA-2026-")
    fill(lin, {"electronic_made": "yes", "paper_made": "yes", "shelf_place": "3 号柜"})
    sign(lin)
    assert served.walker.state(number) == "finished"
    lin.go("/")
    asked = lin.page.locator("table.tasks tr", has_text="补齐客户缺少的资料")
    assert asked.count() == 1


def delivered(served: Served, visit: Visit, chen: Visitor, customer: Visitor, order: str) -> None:
    """The goods leave the warehouse, and the customer signs for them."""
    take_up(chen, "送货申请表", order)
    assert chen.at("goods-0-quantity").input_value().startswith("2")
    fill(chen, {"wanted_from": ago(days=-1)})
    number = submit(chen)
    gao = visit(served, "sales_manager")
    take_up(gao, number)
    assert gao.page.locator('#turn [name="credit_ok"][value="yes"]').is_checked()
    sign(gao)
    zhou = visit(served, "warehouse_keeper", phone=True)
    take_up(zhou, number)
    assert zhou.at("issued_goods-0-place").input_value() == "A-01"
    sign(zhou)
    chen.go(f"/records/{number}")
    sign_outside(customer, link(chen, PERSON), PERSON, {"receiver": PERSON})
    assert served.walker.state(number) == "finished"


def paid(served: Served, visit: Visit, chen: Visitor, order: str) -> None:
    """The money comes, and finance confirms it."""
    chen.go("/customer-service/payment-receipts/new")
    fill(chen, {"contract_or_order": order})
    expect(chen.page.locator("#open_rows")).to_have_value(f"{on(30)} ¥77,200.00")
    fill(chen, {"payment_way": "transfer", "amount": "77200", "account": "工行德清支行 尾号 8812"})
    number = submit(chen)
    assert NAME in chen.page.locator("main").inner_text()  # whose order it is, the portal knows
    su = visit(served, "finance_supervisor")
    take_up(su, number)
    assert su.at("received_amount").input_value().replace(",", "").startswith("77200")
    sign(su)
    assert served.walker.state(number) == "finished"
