"""Somebody adds a passkey, signs in with it, and signs an order by it: no password, no code, and never by a click alone."""

from __future__ import annotations

import re

import pytest
import sqlalchemy as sa
from playwright.sync_api import CDPSession, expect

from portal.domain.demo import DEMO_PASSWORD
from portal.extensions import db
from portal.models import Person, Signature
from tests import desk
from tests.journeys.conftest import Served, Visit, Visitor

MANAGER, PAGE = "purchasing_manager", "/account/second-factor"


@pytest.fixture
def site(strict: Served) -> Served:
    """The portal under a name, as browsers give passkeys to no number; each signature asks anew."""
    strict.address = strict.address.replace("127.0.0.1", "localhost")
    settings = strict.app.config["SETTINGS"]
    strict.app.config["SETTINGS"] = settings.model_copy(update={"public_url": strict.address})
    return strict


class Device:
    """The passkeys of a browser's computer; somebody is at it, or nobody."""

    def __init__(self, visitor: Visitor) -> None:
        self.session: CDPSession = visitor.context.new_cdp_session(visitor.page)
        self.session.send("WebAuthn.enable")
        options = {
            "protocol": "ctap2",
            "transport": "internal",
            "hasResidentKey": True,
            "hasUserVerification": True,
        }
        made = self.session.send(
            "WebAuthn.addVirtualAuthenticator",
            {"options": {**options, "isUserVerified": True, "automaticPresenceSimulation": True}},
        )
        self.id = made["authenticatorId"]

    def owner(self, *, there: bool) -> None:
        """Lets finger or face be the owner's, or somebody else's."""
        self.session.send("WebAuthn.setUserVerified", {"authenticatorId": self.id, "isUserVerified": there})


def add(visitor: Visitor) -> None:
    page = visitor.page
    visitor.go(PAGE)
    page.locator("summary", has_text="添加通行密钥").click()
    page.fill("#passkey-name", "办公室电脑")
    page.fill("#passkey-new-password", DEMO_PASSWORD)
    visitor.press("下一步")
    visitor.press("创建")
    assert page.locator(".recovery-codes li").count() == 10
    page.get_by_role("link", name="已记下，继续").click()


def signed_by(site: Served) -> list[str]:
    with site.app.app_context():
        query = sa.select(Signature).join(Person, Person.id == Signature.person_id).order_by(Signature.id)
        rows = db.session.scalars(query.where(Person.login == MANAGER)).all()
        found = [one.authority["confirmed_by"] for one in rows]
        db.session.remove()
    return found


def test_a_passkey_from_its_making_to_a_signature(site: Served, visit: Visit) -> None:
    manager = visit(site, MANAGER)
    device, page = Device(manager), manager.page
    add(manager)
    manager.context.clear_cookies()

    manager.sign_in(MANAGER)
    assert page.url.endswith("/sign-in/code")
    manager.press("登录", within="form.stack")
    expect(page).to_have_url(re.compile(r"/$"))
    manager.go("/account/sessions")
    assert "密码 + 通行密钥" in page.locator("main").inner_text()

    with site.aside():
        (number,) = desk.start(site.app, "PU-04", "buyer")
    manager.go(f"/records/{number}")
    before = len(signed_by(site))
    page.fill("#opinion", "价格已核对")
    device.owner(there=False)
    page.locator("#turn button[value=sign]").click()
    problem = page.locator("#turn [data-passkey-problem]")
    expect(problem).to_contain_text("没有用通行密钥确认")
    expect(page.locator("#opinion")).to_have_value("价格已核对")
    assert len(signed_by(site)) == before

    device.owner(there=True)
    with page.expect_event("load"):
        page.locator("#turn button[value=sign]").click()
    assert "已签署" in page.locator("body").inner_text()
    assert signed_by(site)[before:] == ["passkey"]


def test_a_browser_without_passkeys_says_so_and_loses_nothing(site: Served, visit: Visit) -> None:
    manager = visit(site, MANAGER)
    Device(manager)
    add(manager)
    with site.aside():
        (number,) = desk.start(site.app, "PU-04", "buyer")
    manager.context.add_init_script("delete window.PublicKeyCredential")
    page = manager.go(f"/records/{number}")
    page.fill("#opinion", "价格已核对")
    page.locator("#turn button[value=sign]").click()
    expect(page.locator("#turn [data-passkey-problem]")).to_contain_text("这个浏览器不能用通行密钥")
    expect(page.locator("#opinion")).to_have_value("价格已核对")
    assert signed_by(site) == []
