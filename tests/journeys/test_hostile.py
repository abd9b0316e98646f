"""Somebody who means harm types script into every field: in a real browser, under the portal's own policy, nothing of it runs."""

from __future__ import annotations

import io
import re

import pytest

from portal.forms.catalogue import FORMS
from tests.journeys.conftest import Served, Visit, Visitor
from tests.walk import multi
from tests.web.test_hostile_text import HOSTILE, filled, rename

EVIL = """<img src=x onerror="hit=1"><svg onload="hit=1"><a href="javascript:hit=1">x</a>"""
PAGE = b"<!DOCTYPE html><script>parent.hit=1;document.title='hit'</script><img src=x onerror=hit=1>"
FORMS_TO_SEND = ("CS-51", "PU-03", "QA-01", "CR-12")
PLACES = ("/", "/find?q=hostile", "/notices", "/documents/", "/account/phrases")


@pytest.mark.proves("S25", "S37", "S42")
@pytest.mark.timeout(120)
def test_script_in_every_field_runs_nowhere(served: Served, visit: Visit) -> None:
    records: dict[str, list[str]] = {}
    with served.aside() as walker:
        for code in FORMS_TO_SEND:
            form = FORMS[code]
            login, address = walker.opener(form), walker.address(form)
            fields = [
                (name, EVIL if text == HOSTILE else text) for name, text in filled(walker, form, login)[0]
            ]
            sent = walker.browser(login).post(
                f"{address}new", data=multi([("_op", "submit"), ("_key", code), *fields])
            )
            assert sent.location, code
            walker.browser(login).post(f"{sent.location}/comments", data={"_opinion": EVIL})
            walker.browser(login).post("/account/phrases", data={"text": EVIL})
            up = walker.browser(login).post(
                "/files", data={"file": (io.BytesIO(PAGE), "<img src=x onerror=hit=1>.txt")}
            )
            found = re.search(r'value="(\d+)"', up.text)
            assert found is not None, up.text
            records.setdefault(login, []).extend(
                [sent.location, address, f"{sent.location}/correct", f"/files/{found[1]}?show"]
            )
        assert rename(served.app) > 5
    for login, paths in records.items():
        visitor = visit(served, login)
        dialogs: list[str] = []
        visitor.page.on("dialog", lambda one, dialogs=dialogs: (dialogs.append(one.message), one.dismiss()))
        for path in (*paths, *PLACES):
            look(visitor, path)
        assert dialogs == []
        visitor.context.close()


def look(visitor: Visitor, path: str) -> None:
    """Opens a page, touches what was typed there, and sees that no script of it has run; complaints are heard at the end."""
    page = visitor.page
    if path.startswith("/files/"):
        with page.expect_download() as saved:
            page.evaluate("path => { location.href = path }", path)
        assert saved.value.suggested_filename.endswith(".txt"), "a file is saved and not shown"
        return
    page.goto(visitor.address + path)
    for link in page.locator('a[href^="javascript"]').all():
        link.click(no_wait_after=True)
    assert page.evaluate("typeof window.hit") == "undefined", path
    assert page.locator("x-hostile, [onerror], [onload]").count() == 0, path


@pytest.mark.proves("S43")
def test_after_signing_out_back_shows_nothing(served: Served, visit: Visit) -> None:
    with served.aside() as walker:
        number = walker.open("CS-51")
    visitor = visit(served, "customer_service_officer")
    page = visitor.page
    page.goto(f"{served.address}/records/{number}")
    assert number in page.content()
    private = page.url
    page.locator("details.menu summary").click()
    visitor.press("退出登录", "退出")
    assert page.url.endswith("/sign-in")
    page.go_back()
    page.wait_for_load_state()
    assert number not in page.locator("body").inner_text()
    page.goto(private)
    assert "/sign-in" in page.url
