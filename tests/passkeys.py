"""Somebody with a passkey, at a browser."""

from __future__ import annotations

import re
from typing import Any

import sqlalchemy as sa
from werkzeug.test import TestResponse

from portal.domain.demo import DEMO_PASSWORD
from portal.models import Passkey, Signature
from tests import desk
from tests.authenticator import Authenticator, options_on
from tests.phone import PAGE, Phone
from tests.web.conftest import value

NEW, ADD, ASK = "/account/passkeys/new", "/account/passkeys", "/account/passkeys/questions"


class Holder(Phone):
    """A person, the browser and a device with a passkey; beside it there may be an app."""

    def register(self, device: Authenticator, name: str = "办公室电脑", **proofs: str) -> TestResponse:
        """Gives the proofs, lets the device make a passkey, and sends it; keeps the recovery codes."""
        page = self.browser.post(NEW, data={"name": name, "password": DEMO_PASSWORD, **proofs})
        if page.status_code != 200:
            return page
        made = device.make(options_on(page.text))
        answer = self.browser.post(ADD, data={"name": value(page.text, "name"), "_made": made})
        self.recovery = re.findall(r"<li><code>([a-z2-9-]{14})</code>", answer.text) or self.recovery
        return answer

    def asked(self, path: str, **named: Any) -> dict[str, Any]:
        """The question about an act of the person's."""
        question = self.browser.post(ASK, data={"_at": path, **named})
        assert question.status_code == 200, question.text
        options: dict[str, Any] = question.json
        return options

    def order(self) -> tuple[str, dict[str, str]]:
        """Where an order is signed that waits for the person, and what its page names."""
        (number,) = desk.start(self.app, "PU-04", "buyer")
        address = f"/purchasing/purchase-orders/{number}"
        page = self.browser.get(address).text
        named = {name: value(page, name) for name in ("_task", "_seen")}
        return f"{address}/signatures", {**named, "_op": "sign"}

    def sign_by(self, device: Authenticator, **more: str) -> TestResponse:
        """Signs an order of its own by the passkey."""
        path, named = self.order()
        answer = device.answer(self.asked(path, **named))
        return self.browser.post(path, data={**named, "_passkey": answer, **more})

    def half_way(self) -> str:
        """Signs out, and in again by the password; where what is owed besides is asked."""
        self.browser.post("/sign-out")
        where: str = self.sign_in().location
        return where

    def enter_by(self, device: Authenticator) -> TestResponse:
        """Signs in by password and passkey."""
        where = self.half_way()
        question = self.browser.post("/sign-in/code/questions")
        return self.browser.post(where, data={"_passkey": device.answer(question.json)})

    def remove(self, id: int, **more: str) -> TestResponse:
        """Removes a passkey."""
        return self.browser.post(f"{ADD}/{id}/end", data={"password": DEMO_PASSWORD, **more})

    def passkey(self) -> Passkey:
        """The last one."""
        return self.one(sa.select(Passkey).order_by(Passkey.id.desc()).limit(1))

    def signature(self) -> Signature:
        """The last one."""
        return self.one(sa.select(Signature).order_by(Signature.id.desc()).limit(1))

    def list(self) -> str:
        """The page of what the person has besides the password."""
        return self.browser.get(PAGE).text
