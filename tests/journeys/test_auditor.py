"""An auditor reads everything, takes a signed print away, walks the trail, and cannot change a thing."""

from __future__ import annotations

import re

from tests import tables
from tests.journeys.conftest import Served, Visit

OWN = re.compile(r"^/(account/(language|theme)|sign-out|trail/exports|[\w/-]+/exports)$")


def test_an_auditor_reads_and_cannot_write(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        finished, running = walker.walk("WH-17"), walker.open("CS-51")
        walker.printed(finished)
    yan = visit(served, "auditor")
    page = yan.page
    assert "审核员没有待办" in page.locator("main").inner_text()

    yan.go(f"/records/{finished}")
    assert "已完成" in page.locator(".record-facts").inner_text()
    assert page.locator(".signature-line").count() >= 1
    print_ = page.get_by_role("link", name="打印 PDF").get_attribute("href")
    document = yan.context.request.get(served.address + str(print_), timeout=60_000)
    assert document.headers["content-type"] == "application/pdf"
    assert document.body().startswith(b"%PDF")

    yan.go("/trail")
    page.locator("main a", has_text=finished).first.click()
    page.wait_for_url(f"**/{finished}")
    yan.go("/warehouse/write-offs/")
    page.get_by_role("link", name=finished).first.click()
    page.wait_for_url(f"**/{finished}")

    yan.go(f"/records/{running}")  # its first look of the day is noted
    before = tables.hashes(served.app)
    for number in (finished, running):
        yan.go(f"/records/{number}")
        posts = page.locator("form[method=post]").evaluate_all(
            "all => all.map(one => one.getAttribute('action'))"
        )
        assert [one for one in posts if not OWN.match(one)] == []
        token = page.locator("input[name=csrf_token]").first.get_attribute("value")
        for act in ("comments", "signatures", "copies", "withdrawals"):
            address = page.url.partition("?")[0] + f"/{act}"
            sent = {"csrf_token": str(token), "_opinion": "不应写入", "_reason": "不应写入"}
            refused = yan.context.request.post(address, form=sent, max_redirects=0)
            assert refused.status == 403, (act, refused.status)
    assert tables.changed(before, tables.hashes(served.app)) == []
    assert yan.context.request.get(served.address + "/customer-service/complaints/new").status == 403


def test_an_auditor_s_desk(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("CS-51")
    yan = visit(served, "auditor")
    page = yan.page

    yan.go("/trail")
    page.get_by_role("link", name="设置和权限变更").click()
    page.wait_for_url("**/trail?view=rights*")
    with page.expect_download() as taken:
        page.get_by_role("button", name="导出 Excel").click()
    assert taken.value.suggested_filename.endswith(".xlsx")

    yan.go("/trail/reviews")
    page.get_by_label("复核意见").fill("已核对，无异常")
    page.get_by_role("button", name="签署复核").dblclick()
    page.get_by_text("复核已签署，并记入审计追踪。").wait_for()
    assert page.get_by_text("已核对，无异常").count() == 1
    assert "到昨天为止都已复核。" in page.locator("main").inner_text()

    yan.go("/trail/sample")
    seed = page.get_by_label("种子").input_value()
    page.get_by_role("button", name="抽取").click()
    page.wait_for_url(f"**seed={seed}*")
    assert page.locator("tbody tr").count() >= 1
    page.get_by_role("link", name=number).click()
    page.wait_for_url(f"**/{number}")

    yan.go("/trail/looks")
    assert number in page.locator("main").inner_text()
