"""A week without an order: the portal asks for the entry and the call, and tells the supervisor when nobody makes them."""

from __future__ import annotations

from datetime import timedelta

import sqlalchemy as sa

from portal.database import transaction
from portal.extensions import db
from portal.lib.clock import now, today
from portal.models import Customer
from tests.journeys.conftest import Served, Visit, Visitor
from tests.journeys.hands import ago, fill, follow, look_after, look_after_at, on, sign, submit, take_up

OFFICER = "customer_service_officer"
ENTRY = "超过一周未订货客户登记"


def ordered(served: Served, **days: int) -> None:
    """Sets how many days ago customers have ordered, by code."""
    with served.app.app_context():
        with transaction():
            for code, ago in days.items():
                last = today() - timedelta(days=ago)
                db.session.execute(
                    sa.update(Customer).where(Customer.code == code).values(last_order_on=last)
                )
        db.session.remove()


def enter(lin: Visitor, customer: str) -> str:
    """Completes the entry that the portal has prepared; gives its number."""
    take_up(lin, ENTRY, customer)
    assert customer in lin.at("customer").input_value()
    fill(lin, {"planned_call_on": on(2)})
    return submit(lin)


def test_a_week_without_an_order_leads_to_a_call(served: Served, visit: Visit) -> None:
    ordered(served, C0001=8, C0002=0)
    look_after(served)
    look_after(served)  # asks for nothing twice
    lin = visit(served, OFFICER, phone=True)
    page = lin.page
    bell = page.locator(".bell")
    assert bell.inner_text().strip() != ""
    follow(lin, bell)
    notice = page.locator("main li", has_text=f"请办理：{ENTRY}")
    assert notice.count() == 1
    assert "湖州泰和物业" in notice.inner_text()

    number = enter(lin, "湖州泰和物业")
    assert f"{today() - timedelta(days=8)}" in page.locator("main").inner_text()
    lin.go("/")
    assert page.locator("table.tasks tr", has_text=ENTRY).filter(has_text="待填写").count() == 0

    # nobody answers: the entry stays with the officer, who calls again
    take_up(lin, number)
    fill(lin, {"called_at": ago(minutes=0), "reached": "no"})
    assert lin.at("person_spoken").is_hidden()
    sign(lin)
    take_up(lin, number)
    fill(
        lin,
        {
            "called_at": ago(minutes=0),
            "reached": "yes",
            "person_spoken": "钱卫红",
            "no_order_reason": "has_stock",
            "next_step": "月底再联系",
            "problem_raised": "no",
        },
    )
    sign(lin)
    assert served.walker.step(number) == "supervisor_check"
    fang = visit(served, "customer_service_supervisor")
    take_up(fang, number)
    sign(fang)
    assert served.walker.state(number) == "finished"

    lin.go("/customer-service/no-order-entries/")
    row = page.locator("tbody tr", has_text=number)
    assert "库存充足" in row.inner_text()
    look_after(served)
    lin.go("/obligations/O08")
    assert "未了结 0 项" in page.locator("main").inner_text()


def test_nobody_calls_and_the_supervisor_is_told(served: Served, visit: Visit) -> None:
    ordered(served, C0001=8, C0002=8)
    look_after(served)
    lin = visit(served, OFFICER)
    number = enter(lin, "湖州泰和物业")  # is entered, but not called; the other one is not even entered

    look_after_at(served, now() + timedelta(days=9), "O08", "O09")
    fang = visit(served, "customer_service_supervisor")
    page = fang.page
    follow(fang, page.locator(".bell"))
    told = page.locator("main").inner_text()
    assert f"逾期未办：未订货客户电话拜访（{number}" in told
    assert "逾期未办：超过一周未订货客户登记（长兴县第二中学" in told

    fang.go("/obligations/")
    follow(fang, page.locator('main a[href="/obligations/O09"]').first)
    follow(fang, page.get_by_role("link", name="错过", exact=True))
    assert number in page.locator("table").inner_text()
    follow(fang, page.get_by_role("link", name=number))
    fang.go("/obligations/O08?only=missed")
    missed = page.locator("table tbody tr")
    assert missed.count() == 1
    assert "长兴县第二中学" in missed.inner_text()
