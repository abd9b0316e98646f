"""An employee fills in a complaint on a phone, leaves, comes back, and loses nothing."""

from __future__ import annotations

import io
import re

from PIL import Image

from portal.domain.demo import DEMO_PASSWORD
from tests.journeys.conftest import Served, Visit, Visitor

OFFICER = "customer_service_officer"
FORM = "/customer-service/complaints/new"


def photo() -> dict[str, object]:
    """A photo as a phone takes it."""
    out = io.BytesIO()
    Image.new("RGB", (640, 480), "#7a5230").save(out, "JPEG")
    return {"name": "漏油现场.jpg", "mimeType": "image/jpeg", "buffer": out.getvalue()}


def tell(lin: Visitor) -> None:
    """What the customer said."""
    lin.at("complainant").fill("王建国")
    lin.at("complainant_phone").fill("13812345678")
    lin.page.get_by_text("呼叫中心", exact=True).click()
    lin.at("channel").select_option("telephone")
    lin.at("received_at").fill("2026-05-11T09:30")
    lin.at("complaint_object").fill("搅拌车漏油")
    lin.at("content").fill("新车交付后第三周液压系统接头持续渗油。")


def test_a_complaint_on_a_phone(served: Served, visit: Visit) -> None:
    lin = visit(served, OFFICER, phone=True)
    page = lin.page
    page.get_by_role("link", name=re.compile("CS-51")).first.click()
    page.wait_for_url("**" + FORM)
    lin.look()
    tell(lin)
    page.set_input_files('input[name="evidence-upload"] >> nth=0', [photo()])  # type: ignore[list-item]
    page.wait_for_selector(".file-chip")
    lin.saved()

    lin.press("提交")
    assert page.evaluate("document.activeElement.id") == "errors"
    summary = page.locator("#errors")
    assert "投诉的要求" in summary.inner_text()
    summary.get_by_role("link", name=re.compile("投诉的要求")).click()
    assert page.evaluate("document.activeElement.id || location.hash").lstrip("#") == "demand"

    lin.go("/")
    page.get_by_role(
        "link", name=re.compile("客户投诉登记表.*搅拌车漏油|客户投诉登记表.*王建国")
    ).first.click()
    page.wait_for_url("**draft=**")
    lin.look()
    assert lin.at("content").input_value() == "新车交付后第三周液压系统接头持续渗油。"
    assert page.locator(".file-chip").count() == 1
    lin.at("demand").fill("一周内修复并说明原因")
    lin.pick("first_received_by", "林晓玥")
    lin.press("提交")
    assert re.search(r"/complaints/CS-51-2026-\d+$", page.url)
    assert "已提交，编号 CS-51-2026-0001" in page.locator("main").inner_text()
    assert "等待：" in page.locator(".waiting").first.inner_text()
    assert page.locator(".chart-card .chart-scroll svg").count() >= 1
    assert page.locator(".photos img").first.evaluate("image => image.complete")


def test_nothing_is_lost_when_the_session_ends(served: Served, visit: Visit) -> None:
    lin = visit(served, OFFICER, phone=True)
    page = lin.page
    lin.go(FORM)
    lin.at("complainant").fill("王建国")
    lin.saved()
    lin.context.clear_cookies(name="portal")
    lin.at("content").fill("会话过期后写下的一句话。")
    page.wait_for_url(re.compile("/sign-in.next="), timeout=8000)  # the whole page, not a piece of it

    page.fill("#login", OFFICER)
    page.fill("#password", DEMO_PASSWORD)
    lin.press("登录", within="form.stack")
    page.wait_for_url(f"**{FORM}")
    notice = page.locator("#unsaved")
    notice.wait_for()
    with page.expect_navigation():
        notice.get_by_role("button", name="恢复未保存的内容").click()
    assert lin.at("content").input_value() == "会话过期后写下的一句话。"
    assert lin.at("complainant").input_value() == "王建国"
