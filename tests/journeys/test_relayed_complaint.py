"""A complaint from a colleague's note to the satisfied customer, who was not satisfied at first."""

from __future__ import annotations

from datetime import timedelta

from portal.lib.clock import now
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import ago, attach, fill, follow, look_after_at, on, sign, submit, take_up

CUSTOMER = "湖州泰和物业"
CALLS, CALL = "O76", "电话访问跟踪记录"


def test_a_complaint_until_the_customer_is_satisfied(served: Served, visit: Visit) -> None:
    # somebody at the till hears of it and tells customer service, from a phone
    cashier = visit(served, "cashier", phone=True)
    cashier.go("/find?q=投诉信息反馈单")
    follow(cashier, cashier.page.get_by_role("link", name="投诉信息反馈单").first)
    if "new" not in cashier.page.url:
        cashier.go("/customer-service/relay-notes/new")
    fill(
        cashier,
        {
            "received_at": ago(minutes=20),
            "complainant": "钱卫红",
            "complainant_phone": "13812345678",
            "channel": "visit",
            "content": "升降机交付三周，液压接头一直渗油。",
        },
    )
    attach(cashier, "evidence")
    note = submit(cashier)
    facts = cashier.page.locator("main").inner_text()
    assert "冯小丽" in facts

    # the centre takes it in as a new complaint, and completes what the note has brought
    lin = visit(served, "customer_service_officer")
    page = lin.page
    take_up(lin, note)
    fill(lin, {"registered_as": "new_complaint"})
    sign(lin)
    take_up(lin, "客户投诉登记表")
    assert lin.at("complainant").input_value() == "钱卫红"
    assert "冯小丽" in lin.at("first_received_by").input_value()
    assert note in lin.at("relay_note").input_value()
    assert page.locator('[data-name="evidence"] .file-chip').count() == 1
    fill(lin, {"customer": CUSTOMER, "complaint_object": "小型液压升降机", "demand": "一周内修好并说明原因"})
    number = submit(lin)
    assert page.locator(".links", has_text=note).count() == 1

    fill(lin, {"called_back_at": ago(minutes=1), "call_back_result": "已致歉，客户愿意等待检查。"})
    sign(lin)
    fill(
        lin,
        {
            "demand_understood": "修好渗油的接头",
            "confirmed_cause": "密封圈装配不到位",
            "investigation_result": "到现场看过，情况属实。",
            "responsible_party": "own_department",
            "responsible_department": "工程部",
        },
    )
    sign(lin)

    fang = visit(served, "customer_service_supervisor")
    take_up(fang, number)
    fill(fang, {"reason_sufficient": "yes", "demand_reasonable": "yes", "complaint_valid": "yes"})
    assert fang.at("polite_reply").is_hidden()
    sign(fang)
    assign(fang)

    luo = visit(served, "engineering_manager")
    solve(luo, number, "更换密封圈并试运行。")

    # the customer is not satisfied: it is assigned again, and what was said before stays in sight
    tell(lin, number, satisfied="no", result="已换密封圈，客户说仍有渗油。")
    take_up(fang, number)
    assert "第 2 轮" in fang.page.locator("main").inner_text()
    assert "仍有渗油" in fang.page.locator("main").inner_text()
    assign(fang)
    solve(luo, number, "更换整根液压油管并试运行两小时。")
    tell(lin, number, satisfied="yes", result="更换油管后不再渗油。")

    take_up(fang, number)
    fill(fang, {"report_needed": "no", "case_needed": "no"})
    sign(fang)
    assert served.walker.state(number) == "finished"

    # the customer's page tells of it, and the first of the three calls waits when its day comes
    lin.go("/customer-service/customers/")
    follow(lin, page.get_by_role("link", name=CUSTOMER).first)
    card = page.locator("section", has=page.get_by_role("heading", name="投诉")).first
    assert number in card.inner_text()
    assert "已完成" in card.inner_text()
    lin.go("/")
    assert page.locator("table.tasks tbody tr", has_text=CALL).count() == 0
    look_after_at(served, now() + timedelta(days=6), CALLS)
    take_up(lin, CALL, number)
    assert CUSTOMER in lin.at("customer").input_value()
    assert number in lin.at("case_record").input_value()
    lin.go("/customer-service/customers/C0001")
    assert CALL in page.locator(".desk-side").inner_text()


def assign(fang: Visitor) -> None:
    """The supervisor says who solves it, and until when."""
    fill(
        fang,
        {
            "handling_department": "工程部",
            "person_in_charge": "罗永强",
            "solve_by": ago(days=-3),
            "department_refuses": "no",
        },
    )
    sign(fang)


def solve(luo: Visitor, number: str, solution: str) -> None:
    """The person in charge says what it was and what was done."""
    take_up(luo, number)
    fill(
        luo,
        {
            "cause_analysis": "接头密封圈老化。",
            "solution": solution,
            "solved_on": on(),
            "compensation_asked": "no",
        },
    )
    sign(luo)


def tell(lin: Visitor, number: str, *, satisfied: str, result: str) -> None:
    """The officer tells the customer, and writes down what the customer says."""
    take_up(lin, number, "客户满意确认")
    fill(
        lin,
        {
            "result_told_at": ago(minutes=0),
            "result_told": result,
            "satisfied": satisfied,
            "confirmed_way": "telephone",
        },
    )
    sign(lin)
