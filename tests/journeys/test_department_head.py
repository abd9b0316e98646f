"""A department head signs, returns and names a substitute, who then signs for them."""

from __future__ import annotations

from datetime import timedelta

from portal.domain.demo import DEMO_PASSWORD
from portal.lib.clock import today
from tests.journeys.conftest import Served, Visit

HEAD, SUBSTITUTE = "purchasing_manager", "warehouse_supervisor"


def test_the_inbox_of_a_department_head(strict: Served, visit: Visit) -> None:
    with strict.aside() as walker:
        first, second, third = (walker.open("PU-04") for _one in range(3))

    sun = visit(strict, HEAD)
    page = sun.page
    inbox = page.locator("table.tasks")
    assert [number for number in (first, second, third) if number in inbox.inner_text()] == [
        first,
        second,
        third,
    ]
    due = inbox.locator("td[data-label='期限'] .chip").evaluate_all("chips => chips.map(chip => chip.title)")
    assert due == sorted(due)

    # signing asks for the password again; a wrong one writes nothing
    sun.go(f"/records/{first}")
    assert page.locator(".chart-card .chart-scroll svg").count() >= 1
    page.fill("#opinion", "价格合理，同意订货。")
    page.fill("#turn #password", "not the password")
    sun.press("批准", within="#turn")
    assert "密码不正确，签署没有写入" in page.get_by_role("alert").first.inner_text()
    assert page.evaluate("document.activeElement.id") == "problem"
    assert page.input_value("#opinion") == "价格合理，同意订货。"
    page.fill("#turn #password", DEMO_PASSWORD)
    sun.press("批准", within="#turn")
    signed = page.locator(".signature-line").last.inner_text()
    assert "孙德明" in signed
    assert "价格合理，同意订货。" in signed

    # another goes back with a reason
    sun.go(f"/records/{second}")
    page.locator("#return summary").click()
    page.fill("#back-reason", "交货地点写错，请改为二号库。")
    page.fill("#back-password", DEMO_PASSWORD)
    sun.press("退回", within="#return")
    assert "已退回。" in page.locator("main").inner_text()
    assert strict.walker.state(second) == "returned"

    # a substitute for a leave
    sun.go("/account/substitutes")
    sun.pick("substitute", "胡燚")
    sun.at("starts_on").fill(f"{today()}")
    sun.at("ends_on").fill(f"{today() + timedelta(days=7)}")
    sun.at("reason").fill("年假")
    sun.press("设置代理")
    assert "代理已设置" in page.locator("main").inner_text()

    hu = visit(strict, SUBSTITUTE)
    row = hu.page.locator("table.tasks tr", has_text=third)
    assert "代 孙德明" in row.inner_text()
    hu.go(f"/records/{third}")
    assert "代 孙德明" in hu.page.locator("#turn-title").inner_text()
    hu.page.fill("#turn #password", DEMO_PASSWORD)
    hu.press("批准", within="#turn")
    line = hu.page.locator(".signature-line").last.inner_text()
    assert "胡燚" in line
    assert "代 孙德明" in line

    # who sent the returned one corrects it
    buyer = visit(strict, "buyer")
    assert "交货地点写错" in buyer.page.locator("main").inner_text()
    buyer.go(f"/records/{second}")
    buyer.page.get_by_role("link", name="去更正").click()
    buyer.page.wait_for_url("**/correct")
    buyer.look()
    buyer.at("delivery_place").fill("二号库")
    buyer.at("_reason").fill("改正交货地点")
    buyer.press("提交")
    assert "已更正并重新提交" in buyer.page.locator("main").inner_text()
    assert "改正交货地点" in buyer.page.locator(".history").text_content()  # type: ignore[operator]
