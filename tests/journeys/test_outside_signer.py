"""A briefing on site to its end: three employees and the customer, who signs by a one-time link."""

from __future__ import annotations

import re

import sqlalchemy as sa

from portal.extensions import db
from portal.models import Record, Task
from tests.journeys.conftest import Served, Visit


def open_parties(served: Served, number: str) -> list[str]:
    """The outside party of each open turn of a record; empty text for an employee's."""
    with served.app.app_context():
        query = (
            sa.select(Task.outside)
            .join(Record)
            .where(Record.number == number, Task.state == "open", Task.kind == "sign")
        )
        found = list(db.session.scalars(query))
        db.session.remove()
    return found


def test_the_customer_signs_a_briefing_by_link(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("EN-18")
        while walker.sign(number, outside=False):
            pass
        assert open_parties(served, number) == ["customer"]
        login = sender(served, number)

    foreman = visit(served, login)
    page = foreman.page
    foreman.go(f"/records/{number}")
    page.locator("summary", has_text="发送一次性签字链接").click()
    page.fill("#link-to", "钱女士 13900001111")
    foreman.press("生成链接")
    link = re.search(r"/s/[\w-]+", page.locator("main").inner_text())
    assert link is not None

    customer = visit(served, phone=True)
    customer.go(link[0])
    assert number in customer.page.locator("main").inner_text()
    customer.press("签字确认")
    assert "请在签名框内签名" in customer.page.get_by_role("alert").first.inner_text()
    customer.page.fill("#outside-name", "钱女士")
    customer.draw()
    customer.press("签字确认")
    assert "已签字，谢谢" in customer.page.locator("main").inner_text()
    customer.page.goto(served.address + link[0])
    assert "已经使用过或已失效" in customer.page.locator("main").inner_text()

    foreman.go(f"/records/{number}")
    signed = page.locator(".signature-line", has_text="钱女士")
    assert "外部签字：钱女士" in signed.inner_text()
    assert signed.locator("img.drawn").evaluate("image => image.complete && image.naturalWidth > 0")
    with served.aside() as walker:
        while walker.sign(number):
            pass
    assert served.walker.state(number) == "finished"


def sender(served: Served, number: str) -> str:
    """The login of an employee who may let the outside party sign."""
    with served.app.app_context():
        _record, task = served.walker._turn(number)
        assert task is not None
        login = served.walker._signer(task)
        db.session.remove()
    return login


def test_a_supplier_signs_on_the_buyers_screen(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("PU-04")
        while walker.sign(number, outside=False):
            pass
        assert open_parties(served, number) == ["supplier"]
    buyer = visit(served, sender(served, number))
    page = buyer.page
    buyer.go(f"/records/{number}")
    page.locator(".turn .option", has_text="是").first.click()
    buyer.at("promised_date").fill("2027-01-15")
    buyer.press("确认", within="#turn")
    assert "请外部签字人在屏幕上签名" in page.get_by_role("alert").first.inner_text()
    assert buyer.at("promised_date").input_value() == "2027-01-15"
    page.fill("#outside-name", "吴经理")
    buyer.draw("#turn")
    buyer.press("确认", within="#turn")
    assert served.walker.state(number) == "finished"
    assert (
        "当面" in page.locator(".signature-line", has_text="吴经理").inner_text()
        or page.locator("img.drawn").count()
    )
