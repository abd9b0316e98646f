"""A repair from the call to the signed and charged voucher, all of it on phones."""

from __future__ import annotations

from tests.journeys.conftest import Served, Visit
from tests.journeys.hands import ago, attach, fill, follow, link, sign, sign_outside, submit, take_up

CUSTOMER = "湖州泰和物业"
SITE = "天元街 18 号地下车库"


def test_a_repair_from_the_call_to_the_charge(served: Served, visit: Visit) -> None:
    # the officer takes the call from the customer's page
    lin = visit(served, "customer_service_officer", phone=True)
    page = lin.page
    lin.go("/customer-service/customers/?q=thwy")
    follow(lin, page.get_by_role("link", name=CUSTOMER).first)
    follow(lin, page.get_by_role("link", name="接听来电"))
    assert CUSTOMER in lin.at("customer").input_value()
    fill(
        lin,
        {
            "kind": "repair",
            "channel": "hotline",
            "caller": "钱卫红",
            "caller_phone": "13812345678",
            "room_or_project": SITE,
            "received_at": ago(minutes=5),
            "content": "升降机升到一半停住，按键没有反应。",
            "content_repeated": "yes",
            "cannot_be_handled": "no",
        },
    )
    submit(lin)

    # what the caller has said is on the request, and then on the dispatch order
    take_up(lin, "报修登记簿")
    assert lin.at("site_address").input_value() == SITE
    assert lin.at("contact_phone").input_value() == "13812345678"
    assert "林晓玥" in lin.at("receiver").input_value()
    fill(lin, {"service_type": "a_fee_service"})
    request = submit(lin)
    take_up(lin, "服务派工单", request)
    assert "按键没有反应" in lin.at("site_condition").input_value()
    order = submit(lin)

    pan = visit(served, "after_sales_manager", phone=True)
    take_up(pan, order)
    fill(pan, {"technician": "丁大勇", "visit_at": ago(minutes=-30)})
    sign(pan)

    # the technician at the customer's
    ding = visit(served, "service_technician", phone=True)
    take_up(ding, order)
    fill(
        ding,
        {
            "arrived_at": ago(minutes=1),
            "finding": "液压油缸漏油，已更换并试运行。",
            "finished_on_spot": "yes",
        },
    )
    assert ding.at("unfinished_reason").is_hidden()
    sign(ding)
    assert served.walker.state(order) == "finished"
    take_up(ding, "服务凭证", order)
    assert "已更换" in ding.at("work_done").input_value()
    fill(ding, {"ended_at": ago(minutes=0), "service_fee": "180"})
    fill(
        ding,
        {
            "parts_used-0-part": "液压油缸",
            "parts_used-0-quantity": "1",
            "parts_used-0-unit_price": "1260",
            "parts_used-0-old_part_returned": "yes",
        },
    )
    attach(ding, "site_photos")
    voucher = submit(ding)
    assert "1,260.00" in ding.page.locator("main").inner_text()

    # the customer signs on the own phone
    customer = visit(served, phone=True)
    sign_outside(
        customer,
        link(ding, "钱女士 13812345678"),
        "钱卫红",
        {
            "attitude_rating": "10",
            "speed_rating": "9",
            "skill_rating": "10",
            "satisfied": "yes",
        },
    )
    ding.go(f"/records/{voucher}")
    drawn = ding.page.locator("img.drawn").first
    assert drawn.evaluate("image => image.complete && image.naturalWidth > 0")

    yao = visit(served, "voucher_receiver", phone=True)
    take_up(yao, voucher)
    fill(yao, {"received_on": ago(minutes=0), "voucher_checked": "yes"})
    sign(yao)
    su = visit(served, "finance_supervisor", phone=True)
    take_up(su, voucher)
    assert (
        "1,440.00" in su.page.locator("#charged_amount").input_value()
        or su.page.locator("#charged_amount").input_value() == "1440.00"
    )
    fill(su, {"payment_way": "cash"})
    sign(su)
    assert served.walker.state(voucher) == "finished"
    su.go("/registers/service_income")
    assert voucher in su.page.locator("main").inner_text()

    # what came of it goes back to customer service, and the customer's page tells the whole of it
    take_up(ding, request)
    assert order in ding.page.locator("#turn #dispatch_order").input_value()
    fill(ding, {"repaired": "yes", "repair_result": "更换油缸，运行正常。"})
    sign(ding)
    take_up(lin, request)
    fill(lin, {"visited_at": ago(minutes=0), "owner_satisfied": "yes", "owner_opinion": "来得快。"})
    sign(lin)
    lin.go("/customer-service/customers/C0001")
    told = page.locator("main").inner_text()
    assert all(number in told for number in (request, order, voucher))
