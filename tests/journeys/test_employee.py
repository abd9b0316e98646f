"""An employee fills in a complaint on a phone, leaves, comes back, and loses nothing."""

from __future__ import annotations

import io
import re
from urllib.parse import unquote_plus

from PIL import Image
from playwright.sync_api import Route, expect

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
    page.fill("#find-form", "khtsdj")
    with page.expect_event("load"):
        page.keyboard.press("Enter")
    page.locator(f'a[href="{FORM}"]').click()
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
    with page.expect_event("load"):
        notice.get_by_role("button", name="恢复未保存的内容").click()
    assert lin.at("content").input_value() == "会话过期后写下的一句话。"
    assert lin.at("complainant").input_value() == "王建国"


def test_a_comment_and_a_side_entry_outlive_the_session(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("CS-51")
    lin = visit(served, OFFICER)
    page = lin.page
    here = lin.go(f"/records/{number}").url
    entry = page.locator('form[action$="/entries/call_tries"]')
    page.fill("#comment", "客户说下午再打。")
    page.locator("details:has(form[action$='/entries/call_tries']) summary").first.click()
    entry.locator("[name=try_note]").fill("无人接听，已留言。")
    lin.context.clear_cookies(name="portal")
    page.locator(".comment-form button").click()
    page.wait_for_url(re.compile("/sign-in.next="))

    page.fill("#login", OFFICER)
    page.fill("#password", DEMO_PASSWORD)
    lin.press("登录", within="form.stack")
    page.wait_for_url(here)
    page.locator("#unsaved").wait_for()
    with page.expect_event("load"):
        page.get_by_role("button", name="恢复未保存的内容").click()
    expect(page.locator("#comment")).to_have_value("客户说下午再打。")
    assert entry.locator("[name=try_note]").input_value() == "无人接听，已留言。"

    lin.press("发表", within="#comments")
    assert page.url == here
    assert "客户说下午再打。" in page.locator(".comment").inner_text()
    assert page.input_value("#comment") == ""
    assert not page.evaluate("Object.keys(sessionStorage).some((name) => name.endsWith('/comments'))")


def test_a_refused_comment_is_still_there_on_the_way_back(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("CS-51")
    lin = visit(served, OFFICER)
    page = lin.page
    lin.go(f"/records/{number}")
    page.fill("#comment", "令牌失效前写下的话。")
    page.locator(".comment-form [name=csrf_token]").evaluate("one => { one.value = 'old'; }")
    lin.press("发表", within="#comments")
    assert page.locator(".error-status").inner_text() == "400"
    with page.expect_event("load"):
        page.get_by_role("link", name="返回上一页").click()
    page.get_by_role("button", name="恢复未保存的内容").click()
    page.wait_for_function("() => document.getElementById('comment').value === '令牌失效前写下的话。'")


def test_what_was_signed_is_not_offered_back_at_the_next_turn(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("PU-04")
    head = visit(served, "purchasing_manager")
    page = head.page
    head.go(f"/records/{number}")
    page.fill("#opinion", "价格合理。")
    head.press("批准", within="#turn")
    page.locator("#turn input[name=supplier_accepts]").first.wait_for()  # the next turn is the head's as well
    assert page.evaluate("Object.keys(sessionStorage).every((name) => !name.startsWith('unsaved:'))")
    assert page.locator("#unsaved").is_hidden()


def test_what_is_typed_while_a_draft_is_being_saved_is_saved_next(served: Served, visit: Visit) -> None:
    lin = visit(served, OFFICER)
    page = lin.page
    lin.go(FORM)
    held: list[Route] = []
    page.route(f"**{FORM}", lambda route: held.append(route))
    lin.at("complainant").fill("王建国")
    while not held:
        page.wait_for_timeout(50)
    lin.at("content").fill("保存途中写下的话。")
    with page.expect_request(lambda sent: "保存途中写下的话。" in unquote_plus(sent.post_data or "")):
        page.unroute(f"**{FORM}")  # lets the first save go on
    lin.saved()


def test_a_saved_view_is_deleted_on_a_phone_once_it_is_asked_for(served: Served, visit: Visit) -> None:
    lin = visit(served, OFFICER, phone=True)
    page = lin.page
    lin.go("/customer-service/complaints/?state=open")
    page.locator("summary", has_text="保存为视图").click()
    page.fill("#view-name", "我还没有办完的投诉")
    lin.press("保存", within=".view-bar")
    page.locator(".saved-view summary").click()
    lin.look()  # the panel fits the screen
    lin.press("删除视图", within=".view-bar")
    assert "已删除视图。" in page.locator("main").inner_text()
    assert page.locator(".saved-view").count() == 0
